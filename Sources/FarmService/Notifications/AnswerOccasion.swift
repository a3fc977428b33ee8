public import Farm

/// What came of an answer to a notification.
public enum AnswerOutcome: Equatable, Sendable {
    /// Carried out: a sentence that says what.
    case done(String)
    /// Somebody was faster.
    case answeredBefore(OccasionAnswer)
    /// The print has ended, or nothing stands any more.
    case over
}

/// Somebody answers a notification. The first answer counts; after it, and after the end of the print, nothing happens.
public struct AnswerOccasion: FarmCommand {
    public var occasion: OccasionID
    public var answer: NotificationAnswer
    /// Where it came from.
    public var channel: String
    /// Who it was, as far as the channel knows. Untrusted text.
    public var person: String?

    public init(occasion: OccasionID, answer: NotificationAnswer, channel: String, person: String? = nil) {
        self.occasion = occasion
        self.answer = answer
        self.channel = channel
        self.person = person
    }

    public func apply(to draft: inout FarmDraft) throws(FarmError) -> AnswerOutcome {
        guard draft.rules.contains(where: { $0.channel == channel && $0.answers.contains(answer) }) else {
            throw .forbidden
        }
        guard let found = draft.state.notifications.occasions[occasion] else { return .over }
        if let before = found.answer { return .answeredBefore(before) }
        let facts = draft.state.facts(of: found)
        guard facts.holds, found.overSince == nil, found.answers(facts).contains(answer) else { return .over }
        let who = person.map { "\(cleanedText($0, limit: 64)) (\(channel))" } ?? channel
        let caller = Caller.channel(who)
        if let printer = found.printerID, found.printID != nil {
            try carryOut(on: printer, found.topic, caller, &draft)
        }
        // The commands above have noted it where they make an event of it.
        draft.take(OccasionAnswer(actor: caller.actor, verb: answer.done, at: draft.now), to: occasion)
        let subject = [found.printerName, found.filename ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
        return .done(subject.isEmpty ? "\(answer.done)." : "\(subject) – \(answer.done).")
    }

    private func carryOut(
        on printer: PrinterID, _ topic: NotificationTopic, _ caller: Caller, _ draft: inout FarmDraft
    ) throws(FarmError) {
        switch answer {
        case .acknowledge:
            guard [.alert, .notConfirmed].contains(topic) else { return try noteSeen(on: printer, caller, &draft) }
            _ = try AcknowledgeAlert(caller: caller, printer: printer, verdict: nil).apply(to: &draft)
        case .dismiss:
            _ = try AcknowledgeAlert(caller: caller, printer: printer, verdict: .notFailed).apply(to: &draft)
        case .mute:
            _ = try MuteAlerts(caller: caller, printer: printer, muted: true).apply(to: &draft)
            _ = try AcknowledgeAlert(caller: caller, printer: printer, verdict: nil).apply(to: &draft)
        case .pause:
            _ = try RequestPause(caller: caller, printer: printer).apply(to: &draft)
            _ = try AcknowledgeAlert(caller: caller, printer: printer, verdict: nil).apply(to: &draft)
        case .resume: _ = try ResumePrint(caller: caller, printer: printer).apply(to: &draft)
        case .cancel: _ = try CancelPrint(caller: caller, printer: printer).apply(to: &draft)
        }
    }

    /// Answers what no alert stands for: a camera or a machine that is lost.
    private func noteSeen(on printer: PrinterID, _ caller: Caller, _ draft: inout FarmDraft) throws(FarmError) {
        let print = try draft.printing(printer, for: caller)
        draft.record(
            .acknowledged, .info, by: caller.actor, title: "Notification Acknowledged",
            text: "\(caller.name) has seen what was told of \(print.filename).", print: print)
    }
}
