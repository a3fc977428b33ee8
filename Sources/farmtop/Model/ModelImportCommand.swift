import ArgumentParser
import Detector
import Farm
import FarmConfiguration
import Foundation
import Storage
import Text

extension ModelCommand {
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Check, measure and install another model.",
            discussion: """
                Takes any Darknet detection network; a copy goes into the data folder and is used from the next start on. \
                Refused while farmtop runs. `farmtop model reset` goes back to the model inside the program.
                """)
        @Argument(help: "The Darknet cfg.") var cfg: String
        @Argument(help: "Its weights.") var weights: String
        @Flag(help: "Check and measure only.") var dryRun = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let settings = try options.settings()
            let new = ModelSource(
                cfgPath: cfg, weightsPath: weights, choice: settings.configuration.detector.precision)
            let name = new.name
            let measured = try Self.measure(new)
            let current = try settings.modelSource()
            let before: ModelBench?
            do {
                before = try Self.measure(current)
            } catch {
                let reason = CommandFailure(error)?.message ?? fileReason(error)
                Console.error("The model in use does not load: \(printable(reason))")
                before = nil
            }
            var sentence = "\(name) works; nothing was installed."
            if !dryRun {
                let lock = try DataFolder(preparing: settings.dataFolder()).lock()
                try InstalledModel(dataFolder: lock.folder.path).install(cfg: cfg, weights: weights, name: name)
                sentence = "\(name) is installed and used from the next start on."
                if !settings.configuration.detector.model.isEmpty {
                    sentence +=
                        " But the configuration names a model (detector.model), which takes precedence: remove it there."
                }
            }
            try Self.comparison(before, measured, sentence).show(asJSON: options.isJSON)
        }

        private static func measure(_ source: ModelSource) throws -> ModelBench {
            let detector = try NetworkDetector(network: source.load())
            let frames = try Bench.frames(in: 1500, detector, Bench.drawnFrame)
            return try ModelBench(detector, jpeg: Bench.drawnFrame, frames: frames)
        }

        /// What changes. `before` is nil when the model in use cannot be loaded.
        static func comparison(_ before: ModelBench?, _ after: ModelBench, _ sentence: String) -> Listing {
            var table = Table("", "IN USE#", "NEW#")
            func row(_ title: String, _ value: (ModelBench) -> String) {
                table.add(title, before.map(value) ?? "does not load", value(after))
            }
            row("name") { $0.model.name }
            row("input") { "\($0.model.inputWidth)x\($0.model.inputHeight)" }
            row("GFLOP a frame") { decimals($0.model.gflop, 2) }
            row("parameters") { "\($0.model.parameters)" }
            row("whole frame, ms") { decimals($0.total.median, 1) }
            row("whole frame, ms, p99") { decimals($0.total.p99, 1) }
            row("frames a second") { decimals(1000 / $0.total.median, 1) }
            row("weights and working memory, MB") {
                decimals(Double($0.weightBytes + $0.workingBytes) / 1e6, 1)
            }
            return Listing(
                text: "\(table.text)\n\n\(printable(sentence))",
                json: .object([
                    ("succeeded", .boolean(true)), ("in_use", before?.listing.json ?? .null),
                    ("new", after.listing.json), ("message", .string(sentence)),
                ]))
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset", abstract: "Go back to the model inside the program, from the next start on.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let settings = try options.settings()
            let lock = try DataFolder(preparing: settings.dataFolder()).lock()
            let hadOne = try InstalledModel(dataFolder: lock.folder.path).remove()
            let sentence =
                hadOne
                ? "The installed model is removed." : "No model was installed; the one inside the program is in use."
            try Listing(done: sentence).show(asJSON: options.isJSON)
        }
    }
}
