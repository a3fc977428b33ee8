import FailureDetection
public import Farm

/// Opens a print. One that is still open ends as replaced, in the same transaction.
public struct StartPrint: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    var filename: String
    /// Where a linked printer's machine has the file; nil: nobody has looked.
    var found: FoundFile?
    /// The look that found the bed clear, where only a clear one will do.
    var clear: BedLook?

    public init(caller: Caller, printer: PrinterID, filename: String) {
        self.caller = caller
        self.printer = printer
        self.filename = filename
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        let live = try draft.state.printer(printer, for: caller)
        let filename: String
        switch checkedText(self.filename, limit: 1000) {
        case .success(let text): filename = text
        case .failure(let problem): throw .invalid([FieldError("filename", problem.message)])
        }
        if let machine = live.machine {
            // It runs already: said twice is said once.
            let runs = [.printing, .pausing, .paused, .resuming].contains(machine.state)
            if runs, live.currentPrint?.filename == filename, caller.mayMoveMachines { return live }
            try live.refuseOther(than: clear)
            try draft.start(found, on: machine, of: live, for: caller)
        } else {
            try live.refuseOther(than: clear)
            draft.openPrint(
                of: printer, filename: filename, startedAt: draft.now, by: caller.actor, named: caller.name)
        }
        return try draft.live(printer)
    }
}

/// A file as the link of one connecting listed it.
struct FoundFile: Equatable, Sendable {
    /// `RemoteFile.path`.
    var path: String
    /// `LiveMachine.generation` of that link.
    var generation: UInt64
}

extension FarmDraft {
    /// Between the list of files and this moment another machine may have come, or a job: then nothing is started.
    fileprivate mutating func start(
        _ found: FoundFile?, on machine: LiveMachine, of live: LivePrinter, for caller: Caller
    ) throws(FarmError) {
        guard caller.mayMoveMachines else { throw .mayNotMoveMachines }
        if let refusal = machine.refusalToStart { throw .machine(refusal) }
        guard let found, found.generation == machine.generation else {
            throw .unavailable(reason: "The printer has just changed, so nothing was started.", retryAfterSeconds: 1)
        }
        try ask(.start(path: found.path), of: live, for: caller)
    }

    /// Opens a print. One that is still open ends as replaced.
    mutating func openPrint(
        of id: PrinterID, filename: String, startedAt: Timestamp, by actor: EventActor, named who: String
    ) {
        guard let printer = state.printers[id]?.printer else { return }
        endCurrentPrint(of: id, as: .replaced, by: actor, named: who)
        let print = Print(
            id: HighestIDs.next(&state.ids.print), printerID: id, accountID: printer.accountID, filename: filename,
            startedAt: startedAt, startedSteady: clock.steady(of: startedAt))
        change(id) { live in
            live.currentPrint = print
            live.bedLook = nil
            live.printer.currentPrintID = print.id
            live.printer.statistics = live.printer.statistics.resettingPrint()
        }
        // The print first: the printer's row names it.
        write(.print(print))
        writePrinter(id)
        record(
            .started, .info, by: actor, title: "Print Job Started", text: "\(filename) was started by \(who).",
            print: print)
    }
}

/// Ends the open print.
public struct FinishPrint: FarmCommand {
    public var caller: Caller
    public var printer: PrinterID
    var result: PrintResult
    /// Why it failed; only with `failed`.
    var reason: String?
    /// The one that is meant; nil: whichever runs.
    var print: PrintID?

    public init(
        caller: Caller, printer: PrinterID, result: PrintResult, reason: String? = nil, print: PrintID? = nil
    ) {
        self.caller = caller
        self.printer = printer
        self.result = result
        self.reason = reason
        self.print = print
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        _ = try draft.printing(printer, for: caller)
        try draft.live(printer).refuseAnother(than: print)
        let reason = result == .failed ? try checkedFailureReason(reason) : nil
        let live = try draft.live(printer)
        if live.machine != nil {
            guard try draft.endsHere(live, as: result, for: caller) else { return try draft.live(printer) }
        }
        draft.endCurrentPrint(of: printer, as: result, reason: reason, by: caller.actor, named: caller.name)
        draft.writePrinter(printer)
        return try draft.live(printer)
    }
}

