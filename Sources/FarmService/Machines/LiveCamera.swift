public import Farm

/// A camera that farmtop reads, as far as it is known now.
public struct LiveCamera: Sendable, Equatable {
    /// As it is stored, or as the configuration names it.
    public internal(set) var camera: MachineCamera
    /// Why the last picture did not come; nil while they come, or while none is wanted.
    public internal(set) var fault: LinkFault?

    init(_ camera: MachineCamera) { self.camera = camera }

    var snapshot: CameraSnapshot {
        CameraSnapshot(
            id: camera.id, settings: camera.settings, isConfirmed: camera.isConfirmed,
            fault: camera.isConfirmed ? fault : .notConfirmed)
    }
}

extension LivePrinter {
    /// The camera whose pictures judge the print; nil where an app sends them.
    var judgingCamera: LiveCamera? { ownCameras.first { $0.camera.settings.isPrimary && $0.camera.isConfirmed } }

    /// Pictures are wanted: a print is open and does not stand still.
    var wantsPictures: Bool {
        guard let currentPrint, currentPrint.pausedAt == nil, printer.deletedAt == nil, printer.archivedAt == nil else {
            return false
        }
        return machine.map { $0.state != .paused && $0.state != .attention } ?? true
    }
}
