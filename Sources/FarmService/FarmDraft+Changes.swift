import FailureDetection
import Farm
import OAuth

extension FarmDraft {
    /// Changes a live printer in place and marks it as changed. When it is watched from now on, the wait for its frames
    /// begins.
    mutating func change(_ id: PrinterID, _ body: (inout LivePrinter) -> Void) {
        guard var live = state.printers.removeValue(forKey: id) else { return }
        let wasWatched = live.isWatched
        body(&live)
        if live.isWatched, !wasWatched { live.framesAwaitedSince = now }
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

    /// Writes an event of a print into the history, onto the screen, and into the webhook's outbox.
    mutating func record(
        _ kind: FarmEvent.Kind, _ severity: FarmEvent.Severity, title: String, text: String, print: Print,
        frame: Int64? = nil
    ) {
        let event = FarmEvent(
            id: HighestIDs.next(&state.ids.event), kind: kind, severity: severity, title: title, text: text,
            createdAt: now, accountID: print.accountID, printerID: print.printerID, printID: print.id, frame: frame)
        state.events.append(event)
        state.recordedEvents[kind, default: 0] += 1
        if state.events.count > FarmState.eventLimit {
            state.events.removeFirst(state.events.count - FarmState.eventLimit)
        }
        markChanged()
        rows.append(.event(event))
        guard hasWebhook,
            let notice = WebhookNotice(
                event, print: print, printerName: state.printers[print.printerID]?.printer.settings.name ?? "",
                deliveryID: random.deliveryID())
        else { return }
        rows.append(.notice(notice))
        hasNotices = true
    }

    /// Ends the open print of a printer, if there is one. Unit of `print_time`: seconds.
    mutating func endCurrentPrint(of id: PrinterID, as result: PrintResult, by who: String) {
        guard var print = state.printers[id]?.currentPrint else { return }
        // A clock that was set back ends no print before its start.
        let end = max(now, print.startedAt)
        switch result {
        case .success: print.finishedAt = end
        case .cancelled: print.cancelledAt = end
        }
        print.printTime = end.seconds(since: print.startedAt)
        let ended = print
        change(id) { live in
            live.currentPrint = nil
            live.lastPrint = ended
            live.printer.currentPrintID = nil
            live.printer.statistics = live.printer.statistics.resettingPrint()
            live.lastFrame = nil
            live.recent = []
            live.intervals = []
        }
        releasePictures(of: id, print: ended.id)
        write(.print(ended))
        let finished = result == .success
        record(
            .ended, finished ? .success : .warning, title: finished ? "Print Job Finished" : "Print Job Cancelled",
            text: "\(ended.filename) \(finished ? "finished" : "was cancelled") by \(who).", print: ended,
            frame: ended.frameCount > 0 ? ended.frameCount : nil)
    }

    /// Checks that the caller may use the printer and that it is printing.
    func printing(_ id: PrinterID, for caller: Caller) throws(FarmError) -> Print {
        guard let print = try state.printer(id, for: caller).currentPrint else { throw .notPrinting }
        return print
    }
}