extension FarmDraft {
    /// A print on a machine ends with the machine: a cancel is sent there, and a failure is noted while it is on its way. Only a
    /// machine that cannot be asked lets a person end its print by hand.
    /// - Returns: whether the print ends now.
    fileprivate mutating func endsHere(
        _ live: LivePrinter, as result: PrintResult, for caller: Caller
    ) throws(FarmError) -> Bool {
        guard caller.mayMoveMachines else { throw .mayNotMoveMachines }
        if live.machine?.state == .offline {
            guard caller == .administrator else { throw .stillRunning }
            return true
        }
        guard result == .cancelled || result == .failed else { throw .stillRunning }
        try ask(.cancel, of: live, for: caller)
        if result == .failed { change(live.printer.id) { $0.machine?.following.disown() } }
        return result == .failed
    }
}

/// A reason as it is stored: trimmed, 1...200 Unicode scalars; nil for none or a blank one.
func checkedFailureReason(_ text: String?) throws(FarmError) -> String? {
    guard let text, !text.allSatisfy(\.isWhitespace) else { return nil }
    switch checkedText(text, limit: 200) {
    case .success(let reason): return reason
    case .failure(let problem): throw .invalid([FieldError("failure_reason", problem.message)])
    }
}

/// What came of a command that may have nothing to do.
public struct PrinterChange: Sendable, Equatable {
    /// The printer afterwards, changed or not.
    public var live: LivePrinter
    /// False when nothing is printing.
    public var succeeded: Bool

    public init(live: LivePrinter, succeeded: Bool) {
        self.live = live
        self.succeeded = succeeded
    }
}

/// The app has paused the print, which confirms the pause; or the operator asks for one, which the app has to carry out.
public struct PausePrint: FarmCommand {
    public var caller: Caller
    public var printer: PrinterID
    /// The one that is meant; nil: whichever runs.
    var print: PrintID?

    public init(caller: Caller, printer: PrinterID, print: PrintID? = nil) {
        self.caller = caller
        self.printer = printer
        self.print = print
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        try live.refuseAnother(than: print)
        try live.refuseMoving(by: caller)
        let isLinked = live.machine != nil
        guard caller == .administrator || isLinked else {
            return try ConfirmPause(caller: caller, printer: printer, print: print).apply(to: &draft)
        }
        return try RequestPause(caller: caller, printer: printer, print: print).apply(to: &draft)
    }
}

/// Asks for a pause; whoever drives the printer confirms it.
public struct RequestPause: FarmCommand {
    public var caller: Caller
    public var printer: PrinterID
    /// The one that is meant; nil: whichever runs.
    var print: PrintID?

