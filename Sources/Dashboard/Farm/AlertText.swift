internal import Farm

/// What calls for a person at one printer, in a few words: for the line at the top and wherever else one looks.
struct AlertText {
    /// One or two words in capitals.
    let title: String
    let text: String
    /// The same where there is no room for its reason.
    let brief: String
    /// And where there is hardly any.
    let least: String
    let role: Role

    init(_ snapshot: PrinterSnapshot, now: Timestamp) {
        let print = snapshot.openPrint
        func ago(_ moment: Timestamp) -> String { Clock.words(now.seconds(since: moment)) }
        let percent = snapshot.shownProbability.map(Numerals.percentWords)
        let strands = StrandCount(snapshot.recent)
        let evidence = percent.map { "\($0): \((strands.words ?? "no picture").lowercasedFirst)" }
        let done: String? =
            if let asked = print?.pauseRequestedAt {
                "pause asked \(ago(asked)) ago"
            } else if print?.pausedAt != nil {
                "paused"
            } else {
                print?.alertedAt.map { "not answered for \(ago($0))" }
            }
        if print?.pauseNotConfirmedAt != nil {
            self.init(
                title: "NO PAUSE", text: "the pause was not confirmed: look at the printer",
                brief: "pause not confirmed", role: .alert)
        } else if snapshot.states.machine == .attention {
            self.init(title: "ATTENTION", text: "the machine waits for a person", role: .alert)
        } else if snapshot.states.machine == .error {
            self.init(title: "ERROR", text: "the machine has stopped with an error", role: .alert)
        } else if snapshot.alert == .standing {
            let parts = [evidence, done].compactMap(\.self)
            let short = [percent, done].compactMap(\.self)
            self.init(
                title: "ALERT", text: parts.joined(separator: "; "), brief: short.joined(separator: ", "),
                least: percent, role: .alert)
        } else if print?.awaitsPause == true {
            let left = snapshot.pauseDeadline.map { ", \(Clock.words($0.seconds(since: now))) left to confirm it" }
            self.init(title: "ASKED", text: (done ?? "") + (left ?? ""), brief: done ?? "", role: .warning)
        } else if snapshot.states.machine == .offline {
            self.init(title: "OFFLINE", text: "the machine does not answer", role: .stale)
        } else {
            self.init(blind: snapshot, ago)
        }
    }

    private init(blind snapshot: PrinterSnapshot, _ ago: (Timestamp) -> String) {
        let title = snapshot.states.camera.word.description.uppercased()
        switch snapshot.states.camera {
        case .frozen: self.init(title: title, text: "the pictures no longer change", role: .stale)
        case .black: self.init(title: title, text: "the pictures are black", role: .stale)
        default:
            let age = snapshot.lastFrame.map { "no picture for \(ago($0.receivedAt))" } ?? "no picture has come"
            self.init(title: title, text: "\(age): is the camera or the app gone?", brief: age, role: .stale)
        }
    }

    private init(title: String, text: String, brief: String? = nil, least: String? = nil, role: Role) {
        self.title = title
        self.text = text
        self.brief = brief ?? text
        self.least = least ?? self.brief
        self.role = role
    }
}
