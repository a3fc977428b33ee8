import FailureDetection
public import Farm
import Logging
import Synchronization

/// Looks at places of a JPEG; nil: it is no picture.
public typealias LookTaker = @Sendable (_ jpeg: [UInt8], _ places: [BoundingBox]) -> PictureLooks?

extension FarmService {
    /// From now on it is remembered what dismissed alerts have shown.
    public func setLookTaker(_ taker: @escaping LookTaker) { lookTaker.withLock { $0 = taker } }

    /// Looks at the kept pictures of alerts that were dismissed since the last time. Pictures are read beside the writer, one after
    /// the other: many dismissals at once take their time, and nothing else waits for them.
    /// - Parameter limit: no further one is begun after it.
    public func rememberVerdicts(within limit: Duration = .seconds(3600)) async {
        guard let taker = lookTaker.withLock({ $0 }) else { return }
        let end = elapsed() + limit
        for live in state.printers.values where !live.toRemember.isEmpty {
            for print in live.toRemember {
                let now = elapsed()
                guard now < end, !Task.isCancelled else { return }
                guard verdictTries.withLock({ $0.isDue(print, at: now) }) else { continue }
                await remember(print, of: live, by: taker)
            }
        }
    }

    private func remember(_ print: PrintID, of live: LivePrinter, by taker: @escaping LookTaker) async {
        do {
            let (store, around) = (store, limits.picturesAroundAlert)
            let region = live.printer.settings.cameraRegion
            let seen = try await read {
                try DismissedAlert(print: print, region: region).seen(in: store, around: around, by: taker)
            }
            try await perform(RememberVerdict(printer: live.printer.id, print: print, seen: seen))
            verdictTries.withLock { $0.succeeded(print) }
        } catch {
            let isFirst = verdictTries.withLock { $0.failed(print, at: elapsed()) }
            if isFirst {
                logger.warning(
                    "What the dismissed alert of print \(print) showed could not be remembered yet: \(error)")
            }
        }
    }
}

/// Dismissed alerts that could not be remembered: a full disk passes, and is not asked each second until then.
struct VerdictTries: Sendable {
    /// The first pause; each one is twice as long as the one before.
    static let pause = Duration.seconds(10)
    static let longestPause = Duration.seconds(600)
    private var failures: [PrintID: (count: Int, next: Duration)] = [:]

    func isDue(_ print: PrintID, at now: Duration) -> Bool { failures[print].map { now >= $0.next } ?? true }

    mutating func succeeded(_ print: PrintID) { failures[print] = nil }

    /// - Returns: whether it is the first time.
    mutating func failed(_ print: PrintID, at now: Duration) -> Bool {
        let count = (failures[print]?.count ?? 0) + 1
        let pause = Self.pause * Double(1 << min(count - 1, 10))
        failures[print] = (count, now + min(pause, Self.longestPause))
        return count == 1
    }
}

/// An alert that was called no failure, for what its pictures show.
private struct DismissedAlert {
    var print: PrintID
    /// That of the printer now; predictions from before do not tell theirs.
    var region: CameraRegion

    func seen(in store: any FarmStore, around: Int64, by taker: LookTaker) throws -> [SeenBox] {
        let events = try store.events(
            account: nil, printer: nil, print: print, kinds: [.failureAlerted], severities: nil, start: 0, limit: 100)
        let alerts = events.filter { $0.printID == print && $0.kind == .failureAlerted }.compactMap(\.frame)
        guard let last = alerts.max() else { return [] }
        var pictures: [[SeenBox]] = []
        for number in max(1, last - around)...(last + around) {
            let key = FrameKey(printID: print, number: number)
            guard let prediction = try store.prediction(key), !prediction.detections.isEmpty,
                let jpeg = try store.framePicture(key),
                let taken = taker(jpeg, prediction.detections.map(\.box)),
                taken.looks.count == prediction.detections.count
            else { continue }
            var boxes: [SeenBox] = []
            for (detection, look) in zip(prediction.detections, taken.looks) {
                guard let look else { continue }
                boxes.append(
                    SeenBox(
                        region: prediction.region ?? region, width: taken.width, height: taken.height,
                        detection: detection, look: look))
            }
            pictures.append(boxes)
        }
        return VerdictMemory.places(in: pictures)
    }
}
