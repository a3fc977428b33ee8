internal import Farm

extension FarmEvent {
    /// Never alone: a word is always beside it.
    var sign: Grapheme {
        switch kind {
        case .started, .resumed, .online, .command: ">"
        case .ended: severity == .success ? "✓" : severity == .error ? "✗" : "■"
        case .paused: "‖"
        case .failureAlerted, .pauseNotConfirmed, .attention: "!"
        case .pauseRequested: "?"
        case .notWatched: "~"
        case .alertMuted, .alertUnmuted, .settings: "·"
        case .acknowledged: "a"
        case .verdict: "="
        case .offline: "x"
        }
    }

    var role: Role {
        switch severity {
        case .error: .error
        case .warning: .warning
        case .success: .success
        case .info: .text
        }
    }

    /// What happened, where the farm gave it no title.
    private var word: StaticString {
        switch kind {
        case .started: "Print started"
        case .ended: "Print ended"
        case .paused: "Paused"
        case .resumed: "Resumed"
        case .failureAlerted: "Alert"
        case .alertMuted: "Muted"
        case .alertUnmuted: "Unmuted"
        case .notWatched: "Not watched"
        case .pauseRequested: "Pause asked"
        case .pauseNotConfirmed: "Pause not confirmed"
        case .acknowledged: "Acknowledged"
        case .verdict: "Judged"
        case .settings: "Settings changed"
        case .offline: "Offline"
        case .online: "Online again"
        case .attention: "Attention needed"
        case .command: "Command"
        }
    }

    var heading: String { title.isEmpty ? word.description : title }

    /// Who did it.
    var who: String {
        switch actor {
        case .client(let name): name
        case .channel(let name): name
        case .person: "person"
        case .machine: "printer"
        case .farmtop: "farmtop"
        }
    }

    /// All of it in one line.
    var words: String { words(saying: text) }

    func words(saying text: String) -> String { "\(heading)\(text.isEmpty ? "" : ": \(text)") (\(who))" }
}
