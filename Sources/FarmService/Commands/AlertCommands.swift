import FailureDetection
public import Farm

/// Turns the alerts of the current print off or on.
public struct MuteAlerts: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    var muted: Bool
    /// The print that is meant; nil: whichever runs.
    var print: PrintID?

    public init(caller: Caller, printer: PrinterID, muted: Bool, print: PrintID? = nil) {
        self.caller = caller
        self.printer = printer
        self.muted = muted
        self.print = print
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let print = try draft.printing(printer, for: caller)
        try draft.live(printer).refuseAnother(than: self.print)
        guard print.isMuted != muted else { return PrinterChange(live: try draft.live(printer), succeeded: true) }
        let now = draft.now
        draft.change(printer) { $0.currentPrint?.alertMutedAt = muted ? now : nil }
        draft.writePrinter(printer)
        draft.record(
            muted ? .alertMuted : .alertUnmuted, .info, by: caller.actor,
            title: muted ? "Alerts Muted" : "Alerts Unmuted",
            text: "Alerts for \(print.filename) were \(muted ? "muted" : "turned on again") by \(caller.name).",
            print: print)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

/// Answers the alert of the open print: seen, a failure, or not a failure. Without an alert nothing changes.
///
/// Whoever has seen that a pause was not confirmed has not paused the printer: the request stays, not confirmed as before, and the app
/// is told of it with each picture. Only "not a failure" takes it back.
public struct AcknowledgeAlert: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    /// Nil: seen, but not judged.
    var verdict: AlertVerdict?
    /// The print that is meant; nil: whichever runs.
    var print: PrintID?

    public init(caller: Caller, printer: PrinterID, verdict: AlertVerdict?, print: PrintID? = nil) {
        self.caller = caller
        self.printer = printer
        self.verdict = verdict
        self.print = print
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let print = try draft.printing(printer, for: caller)
        try draft.live(printer).refuseAnother(than: self.print)
        guard let alertedAt = print.alertedAt else {
            // A pause that nobody confirmed is answered also where no alert was raised: a person asked for it.
            if let missed = print.pauseNotConfirmedAt { answerPause(of: print, missed: missed, in: &draft) }
            return PrinterChange(live: try draft.live(printer), succeeded: true)
        }
        // Said once more: what the first dismissal set aside must not be lost.
        if verdict == .notFailed, print.alertState == .dismissed {
            return PrinterChange(live: try draft.live(printer), succeeded: true)
        }
        // Not before what is answered, though the clock was set back since.
        let moment = max(draft.now, alertedAt, print.pauseNotConfirmedAt ?? alertedAt)
        let isNews = verdict != print.alertOverwrite || print.hasStandingAlert || print.hasStandingPause
        if verdict == .notFailed {
            draft.withdrawPause(of: printer)
            draft.dismissAlert(of: printer)
        } else {
            if verdict == .failed { draft.undoDismissal(of: printer) }
            draft.change(printer) { live in
                if live.currentPrint?.alertState == .standing { live.currentPrint?.alertState = .acknowledged }
            }
        }
        draft.change(printer) { live in
            live.currentPrint?.alertAcknowledgedAt = moment
            if let verdict { live.currentPrint?.alertOverwrite = verdict }
            if verdict == .notFailed {
                live.currentPrint?.pauseRequestedAt = nil
                live.currentPrint?.pauseNotConfirmedAt = nil
            }
        }
        draft.writePrinter(printer)
        if isNews { record(of: print, in: &draft) }
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }

    fileprivate static let title = "Alert Acknowledged"

    private func answerPause(of print: Print, missed: Timestamp, in draft: inout FarmDraft) {
        guard print.hasStandingPause else { return }
        let moment = max(draft.now, missed)
        draft.change(printer) { $0.currentPrint?.alertAcknowledgedAt = moment }
        draft.writePrinter(printer)
        record(of: print, in: &draft)
    }

    private func record(of print: Print, in draft: inout FarmDraft) {
        guard let verdict else {
            return draft.record(
                .acknowledged, .info, by: caller.actor, title: Self.title,
                text: "\(caller.name) acknowledged the alert on \(print.filename).", print: print)
        }
        draft.recordVerdict(verdict, on: print, by: caller)
    }
}

