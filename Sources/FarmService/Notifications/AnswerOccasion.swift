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

extension Occasion {
    /// Why this answer would not be carried out any more; nil where it would.
    func refusal(of answer: NotificationAnswer, _ facts: OccasionFacts) -> AnswerOutcome? {
        if let before = self.answer { return .answeredBefore(before) }
        return facts.holds && overSince == nil && answers(facts).contains(answer) ? nil : .over
    }
}

/// Somebody answers a notification. The first answer counts; after it, and after the end of the print, nothing happens.
public struct AnswerOccasion: FarmCommand {
    var occasion: OccasionID
    var answer: NotificationAnswer
    /// Where it came from.
    var channel: String
    /// Who it was, as far as the channel knows. Untrusted text.
    var person: String?

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
        let facts = draft.state.facts(of: found)
        if let refusal = found.refusal(of: answer, facts) { return refusal }
        let who = person.map { "\(cleanedText($0, limit: 64)) (\(channel))" } ?? channel
        let caller = Caller.channel(who)
        let isAsked = isAsked(of: found.printerID.flatMap { draft.state.printers[$0] })
        let verb = isAsked ? answer.asked : answer.done
        // What is refused half-way leaves nothing behind.
        var attempt = draft
        // Before what it does: an event of that would be taken for the answer.
        let taken = OccasionAnswer(actor: caller.actor, verb: verb, at: draft.now)
        for id in answered(found, draft.state) { attempt.take(taken, to: id) }
        if let printer = found.printerID { try carryOut(on: printer, found, caller, &attempt) }
        draft = attempt
        let subject = [found.printerName, found.filename ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
        let done = isAsked ? "asked \(facts.mover) to \(answer.rawValue)" : verb
        return .done(subject.isEmpty ? "\(done)." : "\(subject) – \(done).")
    }

    /// Whoever moves the printer has to carry it out, and may not: nothing is paused, resumed or cancelled yet.
    private func isAsked(of live: LivePrinter?) -> Bool {
        switch answer {
        case .pause: true
        case .resume, .cancel: live?.machine != nil
        case .acknowledge, .dismiss, .mute: false
        }
    }

    /// A pause answers all that stands of the print's alerts.
    private func answered(_ found: Occasion, _ state: FarmState) -> [OccasionID] {
        guard answer == .pause, let print = found.printID else { return [found.id] }
        return [found.id]
            + state.notifications.alerts(of: print).filter { $0.overSince == nil && $0.id != found.id }.map(\.id)
    }

    private func carryOut(
        on printer: PrinterID, _ found: Occasion, _ caller: Caller, _ draft: inout FarmDraft
    ) throws(FarmError) {
        switch answer {
        case .acknowledge:
            guard [.alert, .notConfirmed].contains(found.topic) else {
                return try noteSeen(on: printer, caller, &draft)
            }
            _ = try AcknowledgeAlert(caller: caller, printer: printer, verdict: nil).apply(to: &draft)
        case .dismiss:
            _ = try AcknowledgeAlert(caller: caller, printer: printer, verdict: .notFailed).apply(to: &draft)
        case .mute:
            _ = try MuteAlerts(caller: caller, printer: printer, muted: true).apply(to: &draft)
            _ = try AcknowledgeAlert(caller: caller, printer: printer, verdict: nil).apply(to: &draft)
        case .pause:
            _ = try RequestPause(caller: caller, printer: printer, print: found.printID).apply(to: &draft)
            _ = try AcknowledgeAlert(caller: caller, printer: printer, verdict: nil).apply(to: &draft)
        case .resume: _ = try ResumePrint(caller: caller, printer: printer, print: found.printID).apply(to: &draft)
        case .cancel: _ = try CancelPrint(caller: caller, printer: printer, print: found.printID).apply(to: &draft)
        }
    }

    /// Answers what no alert stands for: a camera or a machine that is lost, or that needs a person.
    private func noteSeen(on printer: PrinterID, _ caller: Caller, _ draft: inout FarmDraft) throws(FarmError) {
        let live = try draft.state.printer(printer, for: caller)
        let title = "Notification Acknowledged"
        let words = "\(caller.name) has seen what was told of "
        if let print = live.currentPrint {
            draft.record(
                .acknowledged, .info, by: caller.actor, title: title, text: "\(words)\(print.filename).", print: print)
        } else {
            draft.record(
                .acknowledged, .info, by: caller.actor, title: title, text: "\(words)\(live.printer.settings.name).",
                printer: live.printer)
        }
    }
}
