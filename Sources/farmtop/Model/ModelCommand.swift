import ArgumentParser
import Detector
import Farm
import Text

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "The network that looks for failures.",
        subcommands: [Info.self, Bench.self, Import.self, Reset.self])

    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info", abstract: "Show the network layer by layer.")
        @OptionGroup var model: ModelOptions
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let source = try model.source(options.settings())
            if source.needsMeasurement { try source.measure() }
            let calibration = try source.calibration()
            let network = try source.load(calibration: calibration)
            try Self.listing(network, calibration, source.choice == .auto ? source.measurement : nil)
                .show(asJSON: options.isJSON)
        }

        static func listing(
            _ network: Network, _ calibration: ModelCalibration, _ measurement: PrecisionMeasurement? = nil
        ) -> Listing {
            let model = network.model
            var table = Table("LAYER#", "TYPE", "DETAIL", "OUTPUT", "GFLOP#", "PARAMETERS#", "METHOD")
            for layer in network.layers {
                let shape = layer.output
                table.add(
                    "\(layer.index)", layer.type, layer.detail, "\(shape.channels)x\(shape.height)x\(shape.width)",
                    "\((layer.gflop * 10_000).rounded() / 10_000)", "\(layer.parameters)", layer.method)
            }
            return Listing(
                text: "\(printable(model.name))  input \(model.inputWidth)x\(model.inputHeight)  "
                    + "\((model.gflop * 100).rounded() / 100) GFLOP  \(model.parameters) parameters  "
                    + "\(model.precision.rawValue)\(measurement.map { "\n\($0.description)" } ?? "")\n"
                    + "\(calibration.sentence)\n\n\(table.text)",
                json: .object([
                    ("name", .string(model.name)), ("input_width", .integer(Int64(model.inputWidth))),
                    ("input_height", .integer(Int64(model.inputHeight))), ("gflop", .number(model.gflop)),
                    ("parameters", .integer(Int64(model.parameters))),
                    ("precision", .string(model.precision.rawValue)), ("digest", .string(model.digest)),
                    ("calibrated", .boolean(model.isCalibrated)),
                    (
                        "measured_ms",
                        measurement.map {
                            .object([("float32", .number($0.float32)), ("bfloat16", .number($0.bfloat16))])
                        } ?? .null
                    ),
                    (
                        "layers",
                        .list(
                            network.layers.map { layer in
                                .object([
                                    ("index", .integer(Int64(layer.index))), ("type", .string(layer.type)),
                                    ("detail", .string(layer.detail)), ("gflop", .number(layer.gflop)),
                                    ("parameters", .integer(Int64(layer.parameters))),
                                    ("method", .string(layer.method)),
                                ])
                            })
                    ),
                ]))
        }
    }
}
