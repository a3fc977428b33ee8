import Farm
import Text

/// What OctoPrint says of the printer behind it, before the end of the last job is known.
enum OctoPrintPhase: Equatable, Sendable {
    case offline(detail: String?)
    case failed
    case operational
    /// A job is in the printer.
    case active(MachineState, detail: String?)

    /// From a `state` object: `text`, `flags`, `error`. Nil when it holds neither.
    ///
    /// Several flags are true together, and which ones differs between versions: 2.0 keeps `printing` while `paused`. So the
    /// rarer ones are asked first.
    init?(state: MachineJSON?) {
        guard let flags = state?["flags"], !flags.members.isEmpty else {
            guard let text = state?["text"]?.text, let phase = Self(text: text) else { return nil }
            self = phase
            return
        }
        func isSet(_ name: String) -> Bool { flags[name]?.bool == true }
        let text = state?["text"]?.text ?? ""
        if isSet("closedOrError") || isSet("error") {
            let hasError = isSet("error") || state?["error"]?.words() != nil || text.lowercased().contains("error")
            self = hasError ? .failed : .offline(detail: nil)
        } else if isSet("cancelling") {
            self = .active(.finishing, detail: "cancelling")
        } else if isSet("pausing") {
            self = .active(.pausing, detail: nil)
        } else if isSet("resuming") {
            self = .active(.resuming, detail: nil)
        } else if isSet("finishing") {
            self = .active(.finishing, detail: nil)
        } else if isSet("paused") {
            self = .active(.paused, detail: nil)
        } else if isSet("printing") {
            self = .active(.printing, detail: text.hasPrefix("Starting") ? "starting" : nil)
        } else if let known = Self(text: text), known != .operational || isSet("operational") || isSet("ready") {
            self = known
        } else if isSet("ready") || isSet("operational") {
            self = .operational
        } else {
            self = .offline(detail: state?["text"]?.words(limit: 60))
        }
    }

    /// From the text alone, as `/api/job` and `/api/connection` have it. Nil for a text that this version does not know.
    init?(text: String) {
        switch text {
        case "Offline", "Closed": self = .offline(detail: nil)
        case "Error", "Offline after error": self = .failed
        case _ where text.hasPrefix("Error:"): self = .failed
        case "Connecting": self = .offline(detail: "connecting")
        case _ where text.hasPrefix("Opening serial") || text.hasPrefix("Detecting"):
            self = .offline(detail: "connecting")
        case "Operational": self = .operational
        case "Cancelling": self = .active(.finishing, detail: "cancelling")
        case "Pausing": self = .active(.pausing, detail: nil)
        case "Resuming": self = .active(.resuming, detail: nil)
        case "Finishing": self = .active(.finishing, detail: nil)
        case "Paused": self = .active(.paused, detail: nil)
        case _ where text.hasPrefix("Starting"): self = .active(.printing, detail: "starting")
        case _ where text.hasPrefix("Transfer"): self = .active(.printing, detail: "transferring")
        case "Printing", "Printing from SD", "Sending file to SD": self = .active(.printing, detail: nil)
        default: return nil
        }
    }

    /// From `PrinterStateChanged`: the earliest sign of a change.
    init?(stateID: String) {
        switch stateID {
        case "OPERATIONAL": self = .operational
        case "STARTING": self = .active(.printing, detail: "starting")
        case "PRINTING": self = .active(.printing, detail: nil)
        case "PAUSING": self = .active(.pausing, detail: nil)
        case "PAUSED": self = .active(.paused, detail: nil)
        case "RESUMING": self = .active(.resuming, detail: nil)
        case "FINISHING": self = .active(.finishing, detail: nil)
        case "CANCELLING": self = .active(.finishing, detail: "cancelling")
        case "TRANSFERING_FILE", "TRANSFERRING_FILE": self = .active(.printing, detail: "transferring")
        case "OPEN_SERIAL", "DETECT_SERIAL", "CONNECTING": self = .offline(detail: "connecting")
        case "OFFLINE", "CLOSED", "NONE", "UNKNOWN": self = .offline(detail: nil)
        case "ERROR", "CLOSED_WITH_ERROR", "OFFLINE_AFTER_ERROR": self = .failed
        default: return nil
        }
    }

    var isActive: Bool { if case .active = self { true } else { false } }
    var isCancelling: Bool { self == .active(.finishing, detail: "cancelling") }
    var isFinishing: Bool { if case .active(.finishing, _) = self { true } else { false } }
}
