import ArgumentParser
import Detector
import Farm
import Foundation
import Imaging
import Text

extension ModelCommand {
    struct Bench: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "bench", abstract: "Measure the network: each layer, the whole frame, memory.",
            discussion: "Other work on the machine shows in the times; compare in one run.")
        @OptionGroup var model: ModelOptions
        @Option(help: "Threads that compute one frame; 0 is all cores but one.") var threads = 0
        @Option(help: "Measure besides so many frames at the same time, a thread each, as the farm computes them.")
        var sideBySide = 0
        @Option(help: "Frames to measure; 0 is as many as three seconds hold, at least 12.") var frames = 0
        @Option(help: "A JPEG; the default is a drawn one of 640x480.") var image: String?
        @Option(help: "Instructions to use instead of the fastest: portable, neon, avx2 or avx512.")
        var instructions: String?
        @OptionGroup var options: CommonOptions

        func validate() throws {
            guard (0...NetworkDetector.mostThreads).contains(threads) else {
                throw ValidationError("--threads is 0 to \(NetworkDetector.mostThreads).")
            }
            guard (0...NetworkDetector.mostThreads).contains(sideBySide) else {
                throw ValidationError("--side-by-side is 0 to \(NetworkDetector.mostThreads).")
            }
            guard (0...100_000).contains(frames) else { throw ValidationError("--frames is 0 to 100000.") }
        }

        func run() async throws {
            var source = try model.source(options.settings())
            let jpeg = try image.map { Array(try NamedFile($0).contents()) } ?? Self.drawnFrame
            let set = try instructionSet(&source)
            let network = try source.load()
            let detector = try NetworkDetector(
                network: network, threads: threads == 0 ? nil : threads, instructions: set)
            let count = try frames > 0 ? frames : Self.frames(in: 3000, detector, jpeg)
            var bench = try ModelBench(detector, jpeg: jpeg, frames: count)
            if sideBySide > 0 {
                bench.sideBySide = try await SideBySideBench(
                    network, instructions: set, framesAtOnce: sideBySide, jpeg: jpeg, frames: count * sideBySide)
            }
            try bench.listing.show(asJSON: options.isJSON)
        }

        /// Those asked for. Where the precision may be chosen, it is one that they compute.
        private func instructionSet(_ source: inout ModelSource) throws -> InstructionSet {
            guard let instructions else { return .best }
            guard let set = InstructionSet(rawValue: instructions), InstructionSet.available.contains(set) else {
                let available = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.usage("This machine cannot run \(printable(instructions)); it has \(available).")
            }
            if source.precision.instructions.contains(set) { return set }
            guard source.choice == .auto else {
                throw CommandFailure.usage("\(set.name) has no \(source.precision.rawValue); leave out --instructions.")
            }
            source.choice = .float32
            return set
        }

        /// As many frames as fit into so many milliseconds, 12...400.
        static func frames(in milliseconds: Double, _ detector: NetworkDetector, _ jpeg: [UInt8]) throws -> Int {
            let pixels = try JPEG.decode(jpeg).pixels
            _ = detector.measure(pixels)
            let one = detector.measure(pixels).timing.total
            return max(12, min(400, Int(milliseconds / max(one, 0.01))))
        }

        static var drawnFrame: [UInt8] {
            JPEG.encode(
                DrawnScene.draw(seed: 1, progress: 0.6, tangle: 6, frame: 1).resized(width: 640, height: 480))
        }
    }
}
