/// The machine behind a printer as every screen and listing shows it. No key and no password is in it.
public struct MachineSnapshot: Equatable, Sendable, Codable {
    /// Where it is and what it speaks, as it was connected.
    public var settings: LinkSettings
    /// False: restored from a backup, and waiting for a person.
    public var isConfirmed: Bool
    /// The last one; nil before the first since the start.
    public var reading: PrinterReading?
    /// The reading is too old to be live: show it dimmed.
    public var isStale: Bool
    /// Why nothing can be read; nil while the link works.
    public var fault: LinkFault?
    /// What the machine as it is connected now can do; empty before it has told.
    public var abilities: LinkAbilities
    /// What the server says that it is; nil before it has told.
    public var identity: MachineIdentity?
    /// Open or over; nil: none since the start.
    public var lastCommand: MachineCommand?

    /// That of the settings.
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
    /// Where its pictures come from, how often, and how they are turned.
    public var settings: CameraSettings
    /// False: restored from a backup, and waiting for a person.
    public var isConfirmed: Bool
    /// Why no picture comes; nil while it works.
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

extension PrinterSnapshot {
    /// After a restore: its machine or a camera of it waits for a person.
    public var awaitsConfirmation: Bool {
        machine?.isConfirmed == false || cameras.contains { !$0.isConfirmed }
    }
}
