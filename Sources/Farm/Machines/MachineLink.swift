/// 1 and above; never used again.
public typealias CameraID = Identifier<MachineCamera>

extension CameraID {
    /// Whether the camera is one of the configuration file: below 0, which no stored one is.
    public var isConfiguredCamera: Bool { rawValue < 0 }
}

/// The machine behind a printer, as it is stored. At most one a printer.
public struct MachineLink: Equatable, Sendable {
    /// Also the row's key: a printer has one machine or none.
    public var printerID: PrinterID
    /// Without secrets.
    public var settings: LinkSettings
    /// Sealed for this printer and this address.
    public var credentials: StoredCredentials
    /// False after a backup was restored, until a person confirms it: two farms must not move the same machine.
    public var isConfirmed: Bool
    public var createdAt: Timestamp

    public init(
        printerID: PrinterID, settings: LinkSettings, credentials: StoredCredentials, isConfirmed: Bool = true,
        createdAt: Timestamp
    ) {
        self.printerID = printerID
        self.settings = settings
        self.credentials = credentials
        self.isConfirmed = isConfirmed
        self.createdAt = createdAt
    }
}

/// A camera that farmtop reads, as it is stored. Those of the configuration file are not.
public struct MachineCamera: Equatable, Sendable {
    public var id: CameraID
    /// Whose prints it watches, or would if it were the primary one.
    public var printerID: PrinterID
    /// Without secrets.
    public var settings: CameraSettings
    /// Sealed for this camera and its address.
    public var credentials: StoredCredentials
    /// As `MachineLink.isConfirmed`.
    public var isConfirmed: Bool
    public var createdAt: Timestamp

    public init(
        id: CameraID, printerID: PrinterID, settings: CameraSettings, credentials: StoredCredentials,
        isConfirmed: Bool = true, createdAt: Timestamp
    ) {
        self.id = id
        self.printerID = printerID
        self.settings = settings
        self.credentials = credentials
        self.isConfirmed = isConfirmed
        self.createdAt = createdAt
    }
}

/// A row of a link or camera to be written. Upserts by key.
public enum MachineRow: Equatable, Sendable {
    case link(MachineLink)
    case removeLink(PrinterID)
    case camera(MachineCamera)
    case removeCamera(CameraID)
}

/// The links and cameras as read at the start.
public struct StoredMachines: Equatable, Sendable {
    /// By printer.
    public var links: [MachineLink] = []
    /// By id.
    public var cameras: [MachineCamera] = []
    /// The highest id ever used.
    public var lastCameraID: CameraID = 0

    public init() {}
}
