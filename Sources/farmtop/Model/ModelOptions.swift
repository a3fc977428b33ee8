import ArgumentParser
import Text

/// Which network a command is about.
struct ModelOptions: ParsableArguments {
    @Option(help: "A Darknet cfg in place of the model in use.") var model: String?
    @Option(help: "Its weights; the default is the cfg's name with .weights.") var weights: String?
    @Option(help: "float32, bfloat16 where the processor has it, or auto; the default is the configured one.")
    var precision: String?

    func source(_ settings: Settings) throws -> ModelSource {
        var source = try network(settings)
        if let precision {
            guard let known = PrecisionChoice(rawValue: precision) else {
                let words = PrecisionChoice.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.usage("--precision is one of \(words), not \(printable(precision)).")
            }
            source.choice = known
        }
        return source
    }

    private func network(_ settings: Settings) throws -> ModelSource {
        guard let model else {
            guard weights == nil else { throw CommandFailure.usage("--weights needs --model.") }
            return try settings.modelSource()
        }
        return ModelSource(
            cfgPath: model, weightsPath: weights ?? "", choice: settings.configuration.detector.precision)
    }
}
