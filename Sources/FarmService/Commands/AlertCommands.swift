public import Farm

/// Turns the alerts of the current print off or on.
public struct MuteAlerts: FarmCommand {
    public var caller: Caller
    public var printer: PrinterID
    public var muted: Bool

    public init(caller: Caller, printer: PrinterID, muted: Bool) {
        self.caller = caller
        self.printer = printer
        self.muted = muted
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let print = try draft.printing(printer, for: caller)
        guard print.isMuted != muted else { return PrinterChange(live: try draft.live(printer), succeeded: true) }
        let now = draft.now
        draft.change(printer) { $0.currentPrint?.alertMutedAt = muted ? now : nil }
        draft.writePrinter(printer)
        draft.record(
            muted ? .alertMuted : .alertUnmuted, .info, title: muted ? "Alerts Muted" : "Alerts Unmuted",
            text: "Alerts for \(print.filename) were \(muted ? "muted" : "turned on again") by \(caller.name).",
            print: print)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

/// Answers the standing alert; without one nothing changes but the verdict, if given.
public struct AcknowledgeAlert: FarmCommand {
    public var caller: Caller
    public var printer: PrinterID
    /// Nil: seen, but not judged.
    public var verdict: AlertVerdict?

    public init(caller: Caller, printer: PrinterID, verdict: AlertVerdict?) {
        self.caller = caller
        self.printer = printer
        self.verdict = verdict
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let print = try draft.printing(printer, for: caller)
        guard let alertedAt = print.alertedAt else {
            return PrinterChange(live: try draft.live(printer), succeeded: true)
        }
        // Not before the alert, though the clock was set back since: it would stand for ever.
        let moment = max(draft.now, alertedAt)
        draft.change(printer) { live in
            live.currentPrint?.alertAcknowledgedAt = moment
            if let verdict { live.currentPrint?.alertOverwrite = verdict }
            // Not a failure: a pause that the app has not carried out yet is withdrawn.
            if verdict == .notFailed, print.awaitsPause { live.currentPrint?.pausedAt = nil }
        }
        draft.writePrinter(printer)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}
