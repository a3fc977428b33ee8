internal import Dispatch
public import Farm
internal import Glibc
internal import Imaging
internal import Synchronization

/// The frames that wait for the detector: bounded, in order for one printer, printers in turn. Threads of its own, one a
/// detector, decode and compute frames of different printers at the same time; they sleep on a semaphore when nothing waits.
public final class DetectorQueue: FrameDetector {
    /// What may wait; a frame beyond it is rejected at once.
    public struct Limits: Equatable, Sendable {
        /// Frames not yet answered, the one under way included.
        public var frames = 64
        /// As `frames`, so that one busy printer leaves room for the others.
        public var framesOfOnePrinter = 16
        /// Bytes of their JPEGs.
        public var bytes = 128 << 20

        public init() {}
    }

    private let worker: Worker

    /// - Parameter detectors: one or more of the same network, which must be this queue's own for its times to mean anything.
    public convenience init(detectors: [NetworkDetector], limits: Limits = Limits()) {
        precondition(!detectors.isEmpty)
        self.init(
            model: detectors[0].network.model, analyser: NetworkAnalyser(detectors: detectors), limits: limits,
            threads: detectors.count)
    }

    /// - Parameter analyser: called on the threads; a test gives its own.
    init(model: ModelDescription, analyser: any FrameAnalyser, limits: Limits = Limits(), threads: Int = 1) {
        worker = Worker(model: model, analyser: analyser, limits: limits, threads: threads)
        worker.start()
    }

    deinit { worker.stop() }

    public var model: ModelDescription { worker.model }
    public var load: DetectorLoad { worker.state.withLock { $0.load } }

    public func submit(_ frame: SubmittedFrame, completion: @escaping FrameCompletion) throws(FrameError) {
        try worker.submit(frame, completion)
    }

    public func cancel(_ number: UInt64) { worker.cancel(number) }

    /// Answers every waiting frame with `.cancelled`; those under way are computed to their end; frames submitted later are refused so.
    public func stop() { worker.stop() }
}

/// What the queue and its threads share. The threads hold it, so that the queue can go away.
private final class Worker: Sendable {
    let model: ModelDescription
    let analyser: any FrameAnalyser
    let threads: Int
    let state: Mutex<FairQueue>
    private let started = Atomic<Int>(0)
    private let wake = DispatchSemaphore(value: 0)

    init(model: ModelDescription, analyser: any FrameAnalyser, limits: DetectorQueue.Limits, threads: Int) {
        self.model = model
        self.analyser = analyser
        self.threads = threads
        state = Mutex(FairQueue(limits: limits))
    }

    /// When the system refuses the first thread, frames are refused too; with fewer than wanted it goes on.
    func start() {
        guard startThread() else { return state.withLock { $0.isStopping = true } }
        for _ in 1..<max(1, threads) where !startThread() { return }
    }

    private func startThread() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let refused = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Worker>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, context.toOpaque())
        pthread_attr_destroy(&attributes)
        if refused != 0 { context.release() }
        return refused == 0
    }

    func submit(_ frame: SubmittedFrame, _ completion: @escaping FrameCompletion) throws(FrameError) {
        let refusal: FrameError? = state.withLock { $0.add(frame, completion) }
        if let refusal { throw refusal }
        wake.signal()
    }

    func cancel(_ number: UInt64) {
        // Its signal stays: the thread wakes once for nothing.
        state.withLock { $0.remove(number) }?.completion(.failure(.cancelled))
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        for _ in 0..<threads { wake.signal() }
    }

    private func work() {
        let thread = started.add(1, ordering: .relaxed).oldValue
        while true {
            wake.wait()
            let next = state.withLock { $0.takeNext() }
            switch next {
            case .frame(let waiting):
                let result = analyse(waiting.frame, thread)
                state.withLock { $0.finish(waiting, result) }
                waiting.completion(result)
                // Only now, or another thread could answer the printer's next frame first.
                if state.withLock({ $0.release(waiting.frame.printerID) }) { wake.signal() }
            case .cancelled(let all):
                for waiting in all { waiting.completion(.failure(.cancelled)) }
                return
            case .nothing: continue
            }
        }
    }

    private func analyse(_ frame: SubmittedFrame, _ thread: Int) -> Result<FrameAnalysis, FrameError> {
        let clock = ContinuousClock()
        let start = clock.now
        do throws(FrameError) {
            let image = try analyser.decode(frame.jpeg)
            let decoded = clock.now
            let judged = frame.region.judge(image.pixels) { analyser.detect($0, thread: thread) }
            let looks = judged.detections.isEmpty ? [] : frame.places.map(image.pixels.look(at:))
            return .success(
                FrameAnalysis(
                    width: image.pixels.width, height: image.pixels.height, detections: judged.detections,
                    damage: image.damage, isBlack: judged.isBlack, looks: looks,
                    decodeMilliseconds: (decoded - start).milliseconds,
                    networkMilliseconds: (clock.now - decoded).milliseconds))
        } catch {
            return .failure(error)
        }
    }
}
