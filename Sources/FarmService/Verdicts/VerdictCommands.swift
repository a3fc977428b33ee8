import FailureDetection
import Farm
import Text

extension LivePrinter {
    /// What a picture of this print is compared with. The print that was dismissed itself goes by its own dismissal.
    func verdictsInForce(for print: Print, at now: Timestamp) -> [RememberedVerdict] {
        let region = printer.settings.cameraRegion
        return verdicts.filter { $0.isInForce(for: print.id, in: region, at: now) }
    }
}

/// Forgets what is remembered of dismissed alerts.
struct ForgetVerdicts: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    /// Nil: all of them.
    var only: VerdictID?

    func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        let only = only
        let count = draft.forgetVerdicts(of: printer) { only == nil || $0.id == only }
        guard count > 0 else { return PrinterChange(live: live, succeeded: false) }
        draft.record(
            .settings, .info, by: caller.actor, title: "Verdicts Forgotten",
            text: "\(caller.name) had \(live.printer.settings.name) forget "
                + "\(count == 1 ? "what one dismissed alert" : "what \(count) dismissed alerts") had shown.",
            printer: live.printer)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

/// Removes what is too old to count for anything. For a clock that can be believed: one that is wrong for a minute would take all.
struct ForgetOldVerdicts: FarmCommand {
    func apply(to draft: inout FarmDraft) throws(FarmError) {
        let now = draft.now
        for id in draft.state.printers.keys { draft.forgetVerdicts(of: id) { $0.isForgotten(at: now) } }
    }
}

/// Takes what was seen around a dismissed alert into memory, unless the dismissal was taken back meanwhile.
struct RememberVerdict: FarmCommand {
    var printer: PrinterID
    var print: PrintID
    var seen: [SeenBox]

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        guard let live = draft.state.printers[printer], live.toRemember.contains(print) else { return }
        let (print, seen) = (print, seen)
        draft.awaitNoMore([print], of: printer)
        // Said once more of the same thing: the newest word counts.
        draft.forgetVerdicts(of: printer) { known in seen.contains { $0.isSame(as: known.seen) } }
        for box in seen {
            let verdict = RememberedVerdict(
                id: HighestIDs.next(&draft.state.ids.verdict), printerID: printer, printID: print, seen: box,
                givenAt: draft.now)
            draft.change(printer) { $0.verdicts.append(verdict) }
            draft.write(.verdict(.remember(verdict)))
        }
        let surplus = Set((draft.state.printers[printer]?.verdicts ?? []).dropLast(RememberedVerdict.most).map(\.id))
        draft.forgetVerdicts(of: printer) { surplus.contains($0.id) }
    }
}

extension FarmDraft {
    /// A verdict on an alert was given, changed or taken back: what was seen is to be remembered, or is not any more.
    mutating func follow(_ verdict: AlertVerdict?, on print: Print) {
        let (id, printer) = (print.id, print.printerID)
        guard verdict == .notFailed else {
            forgetVerdicts(of: printer) { $0.printID == id }
            awaitNoMore([id], of: printer)
            return
        }
        guard print.alertedAt != nil else { return }
        guard state.printers[printer]?.toRemember.contains(id) == false else { return }
        change(printer) { $0.toRemember.append(id) }
        write(.verdict(.await(id)))
    }

    /// The pictures of these dismissed alerts were looked at, or need not be any more.
    mutating func awaitNoMore(_ prints: [PrintID], of printer: PrinterID) {
        let awaited = (state.printers[printer]?.toRemember ?? []).filter(prints.contains)
        guard !awaited.isEmpty else { return }
        change(printer) { $0.toRemember.removeAll { awaited.contains($0) } }
        for print in awaited { write(.verdict(.awaitNoMore(print))) }
    }

    /// - Returns: how many.
    @discardableResult
    mutating func forgetVerdicts(of id: PrinterID, where isForgotten: (RememberedVerdict) -> Bool) -> Int {
        let forgotten = (state.printers[id]?.verdicts ?? []).filter(isForgotten).map(\.id)
        guard !forgotten.isEmpty else { return 0 }
        change(id) { live in live.verdicts.removeAll { forgotten.contains($0.id) } }
        for verdict in forgotten { write(.verdict(.forget(verdict))) }
        return forgotten.count
    }

    // MARK: A picture

    /// What a picture counts. A model without a table goes by means that no memory changes.
    func count(_ analysis: FrameAnalysis, _ ticket: FrameTicket) -> VerdictMemory.Count {
        let p = analysis.detections.pSum
        guard let scoring, scoring.failureModel.isCalibrated, !ticket.verdicts.isEmpty else {
            return VerdictMemory.Count(p: p)
        }
        return VerdictMemory.count(
            analysis.detections, among: ticket.verdicts, width: analysis.width, height: analysis.height,
            looks: analysis.looks)
    }

    /// Writes down that verdicts were of use.
    mutating func noteUse(of count: VerdictMemory.Count, _ ticket: FrameTicket) {
        guard !count.verdicts.isEmpty else { return }
        let now = now
        change(ticket.printerID) { live in
            for index in live.verdicts.indices where count.verdicts.contains(live.verdicts[index].id) {
                live.verdicts[index].pictures += 1
                live.verdicts[index].lastAt = now
            }
        }
        for verdict in state.printers[ticket.printerID]?.verdicts ?? [] where count.verdicts.contains(verdict.id) {
            write(.verdict(.remember(verdict)))
        }
    }

    /// From the first picture on that counted less, a second number follows the pictures as if nothing had been dismissed.
    /// - Parameter evidence: before the picture.
    mutating func followWithoutMemory(
        _ analysis: FrameAnalysis, counting p: Double, _ statistics: TemporalStatistics,
        from evidence: FailureEvidence, _ history: CameraHistory, of id: PrinterID
    ) {
        let full = analysis.detections.pSum
        guard let live = state.printers[id], let scoring, live.evidenceWithoutMemory != nil || p < full else { return }
        var (without, camera) = (live.evidenceWithoutMemory ?? evidence, history)
        scoring.failureModel.add(
            p: full, at: steady.pictureTime, statistics: statistics, isWatched: live.isWatched, to: &without,
            camera: &camera)
        let followed = without
        change(id) { $0.evidenceWithoutMemory = followed }
    }

    /// Nothing is lost in silence: the first alert of a print that was not raised for an earlier verdict is written down, and the pictures
    /// around it are kept.
    mutating func noteWithheldAlert(of id: PrinterID, frame: Int64) {
        guard let live = state.printers[id], let print = live.currentPrint, print.alertWithheldAt == nil,
            let without = live.evidenceWithoutMemory?.probability, without >= live.thresholds.alert, live.isWatched,
            print.alertState == .none || print.alertState == .dismissed
        else { return }
        let now = now
        change(id) { live in
            live.currentPrint?.alertWithheldAt = now
            live.alertFrames.append(frame)
        }
        recordQuietly(
            .verdict, .info, by: .farmtop, title: "Alert Not Raised",
            text:
                "\(print.filename) looks like what was dismissed here before. Without that an alert would have been raised "
                + "now, at \(percentWords(without)); it counts \(percentWords(live.failureProbability ?? 0)).",
            print: print, frame: frame)
    }
}
