import FailureDetection
public import Farm
import OAuth

/// What a PATCH changes of a printer: only what is named.
public struct PrinterPatch: Equatable, Sendable {
    /// By the setting's name.
    private var values: [String: SettingValue] = [:]
    /// `archived_at: null`.
    public var unarchive = false

    public init() {}

    /// What the settings hold, without what is as it was before.
    /// - Parameter before: nil takes everything.
    public init(_ settings: PrinterSettings, from before: PrinterSettings? = nil) {
        for setting in PrinterSetting.all where before.map(setting.value) != setting.value(settings) {
            self[setting] = setting.value(settings)
        }
    }

    /// Nil leaves the setting as it is.
    public subscript(setting: PrinterSetting) -> SettingValue? {
        get { values[setting.name.description] }
        set { values[setting.name.description] = newValue }
    }

    /// The settings with what the patch names; nothing is checked here.
    public func applied(to settings: PrinterSettings) -> PrinterSettings {
        var next = settings
        for setting in PrinterSetting.all {
            if let value = self[setting] { setting.set(value, in: &next) }
        }
        return next
    }
}

/// Adds a printer with settings that are within their limits.
public struct CreatePrinter: FarmCommand {
    var caller: Caller
    var account: AccountID
    var settings: PrinterSettings
    /// One that `ReservePrinterIDs` gave; nil takes the next one.
    var reservedID: PrinterID?

    public init(caller: Caller, account: AccountID, settings: PrinterSettings) {
        self.caller = caller
        self.account = account
        self.settings = settings
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        guard caller.mayAccess(account), draft.state.accounts[account] != nil else { throw .forbidden }
        let settings = try settings.validated()
        let id = reservedID ?? HighestIDs.next(&draft.state.ids.printer)
        let printer = Printer(
            id: id, accountID: account, settings: settings, createdAt: draft.now,
            authToken: draft.random.printerAuthToken())
        draft.state.printers[id] = LivePrinter(printer)
        draft.change(id) { _ in }
        draft.write(.printer(printer))
        if !settings.tags.isEmpty { draft.write(.printerTags(id, settings.tags)) }
        draft.record(
            .settings, .info, by: caller.actor, title: "Printer Added",
            text: "\(settings.name) was added by \(caller.name).",
            printer: printer)
        return try draft.live(id)
    }
}

/// Changes what the patch names of a printer's settings.
public struct UpdatePrinter: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    var patch: PrinterPatch
    var includeArchived: Bool

    public init(caller: Caller, printer: PrinterID, patch: PrinterPatch, includeArchived: Bool = false) {
        self.caller = caller
        self.printer = printer
        self.patch = patch
        self.includeArchived = includeArchived
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        let live = try draft.state.printer(printer, for: caller, includeArchived: includeArchived)
        let settings = try patch.applied(to: live.printer.settings).validated(before: live.printer.settings)
        let archivedAt = patch.unarchive ? nil : live.printer.archivedAt
        guard settings != live.printer.settings || archivedAt != live.printer.archivedAt else { return live }
        draft.change(printer) {
            $0.printer.settings = settings
            $0.printer.archivedAt = archivedAt
        }
        draft.writePrinter(printer)
        if settings.tags != live.printer.settings.tags { draft.write(.printerTags(printer, settings.tags)) }
        draft.record(
            .settings, .info, by: caller.actor, title: "Settings Changed",
            text: "\(caller.name) changed "
                + live.printer.settings.changes(to: settings, unarchived: archivedAt != live.printer.archivedAt) + ".",
            printer: try draft.live(printer).printer)
        return try draft.live(printer)
    }
}

/// Puts a printer away. A running print is cancelled in the same transaction.
public struct ArchivePrinter: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    var seen: SeenPrint

    public init(caller: Caller, printer: PrinterID, seen: SeenPrint = .unknown) {
        self.caller = caller
        self.printer = printer
        self.seen = seen
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) {
        let live = try draft.state.printer(printer, for: caller)
        try live.refuseMoving(by: caller)
        try live.refuseAnother(than: seen)
        draft.endCurrentPrint(of: printer, as: .cancelled, by: caller.actor, named: caller.name)
        draft.restMachine(of: printer)
        let now = draft.now
        draft.change(printer) { $0.printer.archivedAt = now }
        draft.writePrinter(printer)
        let archived = try draft.live(printer).printer
        draft.record(
            .settings, .info, by: caller.actor, title: "Printer Archived",
            text: "\(archived.settings.name) was archived by \(caller.name).", printer: archived)
    }
}

