internal import Farm

/// Sign and colour of what a machine does; the word itself is the core's. No two endings of a print share a sign.
extension MachineWord {
    var sign: Grapheme {
        switch self {
        case .printing, .resuming: ">"
        case .finishing: "›"
        case .asked, .unknown: "?"
        case .notPaused, .error, .attention: "!"
        case .pausing, .paused: "‖"
        case .idle: "·"
        case .done: "✓"
        case .cancelled: "■"
        case .failed: "✗"
        case .replaced: "/"
        case .offline: "x"
        case .notHeard: "…"
        }
    }

    var role: Role {
        switch self {
        case .printing, .resuming, .finishing: .printing
        case .asked: .warning
        case .notPaused, .error, .attention: .failing
        case .pausing, .paused: .paused
        case .idle: .idle
        case .done: .done
        case .cancelled: .cancelled
        case .failed: .failed
        case .replaced: .replaced
        case .unknown: .unknown
        case .offline: .stale
        case .notHeard: .idle
        }
    }
}
