/// What the machine behind a printer does. Wire: the case's raw value.
public enum MachineState: String, Sendable, Codable, CaseIterable {
    /// No machine is linked: only prints are known.
    case unlinked
    /// No answer, or its server is not connected to the printer.
    case offline
    case idle
    case printing
    case pausing
    case paused
    case resuming
    /// Also while it cancels.
    case finishing
    case complete
    case cancelled
    /// The job or the firmware stopped.
    case error
    /// A person must act at the machine.
    case attention
}

/// What the camera shows, by evidence alone: the action that is configured does not matter. Wire: the raw value.
public enum CameraState: String, Sendable, Codable, CaseIterable {
    /// No print is open, or watching is disabled.
    case off
    /// The print has no picture yet; or none is to come, as nothing takes pictures of the printer.
    case noPicture = "no_picture"
    case ok
    /// At or over half the alert threshold.
    case watch
    /// At or over the alert threshold, until the number is under the clear threshold.
    case failing
    /// No picture for three intervals, at least 60 s; also of a print that has none, where a camera or earlier prints gave some.
    case stale
    /// The same picture, byte for byte, for 60 s and three pictures while printing.
    case frozen
    /// Pictures come, and show nothing.
    case black
}

extension CameraState {
    /// Nobody can see the print: no fresh picture comes, or it shows nothing.
    public var isBlind: Bool { [.stale, .frozen, .black].contains(self) }
}

/// What became of the alert of the open print. Wire: the raw value.
public enum AlertState: String, Sendable, Codable, CaseIterable {
    case none
    /// Raised, and nobody has answered it.
    case standing
    /// Seen; nothing more is raised until the pictures are clear.
    case acknowledged
    /// Judged not a failure.
    case dismissed
}

/// The three states of a printer. Decided once, in the core; no reader decides anew.
public struct PrinterStates: Equatable, Sendable, Codable {
    /// What the machine behind the printer does; `unlinked` where there is none.
    public var machine: MachineState
    /// Whether pictures come; `off` while nothing is to be watched.
    public var camera: CameraState
    /// What became of the alert of the open print; `none` without one.
    public var alert: AlertState

    public init(machine: MachineState = .unlinked, camera: CameraState = .off, alert: AlertState = .none) {
        self.machine = machine
        self.camera = camera
        self.alert = alert
    }
}
