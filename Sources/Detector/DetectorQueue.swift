public import Farm
internal import Glibc
internal import Synchronization

/// The frames that wait for the detector: bounded, in order for one printer, printers in turn. Threads of its own, one a
/// detector, decode and compute frames of different printers at the same time; they sleep on a semaphore when nothing waits.
public final class DetectorQueue: FrameDetector {
    public struct Limits: Equatable, Sendable {
        /// Frames not yet answered, the one under way included.
        public var frames = 64
        public var framesOfOnePrinter = 16
        /// Bytes of their JPEGs.
        public var bytes = 128 << 20

        public init() {}
    }
    public typealias Decode = @Sendable ([UInt8]) throws(FrameError) -> (pixels: Pixels, damage: String?)
    public typealias Completion = @Sendable (Result<FrameAnalysis, FrameError>) -> Void

    private let worker: Worker

    /// - Parameters:
    ///   - detectors: one or more of the same network, which must be this queue's own for its times to mean anything.
    ///   - decode: JPEG bytes to upright pixels, and what was wrong with a usable picture.
    public convenience init(detectors: [NetworkDetector], decode: @escaping Decode, limits: Limits = Limits()) {
        precondition(!detectors.isEmpty)
        self.init(
            model: detectors[0].network.model, limits: limits, threads: detectors.count, decode: decode
        ) { detectors[$1].detect($0) }
    }

    /// - Parameter detect: the network, on one of the threads; a test gives its own.
    init(
        model: ModelDescription, limits: Limits = Limits(), threads: Int = 1, decode: @escaping Decode,
        detect: @escaping @Sendable (Pixels, _ thread: Int) -> [Detection]
    ) {
        worker = Worker(model: model, limits: limits, threads: threads, decode: decode, detect: detect)
        worker.start()
    }

    deinit { worker.stop() }

    public var model: ModelDescription { worker.model }
    public var load: DetectorLoad { worker.state.withLock { $0.load } }

    public func submit(_ frame: SubmittedFrame, completion: @escaping Completion) throws(FrameError) {
        try worker.submit(frame, completion)
    }

    public func cancel(_ number: UInt64) { worker.cancel(number) }

    /// Answers every waiting frame with `.cancelled`; those under way are computed to their end; frames submitted later are refused so.
    public func stop() { worker.stop() }
}

/// What the queue and its threads share. The threads hold it, so that the queue can go away.
private final class Worker: Sendable {
    let model: ModelDescription
    let decode: DetectorQueue.Decode
    let detect: @Sendable (Pixels, Int) -> [Detection]
    let threads: Int
    let state: Mutex<FairQueue>
    private let started = Atomic<Int>(0)
    private let wake = Semaphore()

    init(
        model: ModelDescription, limits: DetectorQueue.Limits, threads: Int, decode: @escaping DetectorQueue.Decode,
        detect: @escaping @Sendable (Pixels, Int) -> [Detection]
    ) {
        self.model = model
        self.threads = threads
        self.decode = decode
        self.detect = detect
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

    func submit(_ frame: SubmittedFrame, _ completion: @escaping DetectorQueue.Completion) throws(FrameError) {
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
                let result = analyse(waiting.frame.jpeg, thread)
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

    private func analyse(_ jpeg: [UInt8], _ thread: Int) -> Result<FrameAnalysis, FrameError> {
        let clock = ContinuousClock()
        let start = clock.now
        do throws(FrameError) {
            let (pixels, damage) = try decode(jpeg)
            let decoded = clock.now
            let detections = detect(pixels, thread)
            return .success(
                FrameAnalysis(
                    width: pixels.width, height: pixels.height, detections: detections, damage: damage,
                    isBlack: pixels.isBlack, decodeMilliseconds: (decoded - start).milliseconds,
                    networkMilliseconds: (clock.now - decoded).milliseconds))
        } catch {
            return .failure(error)
        }
    }
}

/// A counting semaphore of the system.
private final class Semaphore: @unchecked Sendable {
    // sem_t must not move, so it lives on the heap; its functions may be called from any thread.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }
    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 && errno == EINTR {} }
}
