import Farm
import Foundation
import Imaging
import Synchronization
import Testing

@testable import Detector

/// Results as they come in, and a gate that holds the detector until the test lets it go.
private final class Recorder: Sendable {
    let answers = Mutex<[String]>([])
    private let gate = DispatchSemaphore(value: 0)
    private let answered = DispatchSemaphore(value: 0)

    func hold() { gate.wait() }
    func release(_ frames: Int) { for _ in 0..<frames { gate.signal() } }
    func note(_ name: String) {
        answers.withLock { $0.append(name) }
        answered.signal()
    }
    /// Waits for so many answers.
    func wait(_ count: Int) -> [String] {
        for _ in 0..<count { answered.wait() }
        return answers.withLock { $0 }
    }
}

/// Sees nothing in any frame, and holds each as long as the recorder says.
private struct RecordingAnalyser: FrameAnalyser {
    let recorder: Recorder

    func decode(_ jpeg: [UInt8]) throws(FrameError) -> DecodedImage {
        recorder.hold()
        if jpeg.first == 0 { throw .notUsable(reason: "zero") }
        return DecodedImage(
            pixels: Pixels(width: 1, height: 1, bytes: [1, 2, 3]), damage: jpeg.first == 9 ? "nine" : nil)
    }

    func detect(_ pixels: Pixels, thread: Int) -> [Detection] { [] }
}

@Suite("The queue before the detector", .timeLimit(.minutes(20)))
struct DetectorQueueTests {
    private let model = ModelDescription(name: "t", inputWidth: 1, inputHeight: 1, gflop: 0, parameters: 0)

    private func queue(_ recorder: Recorder, limits: DetectorQueue.Limits = .init(), threads: Int = 1) -> DetectorQueue
    {
        DetectorQueue(model: model, analyser: RecordingAnalyser(recorder: recorder), limits: limits, threads: threads)
    }

    private func submit(
        _ queue: DetectorQueue, _ recorder: Recorder, printer: Int64, _ name: String, _ jpeg: [UInt8] = [1],
        number: UInt64 = 0
    ) throws(FrameError) {
        try queue.submit(SubmittedFrame(number: number, printerID: .init(printer), printID: 1, jpeg: jpeg)) { result in
            switch result {
            case .success(let analysis): recorder.note(name + (analysis.damage.map { " " + $0 } ?? ""))
            case .failure(.cancelled): recorder.note(name + " cancelled")
            case .failure: recorder.note(name + " failed")
            }
        }
    }

    @Test("frames of one printer keep their order and printers take turns")
    func fairness() throws {
        let recorder = Recorder()
        let queue = queue(recorder)
        for name in ["a1", "a2", "a3", "a4"] { try submit(queue, recorder, printer: 1, name) }
        for name in ["b1", "b2"] { try submit(queue, recorder, printer: 2, name) }
        recorder.release(6)
        let answers = recorder.wait(6)
        #expect(answers.filter { $0.hasPrefix("a") } == ["a1", "a2", "a3", "a4"])
        #expect(answers.filter { $0.hasPrefix("b") } == ["b1", "b2"])
        // At most a1 and a2 were taken before b1 came in.
        #expect(answers.firstIndex(of: "b2").map { $0 <= 4 } == true)
    }

