import Detector
import Farm

/// What frames cost that are computed at the same time, a thread each, behind the queue that `farmtop serve` has.
struct SideBySideBench: Equatable {
    var framesAtOnce: Int
    /// Measured.
    var frames: Int
    var framesPerSecond: Double
    /// One frame from JPEG to boxes, while others are computed too.
    var frame: ModelBench.Part

    /// - Parameter frames: measured, after three for each thread that are not.
    init(
        _ network: Network, instructions: InstructionSet, framesAtOnce: Int, jpeg: [UInt8], frames: Int
    ) async throws {
        var limits = DetectorQueue.Limits()
        limits.frames = Self.senders(framesAtOnce)
        limits.bytes = limits.frames * jpeg.count
        let queue = try DetectorQueue(
            network, threads: Array(repeating: 1, count: framesAtOnce), instructions: instructions, limits: limits)
        defer { queue.stop() }
        _ = try await Self.milliseconds(queue, printers: framesAtOnce, jpeg, frames: 3 * framesAtOnce)
        let clock = ContinuousClock()
        let start = clock.now
        let times = try await Self.milliseconds(queue, printers: framesAtOnce, jpeg, frames: frames)
        framesPerSecond = Double(times.count) / (clock.now - start).milliseconds * 1e3
        self.framesAtOnce = framesAtOnce
        self.frames = times.count
        frame = ModelBench.Part(times)
    }

    /// Two for each printer: while one frame is computed the next one waits, so that no thread is idle.
    private static func senders(_ printers: Int) -> Int { 2 * printers }

    /// - Parameter frames: of all printers together.
    private static func milliseconds(
        _ queue: DetectorQueue, printers: Int, _ jpeg: [UInt8], frames: Int
    ) async throws -> [Double] {
        let senders = senders(printers)
        return try await withThrowingTaskGroup(of: [Double].self) { group in
            for sender in 0..<senders {
                group.addTask {
                    var times: [Double] = []
                    for number in stride(from: sender, to: frames, by: senders) {
                        let analysis = try await queue.analysis(
                            of: SubmittedFrame(
                                number: UInt64(number), printerID: PrinterID(Int64(sender % printers)), printID: 1,
                                jpeg: jpeg))
                        times.append(analysis.decodeMilliseconds + analysis.networkMilliseconds)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
