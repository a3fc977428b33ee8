public import Farm

/// The machine behind a printer, as far as it is known now. Nothing of it but the link is stored.
public struct LiveMachine: Sendable, Equatable {
    public internal(set) var link: MachineLink
    /// The last one, however old.
    public internal(set) var reading: PrinterReading?
    /// The last reading is too old to be live.
    public internal(set) var isStale = false
    /// Why nothing can be read; nil while the link works.
    public internal(set) var fault: LinkFault?
    public internal(set) var abilities: LinkAbilities = []
    public internal(set) var identity: MachineIdentity?
    /// Its commands, the last one among them.
    public internal(set) var commands: CommandTracker
    var following = PrintFollowing()
    /// Numbers this connecting: what a link from before still tells is not heard, and giving the same key again begins anew.
    let generation: UInt64

    init(_ link: MachineLink, generation: UInt64 = 0) {
        self.link = link
        self.generation = generation
        commands = CommandTracker(kind: link.settings.address.kind)
    }

    var snapshot: MachineSnapshot {
        MachineSnapshot(
            address: link.settings.address, isConfirmed: link.isConfirmed, reading: reading, isStale: isStale,
            fault: fault,
            abilities: abilities, identity: identity, lastCommand: commands.last)
    }

    /// Offline until it has spoken.
    public var state: MachineState { fault == nil ? reading?.state ?? .offline : .offline }
}

extension LivePrinter {
    /// Whoever carries out a pause, in a sentence.
    var mover: String { machine == nil ? "the app" : "the printer" }
}