    @Test("a full queue refuses at once, says when to come back, and takes frames again later")
    func full() throws {
        var limits = DetectorQueue.Limits()
        (limits.frames, limits.framesOfOnePrinter, limits.bytes) = (5, 3, 100)
        let recorder = Recorder()
        let queue = queue(recorder, limits: limits)
        for name in ["a1", "a2", "a3"] { try submit(queue, recorder, printer: 1, name) }
        #expect(throws: FrameError.queueFull(retryAfterSeconds: 1)) { try submit(queue, recorder, printer: 1, "a4") }
        #expect(throws: FrameError.self) {
            try submit(queue, recorder, printer: 2, "large", [UInt8](repeating: 1, count: 98))
        }
        for name in ["b1", "b2"] { try submit(queue, recorder, printer: 2, name) }
        #expect(throws: FrameError.self) { try submit(queue, recorder, printer: 3, "c1") }
        #expect(queue.load.queuedFrames == 5 && queue.load.queuedBytes == 5 && queue.load.rejectedFrames == 3)
        recorder.release(5)
        _ = recorder.wait(5)
        try submit(queue, recorder, printer: 3, "c1")
        recorder.release(1)
        #expect(recorder.wait(1).last == "c1")
        #expect(queue.load.queuedFrames == 0 && queue.load.queuedBytes == 0 && queue.load.analysedFrames == 6)
    }

    @Test("a picture that cannot be used fails alone; damage of a usable one is passed on")
    func unusable() throws {
        let recorder = Recorder()
        let queue = queue(recorder)
        try submit(queue, recorder, printer: 1, "bad", [0])
        try submit(queue, recorder, printer: 1, "damaged", [9])
        recorder.release(2)
        #expect(recorder.wait(2) == ["bad failed", "damaged nine"])
    }

    @Test("stopping answers every waiting frame once and refuses new ones")
    func stop() throws {
        let recorder = Recorder()
        let queue = queue(recorder)
        for name in ["a1", "a2"] { try submit(queue, recorder, printer: 1, name) }
        try submit(queue, recorder, printer: 2, "b1")
        queue.stop()
        recorder.release(1)
        let answers = recorder.wait(3)
        #expect(answers.sorted().map { $0.prefix(2) } == ["a1", "a2", "b1"])
        #expect(answers.filter { $0.hasSuffix("cancelled") }.count >= 2)
        #expect(throws: FrameError.cancelled) { try submit(queue, recorder, printer: 1, "late") }
    }

    @Test("a queue that nobody holds any more cancels what waits")
    func dropped() throws {
        let recorder = Recorder()
        do {
            let queue = queue(recorder)
            for name in ["a1", "a2"] { try submit(queue, recorder, printer: 1, name) }
        }
        recorder.release(1)
        #expect(recorder.wait(2).last == "a2 cancelled")
    }

    @Test("a frame whose client went away leaves the queue and makes room; the others keep their turn")
    func cancelled() throws {
        var limits = DetectorQueue.Limits()
        limits.framesOfOnePrinter = 3
        let recorder = Recorder()
        let queue = queue(recorder, limits: limits)
        for (number, name) in ["a1", "a2", "a3"].enumerated() {
            try submit(queue, recorder, printer: 1, name, number: UInt64(number + 1))
        }
        try submit(queue, recorder, printer: 2, "b1", number: 4)
        #expect(throws: FrameError.self) { try submit(queue, recorder, printer: 1, "a4") }
        queue.cancel(3)
        queue.cancel(3)
        queue.cancel(99)
        #expect(recorder.wait(1) == ["a3 cancelled"])
        #expect(queue.load.queuedFrames == 3 && queue.load.queuedBytes == 3 && queue.load.cancelledFrames == 1)
        try submit(queue, recorder, printer: 1, "a4", number: 5)
        recorder.release(4)
        let answers = recorder.wait(4)
        #expect(answers.filter { $0.hasPrefix("a") } == ["a3 cancelled", "a1", "a2", "a4"])
        #expect(queue.load.queuedFrames == 0 && queue.load.analysedFrames == 4)
        queue.cancel(5)
        #expect(queue.load.cancelledFrames == 1)
    }

    @Test("several threads compute frames of different printers side by side, and one printer's frames in order")
    func sideBySide() throws {
        var limits = DetectorQueue.Limits()
        (limits.frames, limits.framesOfOnePrinter) = (200, 50)
        let recorder = Recorder()
        let queue = queue(recorder, limits: limits, threads: 3)
        for number in 0..<50 {
            for printer in 0..<4 {
                try submit(queue, recorder, printer: Int64(printer), "\(printer) \(number)")
            }
        }
        recorder.release(200)
        let answers = recorder.wait(200)
        for printer in 0..<4 {
            #expect(
                answers.filter { $0.hasPrefix("\(printer) ") } == (0..<50).map { "\(printer) \($0)" })
        }
        #expect(queue.load.queuedFrames == 0 && queue.load.analysedFrames == 200)
    }

    @Test("a printer whose frame is under way waits for its answer while others are taken")
    func underWay() {
        var line = FairQueue(limits: DetectorQueue.Limits())
        for (number, printer) in [1, 1, 2].enumerated() {
            let frame = SubmittedFrame(
                number: UInt64(number), printerID: .init(Int64(printer)), printID: 1, jpeg: [1])
            #expect(line.add(frame, { _ in }) == nil)
        }
        func taken() -> UInt64? { if case .frame(let waiting) = line.takeNext() { waiting.frame.number } else { nil } }
        #expect([taken(), taken(), taken()] == [0, 2, nil])
        #expect(line.release(1) && taken() == 1)
        #expect(!line.release(2) && !line.release(1) && taken() == nil)
    }

    @Test("the time to come back grows with what waits")
    func retry() {
        var limits = DetectorQueue.Limits()
        (limits.frames, limits.framesOfOnePrinter) = (40, 40)
        var line = FairQueue(limits: limits)
        let frame = SubmittedFrame(number: 1, printerID: 1, printID: 1, jpeg: [1])
        for _ in 0..<40 { #expect(line.add(frame, { _ in }) == nil) }
        #expect(line.add(frame, { _ in }) == .queueFull(retryAfterSeconds: 2))
        guard case .frame(let first) = line.takeNext() else { return #expect(Bool(false), "a frame waits") }
        line.finish(
            first, .success(FrameAnalysis(width: 1, height: 1, detections: [], networkMilliseconds: 400)))
        #expect(line.add(frame, { _ in }) == nil)
        #expect(line.add(frame, { _ in }) == .queueFull(retryAfterSeconds: 16))
    }
}
