import ArgumentParser
import Detector

/// Which network a command is about.
struct ModelOptions: ParsableArguments {
    @Option(help: "A Darknet cfg in place of the model in use.") var model: String?
    @Option(help: "Its weights; the default is the cfg's name with .weights.") var weights: String?

    func source(_ settings: Settings) throws -> ModelSource {
        guard let model else {
            guard weights == nil else { throw CommandFailure.usage("--weights needs --model.") }
            return try settings.modelSource()
        }
        return ModelSource(cfgPath: model, weightsPath: weights ?? "")
    }
}
