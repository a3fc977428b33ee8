internal import Farm

/// What `u` takes back.
struct Undo: Equatable, Sendable {
    var actions: [FarmAction]
    /// What was done, as it stands behind "Undone: ".
    var what: String
    /// Only while these prints run; empty where it does not matter.
    var prints: [PrinterID: PrintID] = [:]
    /// Something was done since that cannot be taken back: it is asked whether this one is meant.
    var isOlder = false

    init(_ actions: [FarmAction], _ what: String, prints: [PrinterID: PrintID] = [:]) {
        self.actions = actions
        self.what = what
        self.prints = prints
    }
}

extension DashboardState {
    /// What `u` would take back now: the last thing done here, unless its print has ended meanwhile, or else the dismissal that
    /// the screen shows.
    var undoable: Undo? {
        let isStill = context.undo?.prints.allSatisfy { context.printer($0.key)?.openPrint?.id == $0.value }
        if let undo = context.undo, isStill == true { return undo }
        guard let focused = shown.focus(in: context), focused.openPrint != nil, focused.alert == .dismissed else {
            return nil
        }
        return .dismissal(of: [focused])
    }
}

extension Undo {
    static func dismissal(of printers: [PrinterSnapshot]) -> Undo {
        Undo(
            printers.map { .undoDismissal($0.id) },
            "the alert on \(printers.map(\.name).joined(separator: ", ")) is no longer dismissed",
            prints: printers.openPrints)
    }
}

extension [PrinterSnapshot] {
    /// The print that runs on each.
    var openPrints: [PrinterID: PrintID] {
        reduce(into: [:]) { $0[$1.id] = $1.openPrint?.id }
    }
}
