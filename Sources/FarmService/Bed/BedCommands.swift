public import Farm

/// What the last look at a bed found.
public struct BedLook: Equatable, Sendable {
    /// By the pictures of the empty bed that were kept then.
    public var finding: BedFinding
    /// By the clock that nobody can set: whether the look is recent enough is a question of minutes.
    public var at: SteadyTime
}

extension LivePrinter {
    func bedStatus(at now: ShownMoment) -> BedStatus {
        var status = BedStatus(keptAt: keptBeds.last?.keptAt, kept: keptBeds.count)
        if currentPrint != nil {
            status.finding = .cannotTell(.printing)
        } else if let bedLook {
            status.finding = bedLook.finding
            status.checkedAt = now.wall(of: bedLook.at)
        }
        return status
    }

    /// Between the look and the start a print may have begun and ended here, or somebody looked again: then the look says nothing.
    func refuseOther(than look: BedLook?) throws(FarmError) {
        guard let look, bedLook != look else { return }
        throw .bedNotClear(bedLook?.finding ?? .cannotTell(currentPrint == nil ? .notChecked : .printing))
    }
}

/// Writes down what a look at a bed found.
struct NoteBed: FarmCommand {
    var printer: PrinterID
    var finding: BedFinding

    func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        let look = BedLook(finding: finding, at: draft.steady)
        draft.change(printer) { live in live.bedLook = live.currentPrint == nil ? look : nil }
        return try draft.live(printer)
    }
}

/// Keeps a picture of the empty bed. Where there are as many as a printer may have, the oldest one that was learnt goes, or
/// else the oldest.
struct KeepBed: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    var picture: BedPicture
    var isLearnt: Bool

    func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        let live = try draft.state.printer(printer, for: caller)
        guard live.currentPrint == nil else { throw .bedInUse }
        let bed = KeptBed(
            id: HighestIDs.next(&draft.state.ids.keptBed), printerID: printer, picture: picture, keptAt: draft.now,
            isLearnt: isLearnt)
        if live.keptBeds.count >= KeptBed.most,
            let surplus = live.keptBeds.first(where: \.isLearnt) ?? live.keptBeds.first
        {
            draft.change(printer) { live in live.keptBeds.removeAll { $0.id == surplus.id } }
            draft.write(.keptBed(.remove(surplus.id)))
        }
        let look = BedLook(finding: .clear, at: draft.steady)
        draft.change(printer) { live in
            live.keptBeds.append(bed)
            live.bedLook = look
        }
        draft.write(.keptBed(.keep(bed)))
        draft.record(
            .settings, .info, by: caller.actor, title: isLearnt ? "Bed Cleared" : "Empty Bed Kept",
            text: isLearnt
                ? "\(caller.name) cleared the bed of \(live.printer.settings.name); its picture is kept."
                : "A picture of the empty bed of \(live.printer.settings.name) was kept by \(caller.name).",
            printer: live.printer)
        return try draft.live(printer)
    }
}

/// Forgets how a printer's empty bed looks.
struct ForgetBeds: FarmCommand {
    var caller: Caller
    var printer: PrinterID

    func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        let live = try draft.state.printer(printer, for: caller)
        guard !live.keptBeds.isEmpty else { return live }
        draft.forgetBeds(of: printer)
        draft.record(
            .settings, .info, by: caller.actor, title: "Empty Bed Forgotten",
            text: "How the empty bed of \(live.printer.settings.name) looks was forgotten by \(caller.name).",
            printer: live.printer)
        return try draft.live(printer)
    }
}

extension FarmDraft {
    mutating func forgetBeds(of id: PrinterID) {
        for bed in state.printers[id]?.keptBeds ?? [] { write(.keptBed(.remove(bed.id))) }
        change(id) { live in
            live.keptBeds = []
            live.bedLook = nil
        }
    }
}

extension FarmError {
    static let noBedCamera =
        "farmtop reads no camera of this printer, so there is no picture to keep. Add one: farmtop camera add"

    static var bedInUse: FarmError {
        .unavailable(reason: "The printer is printing: its bed is not empty.", retryAfterSeconds: 60)
    }
}
