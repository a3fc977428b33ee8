import FailureDetection
import Farm
import OAuth

extension FarmDraft {
    /// Changes a live printer in place and marks it as changed. When pictures are expected from now on, the wait for them
    /// begins.
    mutating func change(_ id: PrinterID, _ body: (inout LivePrinter) -> Void) {
        guard var live = state.printers[id] else { return }
        let wasWaiting = live.awaitsFrames
        let before = live.currentPrint
        body(&live)
        if live.awaitsFrames, !wasWaiting { live.framesAwaitedSince = steady }
        live.follow(from: before, at: steady)
        state.revision += 1
        live.revision = state.revision
        state.printers[id] = live
    }

    /// The printer as this draft has it, after a command changed it.
    func live(_ id: PrinterID) throws(FarmError) -> LivePrinter {
        guard let live = state.printers[id] else { throw .noSuchPrinter }
        return live
    }

    /// Something else than a printer changed.
    mutating func markChanged() { state.revision += 1 }

    mutating func write(_ row: FarmRow) { rows.append(row) }

    /// Writes the printer's row and that of its current print.
    mutating func writePrinter(_ id: PrinterID) {
        guard let live = state.printers[id] else { return }
        rows.append(.printer(live.printer))
        if let print = live.currentPrint { rows.append(.print(print)) }
    }

    /// Writes an event of a print into the history, onto the screen, into the webhook's outbox and into what the channels
    /// tell of.
    mutating func record(
        _ kind: FarmEvent.Kind, _ severity: FarmEvent.Severity, by actor: EventActor, title: String, text: String,
        print: Print, frame: Int64? = nil
    ) {
        let event = FarmEvent(
            id: HighestIDs.next(&state.ids.event), kind: kind, severity: severity, actor: actor, title: title,
            text: text, createdAt: now, accountID: print.accountID, printerID: print.printerID, printID: print.id,
            frame: frame)
        record(event)
        let printerName = state.printers[print.printerID]?.printer.settings.name ?? ""
        let current = state.printers[print.printerID]?.currentPrint
        notify(of: event, print: current?.id == print.id ? current ?? print : print, printerName: printerName)
        guard hasWebhook, state.hold == nil,
            let notice = WebhookNotice(
                event, print: print, printerName: printerName, deliveryID: random.deliveryID())
        else { return }
        write(notice)
    }

    private mutating func write(_ notice: WebhookNotice) {
        var notice = notice
        notice.createdSteady = steady
        rows.append(.notice(notice))
        hasNotices = true
    }

    /// Writes an event of a printer that is about none of its prints into the history; a machine that needs a person is told of as
    /// well.
    mutating func record(
        _ kind: FarmEvent.Kind, _ severity: FarmEvent.Severity, by actor: EventActor, title: String, text: String,
        printer: Printer
    ) {
        let event = FarmEvent(
            id: HighestIDs.next(&state.ids.event), kind: kind, severity: severity, actor: actor, title: title,
            text: text, createdAt: now, accountID: printer.accountID, printerID: printer.id, printID: nil)
        record(event)
        notify(of: event, printer: printer)
        guard hasWebhook, state.hold == nil,
            let notice = WebhookNotice(
                event, printerName: printer.settings.name, deliveryID: random.deliveryID())
        else { return }
        write(notice)
    }

    /// Writes an event of a print into the history and onto the screen; nobody is sent a message of it.
    mutating func recordQuietly(
        _ kind: FarmEvent.Kind, _ severity: FarmEvent.Severity, by actor: EventActor, title: String, text: String,
        print: Print, frame: Int64
    ) {
        record(
            FarmEvent(
                id: HighestIDs.next(&state.ids.event), kind: kind, severity: severity, actor: actor, title: title,
                text: text, createdAt: now, accountID: print.accountID, printerID: print.printerID, printID: print.id,
                frame: frame))
    }

    private mutating func record(_ event: FarmEvent) {
        state.events.append(event)
        state.recordedEvents[event.kind, default: 0] += 1
        if state.events.count > FarmState.eventLimit {
            state.events.removeFirst(state.events.count - FarmState.eventLimit)
        }
        markChanged()
        rows.append(.event(event))
    }

    /// Ends the open print of a printer, if there is one, and with it every request and alert. Unit of `print_time`:
    /// seconds.
    mutating func endCurrentPrint(
        of id: PrinterID, as result: PrintResult, reason: String? = nil, by actor: EventActor, named who: String
    ) {
        guard var print = state.printers[id]?.currentPrint else { return }
        let begin = print.startedSteady ?? clock.steady(of: print.startedAt)
        let length = max(0, steady.seconds(since: begin))
        // By a clock that was set back since, it would end before its start.
        let end = now < print.startedAt ? print.startedAt + .seconds(length) : now
        print.close(Print.End(at: end, result: result, failureReason: reason))
        print.printTime = length
        print.isPrintTimeApproximate = begin < clock.exactSince
        // A person's word that the print failed is also the verdict on its alert.
        if result == .failed, actor != .machine {
            print.alertOverwrite = .failed
            follow(.failed, on: print)
        }
        let (ended, steady) = (print, steady)
        teachCamera(of: id, ended: ended)
        change(id) { live in
            live.currentPrint = nil
            live.lastPrint = ended
            live.lastEndedAt = steady
            live.printer.currentPrintID = nil
            live.printer.statistics = live.printer.statistics.resettingPrint()
            live.forgetPictures()
        }
        releasePictures(of: id, print: ended.id)
        write(.print(ended))
        write(.removeFailureEvidence(id))
        let (severity, title, verb) = result.eventWords
        record(
            .ended, severity, by: actor, title: title,
            text: "\(ended.filename) \(verb) by \(who)" + (reason.map { ": \($0)." } ?? "."), print: ended,
            frame: ended.frameCount > 0 ? ended.frameCount : nil)
    }

    /// Checks that the caller may use the printer and that it is printing.
    func printing(_ id: PrinterID, for caller: Caller) throws(FarmError) -> Print {
        guard let print = try state.printer(id, for: caller).currentPrint else { throw .notPrinting }
        return print
    }
}

extension PrintResult {
    /// The words of the event that tells of the end: `FILENAME VERB by WHO`.
    fileprivate var eventWords: (severity: FarmEvent.Severity, title: String, verb: String) {
        switch self {
        case .success: (.success, "Print Job Finished", "was finished")
        case .cancelled: (.warning, "Print Job Cancelled", "was cancelled")
        case .failed: (.error, "Print Job Failed", "was ended as failed")
        case .replaced: (.info, "Print Job Replaced", "was replaced by another print, started")
        case .unknown: (.warning, "Print Job Ended Unseen", "was found ended")
        }
    }
}
