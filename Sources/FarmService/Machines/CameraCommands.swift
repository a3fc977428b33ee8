public import Farm

/// Gives the id of a camera to come, so that its credentials can be sealed for it. An id is never given twice.
public struct ReserveCameraID: FarmCommand {
    public init() {}

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> CameraID {
        HighestIDs.next(&draft.state.ids.camera)
    }
}

/// Adds a camera or changes one. A primary one takes the place of the other primary of its printer.
public struct PutCamera: FarmCommand {
    var caller: Caller
    var camera: MachineCamera

    /// - Parameter camera: with its credentials sealed for its id and address.
    public init(caller: Caller, camera: MachineCamera) {
        self.caller = caller
        self.camera = camera
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> LivePrinter {
        let id = camera.printerID
        let live = try draft.state.printer(id, for: caller)
        guard case .success(let name) = checkedText(camera.settings.name, limit: 100) else {
            throw .invalid([FieldError("name", "Give a name of 1 to 100 characters.")])
        }
        // A program or a file comes from the configuration file alone.
        guard !camera.settings.source.isLocal, !camera.isConfigured else { throw .ofConfiguration }
        guard
            !draft.state.printers.values.contains(where: { other in
                other.printer.id != id && other.ownCameras.contains { $0.camera.id == camera.id }
            })
        else { throw .forbidden }
        var new = camera
        new.settings.name = name
        if camera.settings.isPrimary { draft.demoteCameras(of: id, besides: camera.id) }
        let added = new
        draft.change(id) { live in
            live.ownCameras.removeAll { $0.camera.id == added.id }
            live.ownCameras.append(LiveCamera(added))
            live.ownCameras.sort { $0.camera.id < $1.camera.id }
        }
        draft.write(.machine(.camera(new)))
        draft.record(
            .settings, .info, by: caller.actor, title: "Camera Set",
            text: "The camera \(name) of \(live.printer.settings.name) was set by \(caller.name).",
            printer: live.printer)
        draft.fitToCamera(of: id, asBefore: live)
        return try draft.live(id)
    }
}

/// Takes a camera from its printer, with its credentials.
public struct RemoveCamera: FarmCommand {
    var caller: Caller
    var printer: PrinterID
    var camera: CameraID

    public init(caller: Caller, printer: PrinterID, camera: CameraID) {
        self.caller = caller
        self.printer = printer
        self.camera = camera
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        guard let found = live.ownCameras.first(where: { $0.camera.id == camera }) else {
            return PrinterChange(live: live, succeeded: false)
        }
        guard !found.camera.isConfigured else { throw .ofConfiguration }
        draft.change(printer) { live in live.ownCameras.removeAll { $0.camera.id == found.camera.id } }
        draft.write(.machine(.removeCamera(camera)))
        draft.record(
            .settings, .info, by: caller.actor, title: "Camera Removed",
            text:
                "The camera \(found.camera.settings.name) of \(live.printer.settings.name) was removed by \(caller.name).",
            printer: live.printer)
        draft.fitToCamera(of: printer, asBefore: live)
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

/// A person says that this farm, restored from a backup, may read the printer's cameras again.
public struct ConfirmCameras: FarmCommand {
    var caller: Caller
    var printer: PrinterID

    public init(caller: Caller, printer: PrinterID) {
        self.caller = caller
        self.printer = printer
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> PrinterChange {
        let live = try draft.state.printer(printer, for: caller)
        let waiting = live.ownCameras.filter { !$0.camera.isConfirmed }
        draft.confirmRestore()
        draft.change(printer) { live in
            for index in live.ownCameras.indices { live.ownCameras[index].camera.isConfirmed = true }
        }
        for var camera in waiting.map(\.camera) {
            camera.isConfirmed = true
            draft.write(.machine(.camera(camera)))
        }
        return PrinterChange(live: try draft.live(printer), succeeded: true)
    }
}

/// A camera gives no pictures, or gives them again.
struct NoteCamera: FarmCommand {
    var camera: MachineCamera
    var fault: LinkFault?

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        let (camera, fault) = (camera, fault)
        let known = draft.state.printers[camera.printerID]?.ownCameras.first { $0.camera == camera }
        guard let known, known.fault != fault else { return }
        draft.change(camera.printerID) { live in
            for index in live.ownCameras.indices where live.ownCameras[index].camera == camera {
                live.ownCameras[index].fault = fault
            }
        }
    }
}

extension FarmError {
    fileprivate static var ofConfiguration: FarmError {
        .invalid([FieldError("source", "A program or a file is set in the configuration file only.")])
    }
}

extension FarmDraft {
    fileprivate mutating func demoteCameras(of id: PrinterID, besides camera: CameraID) {
        for other in state.printers[id]?.ownCameras ?? []
        where other.camera.id != camera && other.camera.settings.isPrimary && !other.camera.isConfigured {
            var demoted = other.camera
            demoted.settings.isPrimary = false
            let row = demoted
            change(id) { live in
                for index in live.ownCameras.indices where live.ownCameras[index].camera.id == row.id {
                    live.ownCameras[index].camera = row
                }
            }
            write(.machine(.camera(row)))
        }
    }

    /// What was drawn on another camera's picture, and dismissed there, holds for this one no more; what was drawn on this one turns
    /// with it.
    /// - Parameter before: the printer before its cameras changed.
    fileprivate mutating func fitToCamera(of id: PrinterID, asBefore before: LivePrinter) {
        guard let live = state.printers[id] else { return }
        let (old, new) = (before.judgingCamera?.camera, live.judgingCamera?.camera)
        if old != nil, new == nil { change(id) { $0.hasAppPictures = false } }
        guard
            old?.id != new?.id || old?.settings.source != new?.settings.source
                || old?.settings.orientation != new?.settings.orientation
        else { return }
        let region = live.printer.settings.cameraRegion
        // A region may be set before the first camera; and before anything was judged there is nothing to be forgotten.
        let isUsed = old != nil || live.cameras.keys.contains { $0.region == region.description }
        guard isUsed else { return }
        // From another place the same spot of the picture shows something else.
        forgetVerdicts(of: id) { _ in true }
        awaitNoMore(live.toRemember, of: id)
        guard !region.isWhole else { return }
        let isSame = old?.id == new?.id && old?.settings.source == new?.settings.source
        var fitting = CameraRegion.whole
        if isSame, let old, let new {
            fitting = region.turned(from: old.settings.orientation, to: new.settings.orientation)
        }
        let settled = fitting
        change(id) { $0.printer.settings.cameraRegion = settled }
        writePrinter(id)
        let name = live.printer.settings.name
        record(
            .settings, .info, by: .farmtop, title: isSame ? "Region Turned" : "Region Reset",
            text: isSame
                ? "The camera of \(name) was turned, and what is judged with it: now \(settled.words), before \(region.words)."
                : "Another camera judges \(name), so the whole picture is judged; before \(region.words). Draw the bed anew.",
            printer: live.printer)
    }

    /// The cameras of a printer that goes, and their sealed passwords.
    mutating func forgetCameras(of id: PrinterID) {
        for camera in state.printers[id]?.ownCameras ?? [] where !camera.camera.isConfigured {
            write(.machine(.removeCamera(camera.camera.id)))
        }
        change(id) { $0.ownCameras = [] }
    }
}