/// Takes the last dismissal back: the alert is again as it was, and what the dismissal taught the camera is undone.
public struct UndoDismissal: FarmCommand {
    var caller: Caller
    var printer: PrinterID

    public init(caller: Caller, printer: PrinterID) {
        self.caller = caller
        self.printer = printer
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let print = try draft.printing(printer, for: caller)
        guard print.alertState == .dismissed else {
            return PrinterChange(live: try draft.live(printer), succeeded: false)
        }
        let before = draft.answerBeforeDismissal(of: print)
        draft.undoDismissal(of: printer)
        draft.change(printer) { live in
            live.currentPrint?.alertState = before == nil ? .standing : .acknowledged
            live.currentPrint?.alertAcknowledgedAt = before?.at
            live.currentPrint?.alertOverwrite = before?.verdict
        }
        draft.writePrinter(printer)
        draft.recordVerdict(nil, on: print, by: caller)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

/// How somebody had answered an alert before it was dismissed.
private struct EarlierAnswer {
    var at: Timestamp
    var verdict: AlertVerdict?
}

extension FarmDraft {
    /// As the newest events tell it; nil where nobody had answered the alert.
    fileprivate func answerBeforeDismissal(of print: Print) -> EarlierAnswer? {
        var takenBack = 0
        for event in state.events.reversed() where event.printID == print.id {
            switch event.kind {
            case .failureAlerted: return nil
            case .acknowledged where event.title == AcknowledgeAlert.title:
                return EarlierAnswer(at: max(event.createdAt, print.alertedAt ?? event.createdAt), verdict: nil)
            case .verdict where event.title == AlertVerdict?.none.verdictTitle: takenBack += 1
            case .verdict where takenBack > 0: takenBack -= 1
            case .verdict where event.title == AlertVerdict?.some(.failed).verdictTitle:
                return EarlierAnswer(at: max(event.createdAt, print.alertedAt ?? event.createdAt), verdict: .failed)
            default: continue
            }
        }
        return nil
    }

    /// Not a failure: the number goes back to its prior, and the camera learns provisionally.
    fileprivate mutating func dismissAlert(of id: PrinterID) {
        change(id) { live in
            live.currentPrint?.alertState = .dismissed
            // The next picture, whose number is low, makes another pause possible.
            live.isFailing = false
        }
        teach(id) { model, evidence, history, now in model.dismiss(&evidence, camera: &history, at: now) }
    }

    /// Takes the last dismissal of the print back, also where another alert stands since. Does nothing without one. A print that was
    /// paused for the number that comes back is not paused again; a request that the dismissal withdrew is made again.
    fileprivate mutating func undoDismissal(of id: PrinterID) {
        guard let before = state.printers[id], before.evidence?.dismissal != nil else { return }
        teach(id) { model, evidence, history, now in model.undoDismissal(&evidence, camera: &history, at: now) }
        let print = before.currentPrint?.id
        let wasPaused =
            before.currentPrint?.pausedAt != nil
            || state.events.contains { $0.kind == .paused && $0.printID == print }
        change(id) { live in
            if live.currentPrint?.alertState == .dismissed { live.currentPrint?.alertState = .acknowledged }
            if (live.failureProbability ?? 0) >= live.thresholds.pause { live.currentPrint?.isPauseSpent = wasPaused }
        }
    }

    private mutating func teach(
        _ id: PrinterID,
        _ lesson: (FailureModel, inout FailureEvidence, inout CameraHistory, Timestamp) -> Void
    ) {
        guard let live = state.printers[id], let key = live.camera, var evidence = live.evidence, let scoring else {
            return
        }
        var history = live.cameras[key] ?? CameraHistory()
        lesson(scoring.failureModel, &evidence, &history, steady.pictureTime)
        // What was said of the print holds for both.
        change(id) { $0.evidenceWithoutMemory = nil }
        keep(evidence, history, of: key)
    }
}