/// Takes a printer back into the farm.
public struct UnarchivePrinter: FarmCommand {
    var caller: Caller
    var printer: PrinterID

    public init(caller: Caller, printer: PrinterID) {
        self.caller = caller
        self.printer = printer
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        var patch = PrinterPatch()
        patch.unarchive = true
        return try UpdatePrinter(caller: caller, printer: printer, patch: patch, includeArchived: true)
            .apply(to: &draft)
    }
}

/// Makes a printer a tombstone: gone from every list, kept for its prints. A running print is cancelled.
public struct DeletePrinter: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    var includeArchived: Bool
    var seen: SeenPrint

    public init(
        caller: Caller, printer: PrinterID, includeArchived: Bool = false, seen: SeenPrint = .unknown
    ) {
        self.seen = seen
        self.caller = caller
        self.printer = printer
        self.includeArchived = includeArchived
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) {
        let live = try draft.state.printer(printer, for: caller, includeArchived: includeArchived)
        try live.refuseMoving(by: caller)
        try live.refuseAnother(than: seen)
        draft.endCurrentPrint(of: printer, as: .cancelled, by: caller.actor, named: caller.name)
        draft.forgetMachine(of: printer)
        draft.forgetCameras(of: printer)
        draft.forgetBeds(of: printer)
        draft.forgetVerdicts(of: printer) { _ in true }
        draft.awaitNoMore(draft.state.printers[printer]?.toRemember ?? [], of: printer)
        let now = draft.now
        draft.change(printer) { live in
            live.printer.deletedAt = now
            live.printer.settings.tags = []
        }
        draft.writePrinter(printer)
        draft.write(.printerTags(printer, []))
        let removed = try draft.live(printer).printer
        draft.record(
            .settings, .info, by: caller.actor, title: "Printer Removed",
            text: "\(removed.settings.name) was removed by \(caller.name).", printer: removed)
    }
}

/// Forgets what was learnt of a printer's cameras: they count as new from the next picture on.
public struct ForgetCamera: FarmCommand {
    var caller: Caller
    var printer: PrinterID

    public init(caller: Caller, printer: PrinterID) {
        self.caller = caller
        self.printer = printer
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        guard !live.cameras.isEmpty || live.printer.needsTeaching || !live.verdicts.isEmpty else {
            return PrinterChange(live: live, succeeded: false)
        }
        draft.change(printer) { live in
            live.cameras = [:]
            live.printer.needsTeaching = false
        }
        draft.write(.removeCameraHistories(printer))
        draft.forgetVerdicts(of: printer) { _ in true }
        // The open print goes on without what it knew of the camera, and without what it had not taught yet.
        if let key = live.camera, var evidence = live.evidence, let scoring = draft.scoring {
            scoring.failureModel.change(&evidence, to: CameraHistory())
            draft.change(printer) { $0.evidenceWithoutMemory = nil }
            draft.keep(evidence, CameraHistory(), of: key)
        }
        draft.writePrinter(printer)
        draft.record(
            .settings, .info, by: caller.actor, title: "Camera Forgotten",
            text: "The camera of \(live.printer.settings.name) was forgotten by \(caller.name) and is learned again.",
            printer: live.printer)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

extension PrinterSettings {
    /// What is different, in words: `name, sensitivity 1.2`.
    fileprivate func changes(to new: PrinterSettings, unarchived: Bool) -> String {
        var changes: [String] = []
        if unarchived { changes.append("the printer back from the archive") }
        if name != new.name { changes.append("the name from \(name) to \(new.name)") }
        if detectiveSensitivity != new.detectiveSensitivity {
            changes.append("sensitivity to \(new.detectiveSensitivity)")
        }
        if actionOnFailure != new.actionOnFailure {
            changes.append("action on failure to \(new.actionOnFailure == .pause ? "pause" : "alert only")")
        }
        if watchingEnabled != new.watchingEnabled {
            changes.append("watching to \(new.watchingEnabled ? "on" : "off")")
        }
        if cameraRegion != new.cameraRegion {
            changes.append("what is judged of the camera's picture to \(new.cameraRegion.words)")
        }
        if tags != new.tags {
            changes.append(
                new.tags.isEmpty ? "the tags to none" : "the tags to \(new.tags.all.joined(separator: ", "))")
        }
        if changes.isEmpty { changes.append("pause or time-lapse settings") }
        return changes.joined(separator: ", ")
    }
}
