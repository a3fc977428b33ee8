internal import Farm
import Text

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
        self =
            Self.trouble(snapshot) ?? Self.standing(snapshot, now) ?? Self.asked(snapshot, now)
            ?? Self.unlinked(snapshot) ?? Self(blind: snapshot, now)
    }

    /// What cannot go on without a person.
    private static func trouble(_ snapshot: PrinterSnapshot) -> AlertText? {
        if snapshot.openPrint?.hasStandingPause == true {
            return AlertText(
                title: MachineWord.notPaused.rawValue, text: "the pause was not confirmed: look at the printer",
                brief: "pause not confirmed", role: .alert)
        }
        let words = snapshot.attentionWords
        switch snapshot.states.machine {
        case .attention:
            return AlertText(
                title: MachineWord.attention.rawValue, text: words ?? "the machine needs attention", role: .alert)
        case .error:
            return AlertText(
                title: MachineWord.error.rawValue, text: words ?? "the machine has stopped with an error", role: .alert)
        default: return nil
        }
    }

    private static func standing(_ snapshot: PrinterSnapshot, _ now: Timestamp) -> AlertText? {
        guard snapshot.alert == .standing else { return nil }
        let percent = snapshot.shownProbability.map(percentWords)
        let strands = StrandCount(snapshot.recent).words ?? "no picture"
        let done = whatWasDone(snapshot, now)
        return AlertText(
            title: "ALERT",
            text: [percent.map { "\($0): \(strands.lowercasedFirst)" }, done].compactMap(\.self).joined(
                separator: "; "),
            brief: [percent, done].compactMap(\.self).joined(separator: ", "), least: percent, role: .alert)
    }

    private static func asked(_ snapshot: PrinterSnapshot, _ now: Timestamp) -> AlertText? {
        guard snapshot.openPrint?.awaitsPause == true, let done = whatWasDone(snapshot, now) else { return nil }
        if snapshot.openPrint?.pauseNotConfirmedAt != nil {
            return AlertText(
                title: MachineWord.notPaused.rawValue, text: "\(done), not confirmed, and seen: look at the printer",
                brief: "\(done), not confirmed", role: .warning)
        }
        let left = snapshot.pauseDeadline.map { ", \(Clock.words($0.seconds(since: now))) left to confirm it" }
        return AlertText(
            title: MachineWord.asked.rawValue, text: done + (left ?? ""), brief: done, role: .warning)
    }

    /// A link that has stopped until somebody acts.
    private static func unlinked(_ snapshot: PrinterSnapshot) -> AlertText? {
        guard let trouble = snapshot.linkTrouble else { return nil }
        return AlertText(title: "NO LINK", text: trouble, brief: "e mends it", role: .stale)
    }

    private static func whatWasDone(_ snapshot: PrinterSnapshot, _ now: Timestamp) -> String? {
        guard let print = snapshot.openPrint else { return nil }
        func ago(_ moment: Timestamp) -> String { Clock.words(now.seconds(since: moment)) }
        if let asked = print.pauseRequestedAt { return "pause asked \(ago(asked)) ago" }
        if print.pausedAt != nil { return "paused" }
        return print.alertedAt.map { "not answered for \(ago($0))" }
    }

    private init(blind snapshot: PrinterSnapshot, _ now: Timestamp) {
        guard snapshot.states.machine != .offline else {
            let silence =
                snapshot.isNotHeardYet ? "the machine has not been heard yet" : "the machine does not answer"
            self.init(
                title: snapshot.machineWord.rawValue, text: snapshot.machine?.fault?.description ?? silence,
                brief: silence, role: .stale)
            return
        }
        let title = snapshot.states.camera.word.description.uppercased()
        switch snapshot.states.camera {
        case .frozen: self.init(title: title, text: "the pictures no longer change", role: .stale)
        case .black: self.init(title: title, text: "the pictures are black", role: .stale)
        default:
            let age =
                snapshot.lastFrame.map { "no picture for \(Clock.words(now.seconds(since: $0.receivedAt)))" }
                ?? "no picture has come"
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
