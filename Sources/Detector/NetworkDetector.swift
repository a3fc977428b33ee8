internal import CKernels
public import Farm
internal import Glibc
internal import Synchronization

/// Finds failures in frames with a network. Any thread may ask; frames are computed one after another.
public final class NetworkDetector: Sendable {
    /// Shared, and never written to: several detectors may have the same one.
    public let network: Network
    /// How many threads compute one frame, the caller's included; 1...256.
    public let threads: Int
    /// The kernels that are used; another set gives scores that differ in the last digits.
    public let instructions: InstructionSet
    private let state: Mutex<State>

    private struct State {
        var inference: Inference
        var resizer: FrameResizer
    }

    /// - Parameters:
    ///   - threads: that compute one frame; nil takes the cores that the process may use, less one for the rest of
    ///     the program, at least 1. The detections do not depend on it.
    ///   - instructions: must be one of `InstructionSet.available`, and of those that the network's precision needs.
    public init(
        network: Network, threads: Int? = nil, instructions: InstructionSet = .best
    ) throws(ModelError) {
        precondition(network.model.precision.instructions.contains(instructions))
        self.network = network
        self.threads = max(1, min(threads ?? Self.defaultThreads, Self.mostThreads))
        self.instructions = instructions
        state = Mutex(
            State(
                inference: try Inference(network, threads: self.threads, instructions: instructions),
                resizer: FrameResizer(method: network.resize, instructions: instructions)))
    }

    /// More are cut to this number.
    public static let mostThreads = 256

    /// Beyond 16 threads a frame of a small network has too little work for each.
    public static var defaultThreads: Int { max(1, min(Int(ck_cores()) - 1, 16)) }

    /// Failures with a confidence over 0.08, the highest first, overlapping ones dropped; boxes in pixels of the frame.
    public func detect(_ pixels: Pixels) -> [Detection] { measure(pixels).detections }

    /// The same with the time of each part.
    public func measure(_ pixels: Pixels) -> (detections: [Detection], timing: FrameTiming) {
        state.withLock { state in
            var timing = FrameTiming()
            let clock = ContinuousClock()
            var last = clock.now
            func lap() -> Double {
                let now = clock.now
                defer { last = now }
                return (now - last).milliseconds
            }
            state.resizer.resize(pixels, into: state.inference.input, on: state.inference.pool)
            timing.resize = lap()
            let busy = Self.processorMilliseconds()
            let milliseconds = state.inference.measure()
            timing.layers = zip(state.inference.plan.steps, milliseconds).map { ($0.layer, $1) }
            timing.network = lap()
            timing.networkProcessor = Self.processorMilliseconds() - busy
            let detections = Self.detections(state.inference, width: pixels.width, height: pixels.height)
            timing.boxes = lap()
            return (detections, timing)
        }
    }

    /// Bytes of activations and scratch memory, beside `Network.weightBytes`.
    public var workingBytes: Int { state.withLock { $0.inference.workingBytes } }

    /// Processor time of all threads of this process so far.
    private static func processorMilliseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }

    static func detections(_ inference: Inference, width: Int, height: Int) -> [Detection] {
        let graph = inference.network.graph
        let candidates = graph.heads.flatMap { layer, head in
            head.candidates(
                inference.tensor(layer), input: graph.input, over: NonMaximumSuppression.confidence)
        }
        return NonMaximumSuppression.apply(candidates).map { $0.detection(width: width, height: height) }
    }
}

/// Where the time of one frame went. Unit: milliseconds.
public struct FrameTiming: Sendable {
    /// Bringing the frame to the size of the network's input.
    public var resize = 0.0
    /// All layers.
    public var network = 0.0
    /// One entry a computed layer, the times of all threads together; a sum that was fused into the convolution before it
    /// has none.
    public var layers: [(layer: Int, milliseconds: Double)] = []
    /// Decoding of boxes and suppression of overlapping ones.
    public var boxes = 0.0
    /// Processor time of the whole process while the layers were computed.
    public var networkProcessor = 0.0

    /// Without the decoding of the JPEG, which comes before.
    public var total: Double { resize + network + boxes }
}

extension Duration {
    var milliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15 }
}
