/// The machine behind a printer as every screen and listing shows it. No key and no password is in it.
public struct MachineSnapshot: Equatable, Sendable, Codable {
    public var settings: LinkSettings
    /// False: restored from a backup, and waiting for a person.
    public var isConfirmed: Bool
    public var reading: PrinterReading?
    /// The reading is too old to be live: show it dimmed.
    public var isStale: Bool
    /// Why nothing can be read; nil while the link works.
    public var fault: LinkFault?
    public var abilities: LinkAbilities
    public var identity: MachineIdentity?
    public var lastCommand: MachineCommand?

    public var address: LinkAddress { settings.address }

    public init(
        settings: LinkSettings, isConfirmed: Bool, reading: PrinterReading? = nil, isStale: Bool = false,
        fault: LinkFault? = nil, abilities: LinkAbilities = [], identity: MachineIdentity? = nil,
        lastCommand: MachineCommand? = nil
    ) {
        self.settings = settings
        self.isConfirmed = isConfirmed
        self.reading = reading
        self.isStale = isStale
        self.fault = fault
        self.abilities = abilities
        self.identity = identity
        self.lastCommand = lastCommand
    }
}

/// A camera that farmtop reads.
public struct CameraSnapshot: Equatable, Sendable, Codable {
    public var id: CameraID
    public var settings: CameraSettings
    public var isConfirmed: Bool
    public var fault: LinkFault?

    public init(id: CameraID, settings: CameraSettings, isConfirmed: Bool, fault: LinkFault?) {
        self.id = id
        self.settings = settings
        self.isConfirmed = isConfirmed
        self.fault = fault
    }

    /// It is of the configuration file, and changed there alone.
    public var isConfigured: Bool { id.isConfiguredCamera }
}
