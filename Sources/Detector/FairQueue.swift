internal import Farm

/// Who waits, and who is next: a value without threads. Printers take turns; a printer's frames keep their order, so the
/// next one waits until the one before is answered.
struct FairQueue {
    struct Waiting {
        var frame: SubmittedFrame
        var completion: FrameCompletion
    }
    enum Next {
        case frame(Waiting)
        /// Stopping: all who still wait, in order.
        case cancelled([Waiting])
        case nothing
    }

    let limits: DetectorQueue.Limits
    var isStopping = false
    private(set) var load = DetectorLoad()
    /// Printers with waiting frames and none under way; the first is next.
    private var turn: [PrinterID] = []
    private var frames: [PrinterID: [Waiting]] = [:]
    /// Printers whose frame is being computed.
    private var underWay: Set<PrinterID> = []
    /// Not yet answered, the frame under way included.
    private var unanswered: [PrinterID: Int] = [:]
    /// Smoothed time of a frame; 50 until one was measured.
    private var millisecondsEach = 50.0

    init(limits: DetectorQueue.Limits) { self.limits = limits }

    /// Lets the frame in, or says why not.
    mutating func add(_ frame: SubmittedFrame, _ completion: @escaping FrameCompletion) -> FrameError? {
        guard !isStopping else { return .cancelled }
        let own = unanswered[frame.printerID, default: 0]
        let isFull =
            load.queuedFrames >= limits.frames || own >= limits.framesOfOnePrinter
            || load.queuedBytes + frame.jpeg.count > limits.bytes
        guard !isFull else {
            load.rejectedFrames += 1
            return .queueFull(retryAfterSeconds: retryAfterSeconds)
        }
        load.queuedFrames += 1
        load.queuedBytes += frame.jpeg.count
        unanswered[frame.printerID] = own + 1
        if frames[frame.printerID] == nil, !underWay.contains(frame.printerID) { turn.append(frame.printerID) }
        frames[frame.printerID, default: []].append(Waiting(frame: frame, completion: completion))
        return nil
    }

    /// Until what waits now is done, 1...60.
    private var retryAfterSeconds: Int {
        Int(min(60, max(1, (Double(load.queuedFrames) * millisecondsEach / 1000).rounded(.up))))
    }

    mutating func takeNext() -> Next {
        if isStopping {
            let all = (turn + underWay).flatMap { frames[$0] ?? [] }
            turn = []
            frames = [:]
            for waiting in all { forget(waiting) }
            return .cancelled(all)
        }
        guard let printer = turn.first, var own = frames[printer], !own.isEmpty else { return .nothing }
        turn.removeFirst()
        underWay.insert(printer)
        let next = own.removeFirst()
        frames[printer] = own.isEmpty ? nil : own
        return .frame(next)
    }

    /// Takes a waiting frame out; nil when it does not wait (any more).
    mutating func remove(_ number: UInt64) -> Waiting? {
        for (printer, own) in frames {
            guard let index = own.firstIndex(where: { $0.frame.number == number }) else { continue }
            let waiting = own[index]
            frames[printer]?.remove(at: index)
            if own.count == 1 {
                frames[printer] = nil
                turn.removeAll { $0 == printer }
            }
            forget(waiting)
            load.cancelledFrames += 1
            return waiting
        }
        return nil
    }

    private mutating func forget(_ waiting: Waiting) {
        let printer = waiting.frame.printerID
        load.queuedFrames -= 1
        load.queuedBytes -= waiting.frame.jpeg.count
        let left = unanswered[printer, default: 1] - 1
        unanswered[printer] = left > 0 ? left : nil
    }

    /// After the frame's answer.
    /// - Returns: true when another frame of the printer waits, which may be taken now.
    mutating func release(_ printer: PrinterID) -> Bool {
        underWay.remove(printer)
        guard frames[printer] != nil else { return false }
        turn.append(printer)
        return true
    }

    /// Books the frame that `takeNext` gave, before its answer.
    mutating func finish(_ waiting: Waiting, _ result: Result<FrameAnalysis, FrameError>) {
        forget(waiting)
        guard case .success(let analysis) = result else {
            load.rejectedFrames += 1
            return
        }
        load.analysedFrames += 1
        load.lastMilliseconds = analysis.decodeMilliseconds + analysis.networkMilliseconds
        load.busyMilliseconds += load.lastMilliseconds
        millisecondsEach += (load.lastMilliseconds - millisecondsEach) * (load.analysedFrames == 1 ? 1 : 0.1)
    }
}
