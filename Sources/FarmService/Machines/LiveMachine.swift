public import Farm

/// The machine behind a printer, as far as it is known now. Nothing of it but the link is stored.
public struct LiveMachine: Sendable, Equatable {
    /// As it is stored.
    public internal(set) var link: MachineLink
    /// The last one, however old.
    public internal(set) var reading: PrinterReading?
    /// The last reading is too old to be live.
    public internal(set) var isStale = false
    /// Why nothing can be read; nil while the link works.
    public internal(set) var fault: LinkFault?
    /// What it can do now, as it says; nothing before it has said so.
    public internal(set) var abilities: LinkAbilities = []
    /// Who answered at its address; nil before the first answer.
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
            settings: link.settings, isConfirmed: link.isConfirmed, reading: reading, isStale: isStale,
            fault: link.isConfirmed ? fault : .notConfirmed, abilities: abilities, identity: identity,
            lastCommand: commands.last)
    }

    /// Offline until it has spoken.
    public var state: MachineState { fault == nil ? reading?.state ?? .offline : .offline }

    /// As people are shown it: a machine that goes on in spite of a cancel or an emergency stop needs one of them.
    var shownState: MachineState { state.isJobActive && commands.unheardStop != nil ? .attention : state }

    /// Why a machine that has not spoken since the start is silent.
    var silence: String {
        link.isConfirmed
            ? "farmtop has not reached it since it started. Check that it is on." : LinkFault.notConfirmed.description
    }
}

extension LivePrinter {
    /// After a restore: its machine or a camera of it waits for a person.
    public var awaitsConfirmation: Bool {
        guard printer.deletedAt == nil else { return false }
        return machine?.link.isConfirmed == false || ownCameras.contains { !$0.camera.isConfirmed }
    }

    /// Whoever carries out a pause, in a sentence.
    var mover: String { machine == nil ? "the app" : "the printer" }
}