    public init(caller: Caller, printer: PrinterID, print: PrintID? = nil) {
        self.caller = caller
        self.printer = printer
        self.print = print
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        try live.refuseAnother(than: print)
        guard let print = live.currentPrint else {
            try live.refuseSilent(.pause)
            return PrinterChange(live: live, succeeded: false)
        }
        // A machine is asked again whenever no pause is on its way: the request of a print outlives a restart and a deadline.
        var isAsked = print.pauseRequestedAt != nil && print.pauseNotConfirmedAt == nil
        if let machine = live.machine { isAsked = machine.commands.open?.command == .pause }
        guard print.pausedAt == nil, !isAsked else {
            if !isAsked { try live.refuseUnheard(.pause) }
            return PrinterChange(live: live, succeeded: true)
        }
        if live.machine != nil { try draft.ask(.pause, of: live, for: caller) }
        let now = draft.now
        draft.change(printer) { live in
            live.currentPrint?.pauseRequestedAt = now
            live.currentPrint?.pauseNotConfirmedAt = nil
        }
        draft.writePrinter(printer)
        draft.record(
            .pauseRequested, .warning, by: caller.actor, title: "Pause Requested",
            text: "\(caller.name) asked \(live.mover) to pause \(print.filename).", print: print)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

/// The print stands still: its app says so, or a person who paused the machine by hand.
public struct ConfirmPause: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    /// The one that is meant; nil: whichever runs.
    var print: PrintID?

    public init(caller: Caller, printer: PrinterID, print: PrintID? = nil) {
        self.caller = caller
        self.printer = printer
        self.print = print
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        try live.refuseAnother(than: print)
        guard let print = live.currentPrint else { return PrinterChange(live: live, succeeded: false) }
        guard print.pausedAt == nil else { return PrinterChange(live: live, succeeded: true) }
        draft.confirmPause(
            of: printer, by: caller.actor,
            text: "was paused by \(caller.name)" + (caller == .administrator ? ", by hand at the machine." : "."))
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

extension FarmDraft {
    /// The open print stands still.
    /// - Parameter text: who did it, behind the file's name.
    mutating func confirmPause(of id: PrinterID, by actor: EventActor, text: String) {
        guard let print = state.printers[id]?.currentPrint else { return }
        let now = now
        change(id) { live in
            live.currentPrint?.pausedAt = now
            live.currentPrint?.pauseRequestedAt = nil
            live.currentPrint?.pauseNotConfirmedAt = nil
        }
        writePrinter(id)
        record(
            .paused, .warning, by: actor, title: "Print Job Paused", text: "\(print.filename) \(text)", print: print)
    }

    /// The open print goes on, and whatever was asked of it is answered.
    mutating func resume(_ id: PrinterID, by actor: EventActor, named who: String) {
        guard let print = state.printers[id]?.currentPrint else { return }
        change(id) { live in
            live.currentPrint?.pausedAt = nil
            live.currentPrint?.pauseRequestedAt = nil
            live.currentPrint?.pauseNotConfirmedAt = nil
            // While the print was paused pictures did not have to come as often.
            live.intervals = []
        }
        writePrinter(id)
        if print.pausedAt != nil {
            record(
                .resumed, .info, by: actor, title: "Print Job Resumed",
                text: "\(print.filename) was resumed by \(who).", print: print)
        } else {
            // It never stood still: nothing resumes.
            record(
                .command, .info, by: actor, title: "Pause Request Withdrawn",
                text: "\(who) took back the request to pause \(print.filename).", print: print)
        }
    }
}

/// Says that the open print goes on.
public struct ResumePrint: FarmCommand {
    public var caller: Caller
    public var printer: PrinterID
    /// The one that is meant; nil: whichever runs.
    var print: PrintID?

    public init(caller: Caller, printer: PrinterID, print: PrintID? = nil) {
        self.caller = caller
        self.printer = printer
        self.print = print
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        try live.refuseAnother(than: print)
        try live.refuseMoving(by: caller)
        guard let print = live.currentPrint else {
            try live.refuseSilent(.resume)
            return PrinterChange(live: live, succeeded: false)
        }
        guard print.pausedAt != nil || print.pauseRequestedAt != nil else {
            try live.refuseUnheard(.resume)
            return PrinterChange(live: live, succeeded: true)
        }
        if live.machine != nil, print.pausedAt != nil {
            try draft.ask(.resume, of: live, for: caller)
        } else {
            draft.withdrawPause(of: printer)
            draft.resume(printer, by: caller.actor, named: caller.name)
        }
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

/// Ends the open print as cancelled.
public struct CancelPrint: FarmCommand {
    public var caller: Caller
    public var printer: PrinterID
    /// The one that is meant; nil: whichever runs.
    var print: PrintID?

    public init(caller: Caller, printer: PrinterID, print: PrintID? = nil) {
        self.caller = caller
        self.printer = printer
        self.print = print
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        try live.refuseAnother(than: print)
        try live.refuseMoving(by: caller)
        guard live.currentPrint != nil else { return PrinterChange(live: live, succeeded: false) }
        if live.machine != nil {
            guard try draft.endsHere(live, as: .cancelled, for: caller) else {
                return PrinterChange(live: try draft.live(printer), succeeded: true)
            }
        }
        draft.endCurrentPrint(of: printer, as: .cancelled, by: caller.actor, named: caller.name)
        draft.writePrinter(printer)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

/// What a PATCH changes of a print. A double optional: not named, named null, named with a value.
public struct PrintPatch: Equatable, Sendable {
    /// A person's word on whether the alert was right; null takes it back.
    public var alertOverwrite: AlertVerdict??
    /// Grams.
    public var filamentUsed: Double??
    /// Seconds.
    public var printTime: Double??
    /// The print failed: an open one ends with it.
    public var hasFailed = false
    /// The print had ended so before it was marked as failed.
    public var restoredResult: PrintResult?
    /// Why; of a failed print. Trimmed; blank or null takes it away.
    public var failureReason: String??

    public init() {}
}

/// Changes a print of the history or the running one.
public struct UpdatePrint: FarmCommand {
    var caller: Caller
    var print: PrintID
    var patch: PrintPatch

    public init(caller: Caller, print: PrintID, patch: PrintPatch) {
        self.caller = caller
        self.print = print
        self.patch = patch
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> Print {
        let before = try draft.print(self.print, for: caller)
        let reason = try patch.failureReason.map { text throws(FarmError) in try checkedFailureReason(text) }
        let fails = patch.hasFailed || before.result == .failed && patch.restoredResult == nil
        // Null sent back for what is null changes nothing.
        guard (reason ?? nil) == nil || fails else {
            throw .invalid([
                FieldError("failure_reason", "Only a failed print has a reason. Send \"result\": \"failed\" too.")
            ])
        }
        if fails, let verdict = patch.alertOverwrite, verdict != .failed {
            throw .invalid([FieldError("alert_overwrite", "A print that failed is judged a failure. Leave this out.")])
        }
        if patch.hasFailed, before.isOpen, let live = draft.state.printers[before.printerID], live.machine != nil {
            _ = try draft.endsHere(live, as: .failed, for: caller)
        }
        if let verdict = patch.alertOverwrite { try answerAlert(of: before, verdict, in: &draft) }
        var print = try draft.print(self.print, for: caller)
        if patch.hasFailed, before.isOpen {
            draft.endCurrentPrint(
                of: before.printerID, as: .failed, reason: reason ?? nil, by: caller.actor, named: caller.name)
            draft.writePrinter(before.printerID)
            print = draft.state.printers[before.printerID]?.lastPrint ?? before
        } else if let end = before.end, let result = patch.restoredResult {
            print.close(Print.End(at: end.at, result: result))
        } else if let end = before.end, fails {
            print.close(Print.End(at: end.at, result: .failed, failureReason: reason ?? end.failureReason))
        }
        if patch.hasFailed { print.alertOverwrite = .failed }
        if let value = patch.alertOverwrite, !before.isOpen { print.alertOverwrite = value }
        if let value = patch.filamentUsed { print.filamentUsed = value }
        if let value = patch.printTime { print.printTime = value }
        draft.replace(print)
        draft.write(.print(print))
        draft.recordVerdict(from: before, to: print, by: caller)
        return print
    }
}

extension UpdatePrint {
    /// A verdict on the open print is the answer to its alert, whichever way it is given.
    private func answerAlert(of print: Print, _ verdict: AlertVerdict?, in draft: inout FarmDraft) throws(FarmError) {
        guard print.isOpen else { return }
        let id = print.printerID
        if verdict != nil {
            _ = try AcknowledgeAlert(caller: caller, printer: id, verdict: verdict).apply(to: &draft)
        } else if print.alertState == .dismissed {
            _ = try UndoDismissal(caller: caller, printer: id).apply(to: &draft)
        } else if print.alertOverwrite != nil {
            draft.change(id) { $0.currentPrint?.alertOverwrite = nil }
            draft.recordVerdict(nil, on: print, by: caller)
        }
    }
}

extension FarmDraft {
    /// Tells of a changed verdict on an alert, or of a print that was found failed after its end.
    fileprivate mutating func recordVerdict(from before: Print, to print: Print, by caller: Caller) {
        if before.result != nil, print.result == .failed, before.result != .failed {
            follow(.failed, on: print)
            let reason = print.failureReason.map { ": \($0)" } ?? ""
            record(
                .verdict, .warning, by: caller.actor, title: "Print Marked as Failed",
                text: "\(caller.name) says that \(print.filename) failed\(reason).", print: print)
        } else if before.result == .failed, let result = print.result, result != .failed {
            follow(print.alertOverwrite, on: print)
            record(
                .verdict, .info, by: caller.actor, title: "Print Not Marked as Failed",
                text: "\(caller.name) took back that \(print.filename) failed: it ended as \(result.rawValue).",
                print: print)
        } else if before.alertOverwrite != print.alertOverwrite, !before.isOpen {
            recordVerdict(print.alertOverwrite, on: print, by: caller)
        }
    }

    mutating func recordVerdict(_ verdict: AlertVerdict?, on print: Print, by caller: Caller) {
        follow(verdict, on: print)
        record(
            .verdict, .info, by: caller.actor, title: verdict.verdictTitle,
            text: "\(caller.name) \(verdict.verdictVerb) \(print.filename).", print: print)
    }
}

extension AlertVerdict? {
    var verdictTitle: String {
        switch self {
        case .failed: "Alert Judged a Failure"
        case .notFailed: "Alert Dismissed"
        case nil: "Verdict Taken Back"
        }
    }

    /// `WHO VERB FILENAME`.
    var verdictVerb: String {
        switch self {
        case .failed: "judged it a failure:"
        case .notFailed: "dismissed the alert on"
        case nil: "took back the verdict on"
        }
    }
}

/// Removes prints from the history; a running one is cancelled with it. Their events stay, without a print. Unknown and
/// foreign ids are passed over.
public struct DeletePrints: FarmCommand {
    var caller: Caller
    var prints: [PrintID]

    public init(caller: Caller, prints: [PrintID]) {
        self.caller = caller
        self.prints = prints
    }

    /// - Returns: how many were removed.
    public func apply(to draft: inout FarmDraft) throws(FarmError) -> Int {
        var found: [Print] = []
        for id in Set(prints).sorted() {
            do {
                found.append(try draft.print(id, for: caller))
            } catch .noSuchPrint, .forbidden {
                continue
            }
        }
        for print in found {
            if let live = draft.state.printers[print.printerID], live.currentPrint?.id == print.id {
                try live.refuseMoving(by: caller)
                draft.endCurrentPrint(
                    of: print.printerID, as: .cancelled, by: caller.actor, named: caller.name)
                draft.writePrinter(print.printerID)
            }
            for index in draft.state.events.indices where draft.state.events[index].printID == print.id {
                draft.state.events[index].printID = nil
            }
            var deleted = try draft.print(print.id, for: caller)
            deleted.deletedAt = draft.now
            // It can be neither looked at nor judged otherwise any more.
            draft.follow(nil, on: deleted)
            draft.forget(deleted)
            draft.write(.print(deleted))
            draft.write(.emptyPrint(print.id))
        }
        return found.count
    }
}

extension FarmDraft {
    /// A print of the caller, from memory or from the store.
    func print(_ id: PrintID, for caller: Caller) throws(FarmError) -> Print {
        let inMemory = state.printers.values.lazy.compactMap { live in
            [live.currentPrint, live.lastPrint].compactMap(\.self).first { $0.id == id }
        }.first
        let print: Print?
        do {
            print = try inMemory ?? storedPrint(id)
        } catch {
            throw .unavailable(reason: "The print could not be read: \(error).", retryAfterSeconds: 1)
        }
        guard let print, print.deletedAt == nil else { throw .noSuchPrint }
        guard caller.mayAccess(print.accountID) else { throw .forbidden }
        return print
    }

    /// A print that is deleted is the last one of its printer no more, nor is its picture the printer's.
    fileprivate mutating func forget(_ print: Print) {
        change(print.printerID) { live in
            if live.lastPrint?.id == print.id { live.lastPrint = nil }
            if live.snapshotKey?.printID == print.id { live.snapshotKey = nil }
        }
    }

    /// Puts a changed print where memory holds it.
    mutating func replace(_ print: Print) {
        change(print.printerID) { live in
            if live.currentPrint?.id == print.id { live.currentPrint = print }
            if live.lastPrint?.id == print.id { live.lastPrint = print }
        }
    }
}
