/// What a printer does, in the one word that every screen and listing shows.
public enum MachineWord: String, Sendable, Codable, CaseIterable {
    case printing = "PRINTING"
    /// A pause was asked for and nobody has confirmed it: a request, not a state of the machine.
    case asked = "ASKED"
    /// A pause was asked for, and its deadline passed without a confirmation.
    case notPaused = "NO PAUSE"
    case pausing = "PAUSING"
    case paused = "PAUSED"
    case resuming = "RESUMING"
    case finishing = "FINISHING"
    case idle = "IDLE"
    case done = "DONE"
    case cancelled = "CANCELLED"
    case failed = "FAILED"
    case replaced = "REPLACED"
    case unknown = "UNKNOWN"
    case offline = "OFFLINE"
    /// A machine was connected, or farmtop started, and nothing has come of it yet: no word, and no failure.
    case notHeard = "NOT HEARD"
    case error = "ERROR"
    case attention = "ATTENTION"

    /// - Parameter print: the open print, or the last one while it counts as just ended; nil for none.
    public init(machine: MachineState, print: Print?) {
        if let print, print.isOpen {
            self = Self(machine: machine, open: print)
        } else if let result = print?.result, machine.isAtRest {
            self = Self(result)
        } else {
            self = Self(machine)
        }
    }

    private init(machine: MachineState, open print: Print) {
        switch machine {
        // Until it is answered, whatever the machine says since.
        case _ where print.hasStandingPause: self = .notPaused
        case .offline, .error, .attention: self = Self(machine)
        // Seen is not paused.
        case _ where print.pauseNotConfirmedAt != nil: self = .notPaused
        case _ where print.pauseRequestedAt != nil: self = .asked
        case .unlinked: self = print.pausedAt == nil ? .printing : .paused
        default: self = Self(machine)
        }
    }

    private init(_ machine: MachineState) {
        switch machine {
        case .unlinked, .idle: self = .idle
        case .offline: self = .offline
        case .printing: self = .printing
        case .pausing: self = .pausing
        case .paused: self = .paused
        case .resuming: self = .resuming
        case .finishing: self = .finishing
        case .complete: self = .done
        case .cancelled: self = .cancelled
        case .error: self = .error
        case .attention: self = .attention
        }
    }

    public init(_ result: PrintResult) {
        switch result {
        case .success: self = .done
        case .cancelled: self = .cancelled
        case .failed: self = .failed
        case .replaced: self = .replaced
        case .unknown: self = .unknown
        }
    }
}

extension MachineState {
    /// Nothing runs and nothing is wrong: how the last print ended is the news.
    var isAtRest: Bool {
        switch self {
        case .unlinked, .idle, .complete, .cancelled: true
        default: false
        }
    }
}
