import FailureDetection
public import Farm

/// What came of a frame.
public struct FrameReport: Sendable, Equatable {
    /// Highest confidence first; boxes in pixels of the upright frame.
    public var detections: [Detection]
    public var statistics: TemporalStatistics
    /// An alert stands that nobody acknowledged.
    public var alert: Bool
    /// The app is asked to pause and has not done so yet.
    public var pauseRequested: Bool
    /// What was wrong with a picture that was usable all the same.
    public var damage: String?

    public init(
        detections: [Detection], statistics: TemporalStatistics, alert: Bool, pauseRequested: Bool, damage: String?
    ) {
        self.detections = detections
        self.statistics = statistics
        self.alert = alert
        self.pauseRequested = pauseRequested
        self.damage = damage
    }
}

/// Takes an analysed frame into the statistics of the print that was open when the frame came.
struct ApplyFrame: FarmCommand {
    var ticket: FrameTicket
    var jpeg: [UInt8]
    var analysis: FrameAnalysis

    /// - Throws: `notPrinting` when that print is no longer open; nothing changes then.
    func apply(to draft: inout FarmDraft) throws(FarmError) -> FrameReport {
        let id = ticket.printerID
        guard let live = draft.state.printers[id], let print = live.currentPrint, print.id == ticket.printID else {
            throw .notPrinting
        }
        let statistics = live.printer.statistics.adding(
            p: analysis.detections.pSum, sensitivity: live.printer.settings.detectiveSensitivity)
        let outcome = alertOutcome(
            statistics: statistics, settings: live.printer.settings, print: print,
            isWatched: live.isWatched, coolDown: draft.limits.alertCoolDown, now: draft.now)
        take(statistics, into: &draft)
        draft.keepPicture(jpeg, number: statistics.predictionNum, of: id, print: print.id)
        act(on: outcome, statistics: statistics, in: &draft)
        draft.writePrinter(id)
        draft.write(
            .prediction(
                Prediction(
                    printID: print.id, printerID: id, createdAt: draft.now, statistics: statistics,
                    detections: analysis.detections)))
        let after = try draft.live(id).currentPrint
        return FrameReport(
            detections: analysis.detections, statistics: statistics, alert: after?.hasStandingAlert ?? false,
            pauseRequested: after?.awaitsPause ?? false, damage: analysis.damage)
    }

    private func take(_ statistics: TemporalStatistics, into draft: inout FarmDraft) {
        let (now, keep) = (draft.now, draft.limits.recentPoints)
        let analysis = analysis
        draft.change(ticket.printerID) { live in
            // Where the wait began anew in between, nobody knows how many frames are missing.
            if let last = live.lastFrame, last.receivedAt == live.framesAwaitedSince {
                live.intervals.append(max(0, now.seconds(since: last.receivedAt)))
                if live.intervals.count > 16 { live.intervals.removeFirst() }
            }
            live.printer.statistics = statistics
            live.lastFrame = LastFrame(
                number: statistics.predictionNum, receivedAt: now, width: analysis.width, height: analysis.height,
                detections: analysis.detections)
            live.framesAwaitedSince = now
            live.recent.append(ScorePoint(at: now, statistics))
            if live.recent.count > keep { live.recent.removeFirst(live.recent.count - keep) }
            guard var print = live.currentPrint else { return }
            print.frameCount = statistics.predictionNum
            print.maxNormalizedP = max(print.maxNormalizedP, statistics.normalizedP)
            print.notWatchedAt = nil
            live.currentPrint = print
        }
    }

    private func act(on outcome: AlertOutcome, statistics: TemporalStatistics, in draft: inout FarmDraft) {
        guard outcome != .nothing else { return }
        let (now, frame) = (draft.now, statistics.predictionNum)
        draft.change(ticket.printerID) { live in
            live.currentPrint?.alertedAt = now
            // An answer to come, by a clock that was set back since, was to an earlier alert.
            if let answer = live.currentPrint?.alertAcknowledgedAt, answer >= now {
                live.currentPrint?.alertAcknowledgedAt = now - .microseconds(1)
            }
            live.alertFrames.append(frame)
            if outcome == .requestPause {
                live.currentPrint?.pausedAt = now
                live.currentPrint?.pauseRequestedAt = now
                live.currentPrint?.pauseConfirmed = false
            }
        }
        guard let print = draft.state.printers[ticket.printerID]?.currentPrint else { return }
        let score = "p \(twoDecimals(statistics.normalizedP)), ewm mean \(twoDecimals(statistics.ewmMean))"
        let (title, text) =
            switch outcome {
            case .requestPause:
                ("Failure Detected", "\(print.filename) is failing (\(score)); the app is asked to pause it.")
            case .stillFailing:
                ("Still Failing", "\(print.filename) is still failing (\(score)) after a pause was asked for.")
            case .alert, .nothing:
                ("Possible Failure Detected", "\(print.filename) may be failing (\(score)).")
            }
        draft.record(
            .failureAlerted, outcome == .alert ? .warning : .error, title: title, text: text, print: print,
            frame: frame)
    }
}

extension ScorePoint {
    init(at moment: Timestamp, _ statistics: TemporalStatistics) {
        self.init(
            at: moment, frame: statistics.predictionNum, p: statistics.p, ewmMean: statistics.ewmMean,
            normalizedP: statistics.normalizedP)
    }
}

/// Two decimals, rounded half away from zero, for texts.
func twoDecimals(_ value: Double) -> String {
    let hundredths = Int((min(max(value, 0), 1e6) * 100).rounded())
    return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
}
