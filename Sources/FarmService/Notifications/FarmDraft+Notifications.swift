import Farm
import OAuth

/// Occasions open with their events, and messages are made of them, in the transaction of what happened.
extension FarmDraft {
    /// Takes an event into what there is to tell.
    /// - Parameter print: as the event left it.
    mutating func notify(of event: FarmEvent, print: Print, printerName: String) {
        guard !rules.isEmpty else { return }
        if let verb = OccasionAnswer.verb(of: event, print) {
            let answer = OccasionAnswer(actor: event.actor, verb: verb, at: now)
            for occasion in state.notifications.alerts(of: print.id)
            where occasion.overSince == nil && !state.facts(of: occasion).holds {
                take(answer, to: occasion.id)
            }
        }
        if event.takesBackAnAnswer { standAgain(print.id) }
        guard let (topic, severity) = NotificationTopic.of(event, print) else { return }
        if reopen(topic, of: print, text: event.text) { return }
        openWithFacts(
            Occasion(
                id: newOccasionID(), topic: topic, severity: severity, printerID: event.printerID, printID: print.id,
                printerName: printerName, filename: print.filename, text: event.text,
                frame: event.frame ?? (print.frameCount > 0 ? print.frameCount : nil), openedAt: now,
                openedSteady: steady), saidBy: event.actor)
    }

    /// Takes an event of a printer that is about none of its prints into what there is to tell.
    mutating func notify(of event: FarmEvent, printer: Printer) {
        guard !rules.isEmpty, let (topic, severity) = NotificationTopic.withoutPrint(event) else { return }
        openWithFacts(
            Occasion(
                id: newOccasionID(), topic: topic, severity: severity, printerID: printer.id,
                printerName: printer.settings.name, text: event.text, openedAt: now, openedSteady: steady),
            saidBy: event.actor)
    }

    /// A machine that did not hear a command may stand as still as before: nothing shows it later, so it is news.
    private mutating func openWithFacts(_ occasion: Occasion, saidBy actor: EventActor) {
        // After a restart the machine says again what waits for a person already.
        let known = occasion.printID.map { state.notifications.occasions.of($0) } ?? state.notifications.sorted
        if occasion.topic == .attention, actor == .machine, known.contains(where: occasion.isSaidBy) { return }
        var news = occasion
        news.overSince = steady
        open(occasion.topic == .attention && !state.facts(of: news).holds ? news : occasion)
    }

    /// The alert of a print that was dismissed or muted, and is not any more: nobody has answered it.
    private mutating func standAgain(_ print: PrintID) {
        guard var alert = state.notifications.alerts(of: print).last(where: { $0.topic == .alert }),
            state.facts(of: alert).holds, alert.overSince != nil || alert.answer != nil
        else { return }
        alert.overSince = nil
        alert.answer = nil
        open(alert)
    }

    /// The machine did not do what a person asked of it in an answer: the answer is none.
    mutating func reopen(answeredBy command: LinkCommand, of print: PrintID) {
        let verb: String
        switch command {
        case .cancel: verb = NotificationAnswer.cancel.asked
        case .resume: verb = NotificationAnswer.resume.asked
        case .pause, .start, .light, .emergencyStop: return
        }
        for var occasion in state.notifications.occasions.of(print)
        where occasion.answer?.verb == verb && occasion.overSince == nil {
            occasion.answer = nil
            open(occasion)
        }
    }

    mutating func open(_ occasion: Occasion) {
        state.notifications.occasions[occasion.id] = occasion
        write(.notification(.occasion(occasion)))
        hasNotificationNews = true
    }

    /// 63 random bits, not zero: an old answer meets no other occasion.
    func newOccasionID() -> OccasionID {
        let bits = random.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 1
        let id = OccasionID(Int64(max(bits, 1)))
        // Only a source that repeats itself, as those of tests, gets here twice.
        var free = id
        while state.notifications.occasions[free] != nil { free = OccasionID(free.rawValue % Int64.max + 1) }
        return free
    }

    /// A loss that comes back before anybody was told that it was over is the same loss.
    private mutating func reopen(_ topic: NotificationTopic, of print: Print, text: String) -> Bool {
        guard topic.hasRecovery,
            var occasion = state.notifications.occasions.of(print.id).first(where: { $0.topic == topic })
        else { return false }
        let id = occasion.id
        if state.notifications.ledgers.values.contains(where: { $0.tellings[id]?.isRecovered == true }) {
            forget(id)
            return false
        }
        if occasion.overSince != nil { occasion.relapses += 1 }
        occasion.overSince = nil
        occasion.text = text
        open(occasion)
        return true
    }

    /// The first answer counts.
    mutating func take(_ answer: OccasionAnswer, to id: OccasionID) {
        guard var occasion = state.notifications.occasions[id], occasion.answer == nil else { return }
        occasion.answer = answer
        open(occasion)
        let told = state.notifications.ledgers.values.compactMap { $0.tellings[id]?.firstAt }.min()
        if let told {
            let time = Duration.microseconds(max(0, steady.microseconds - told.microseconds))
            state.notifications.answers.record(answer.actor, after: time)
        }
        markChanged()
    }

    private mutating func forget(_ id: OccasionID) {
        state.notifications.occasions[id] = nil
        for channel in state.notifications.ledgers.keys { state.notifications.ledgers[channel]?.tellings[id] = nil }
        write(.notification(.removeOccasion(id)))
    }

    // MARK: Time goes on

    /// Sees what still holds, and puts what is due into the outbox.
    mutating func advanceNotifications() {
        hasNotificationNews = false
        guard !rules.isEmpty else { return }
        announceEnds()
        guard !state.notifications.occasions.isEmpty else { return }
        var occasions = state.notifications.sorted
        let facts = Dictionary(uniqueKeysWithValues: occasions.map { ($0.id, state.facts(of: $0)) })
        for index in occasions.indices { follow(&occasions[index], facts[occasions[index].id] ?? OccasionFacts()) }
        hasNotificationNews = false
        var pending: Set<OccasionID> = []
        for rule in state.hold == nil ? rules : [] {
            let before = state.notifications.ledgers[rule.channel] ?? ChannelLedger()
            let plan = ChannelPlan(rule, before, occasions: occasions, facts: facts, now: clock)
            pending.formUnion(plan.pending)
            store(plan.ledger, insteadOf: before, of: rule.channel)
            for message in plan.messages { queue(message, facts) }
        }
        // What will still be told of a print says who answered before.
        let unfinished = Set(occasions.filter { pending.contains($0.id) }.compactMap(\.printID))
        for occasion in occasions where isDone(occasion, facts[occasion.id] ?? OccasionFacts(), pending) {
            if occasion.answer != nil, let print = occasion.printID, unfinished.contains(print) { continue }
            forget(occasion.id)
        }
    }

    /// Prints that a linked printer will soon have done.
    private mutating func announceEnds() {
        let within = rules.filter { $0.topics.contains(.finishingSoon) }.map(\.finishingWithin).max()
        guard let within else { return }
        for live in state.printers.values {
            guard let print = live.currentPrint, print.pausedAt == nil,
                let left = live.machine?.reading?.remaining, left > 0, left <= Double(within.components.seconds),
                !state.notifications.occasions.of(print.id).contains(where: { $0.topic == .finishingSoon })
            else { continue }
            open(
                Occasion(
                    id: newOccasionID(), topic: .finishingSoon, severity: .info, printerID: live.printer.id,
                    printID: print.id, printerName: live.printer.settings.name, filename: print.filename,
                    text: "\(print.filename) will soon be done.", openedAt: now, openedSteady: steady))
        }
    }

    /// Takes in whether it still holds.
    private mutating func follow(_ occasion: inout Occasion, _ facts: OccasionFacts) {
        guard !occasion.isNews, occasion.printerID != nil, facts.holds == (occasion.overSince != nil) else { return }
        // What was answered or ended does not begin again by itself.
        if facts.holds, !occasion.topic.hasRecovery { return }
        if facts.holds {
            occasion.relapses += 1
            occasion.overSince = nil
        } else {
            occasion.end(at: steady)
        }
        open(occasion)
    }

    /// What is over is kept while a channel still has to say something of it, and while later messages may tell who answered.
    private func isDone(_ occasion: Occasion, _ facts: OccasionFacts, _ pending: Set<OccasionID>) -> Bool {
        guard let over = occasion.overSince else { return false }
        if steady >= over + .seconds(86_400) { return !facts.isPrintOpen }
        if pending.contains(occasion.id) { return false }
        return !facts.isPrintOpen || (occasion.topic.hasRecovery && !occasion.isRemembered(in: state.notifications))
            || occasion.isNews
    }

    private mutating func store(_ ledger: ChannelLedger, insteadOf before: ChannelLedger, of channel: String) {
        guard ledger != before else { return }
        for (id, telling) in ledger.tellings where before.tellings[id] != telling {
            write(.notification(.telling(channel: channel, id, telling)))
        }
        if ledger.sent != before.sent { write(.notification(.sent(channel: channel, ledger.sent))) }
        state.notifications.ledgers[channel] = ledger
    }

    private mutating func queue(_ message: PlannedMessage, _ facts: [OccasionID: OccasionFacts]) {
        var subjects = message.occasions.compactMap { id -> NotificationSubject? in
            guard let occasion = state.notifications.occasions[id] else { return nil }
            return subject(occasion, facts[id] ?? OccasionFacts())
        }
        guard !subjects.isEmpty else { return }
        var answers: [NotificationAnswer] = []
        if subjects.count == 1, message.form != .recovery, let id = message.occasions.first,
            let told = state.notifications.occasions[id], let occasion = answerable(told),
            let offered = facts[occasion.id]
        {
            let allowed = rules.first { $0.channel == message.channel }?.answers ?? []
            answers = occasion.answers(offered).filter(allowed.contains)
            subjects[0].occasionID = occasion.id
        }
        let next = message.nextAfter.map { now + .seconds(max(0, $0.seconds(since: steady))) }
        write(
            .notification(
                .queue(
                    channel: message.channel,
                    FarmNotification(
                        deliveryID: random.deliveryID(), form: message.form, subjects: subjects, answers: answers,
                        nextAfter: next, createdAt: now, createdSteady: steady))))
        hasQueuedNotifications = true
    }

    /// What is answered by whoever answers a message of this: a pause was asked because of an alert, and that stands or not.
    private func answerable(_ occasion: Occasion) -> Occasion? {
        guard occasion.topic == .pauseAsked else { return occasion }
        return occasion.printID.flatMap { state.notifications.alerts(of: $0).last { $0.topic == .alert } }
    }

    private func subject(_ occasion: Occasion, _ facts: OccasionFacts) -> NotificationSubject {
        var subject = NotificationSubject(occasion)
        subject.probability = facts.probability
        subject.progress = facts.progress
        subject.secondsLeft = facts.secondsLeft
        // An answer to something earlier of the same print leaves this to be done.
        if occasion.answer == nil { (subject.done, subject.wanted) = occasion.words(facts) }
        // What the sentence of the event ends with is not said twice.
        if let wanted = subject.wanted, subject.text.hasSuffix(" \(wanted)") {
            subject.text.removeLast(wanted.count + 1)
        }
        if subject.answered == nil, let print = occasion.printID {
            let earlier = state.notifications.occasions.of(print).last { $0.answer != nil }?.answer
            // That a pause was asked says so already, and who did.
            let isSaid = occasion.topic == .pauseAsked && earlier?.verb == NotificationAnswer.pause.asked
            subject.answered = isSaid ? nil : earlier?.words
        }
        return subject
    }
}

extension Occasion {
    /// A channel that told of it has not told yet that it is over.
    fileprivate func isRemembered(in state: NotificationState) -> Bool {
        state.ledgers.values.contains { ledger in ledger.tellings[id].map { !$0.isRecovered } ?? false }
    }

    /// What a person could answer now.
    func answers(_ facts: OccasionFacts) -> [NotificationAnswer] {
        guard answer == nil, overSince == nil else { return [] }
        return NotificationAnswer.fitting(topic).filter { answer in
            switch answer {
            case .pause: !facts.isPaused && (!facts.awaitsPause || topic == .notConfirmed)
            case .resume: facts.isPaused
            case .cancel: facts.isPrintOpen
            case .acknowledge, .dismiss, .mute: true
            }
        }
    }

    /// What farmtop did, and what a person should do.
    func words(_ facts: OccasionFacts) -> (done: String?, wanted: String?) {
        switch topic {
        case .alert:
            let done =
                facts.isPaused
                ? "The print is paused."
                : facts.awaitsPause ? "Asked \(facts.mover) to pause." : "No pause was asked."
            return (done, "Look at the print.")
        // Who was asked is in the sentence of the event.
        case .pauseAsked: return (nil, "Check that the print stands still.")
        case .notConfirmed: return (nil, "Pause the printer by hand.")
        case .paused: return (nil, nil)
        case .attention: return (nil, "Go to the printer.")
        case .printerLost: return (nil, "Check its power and network.")
        case .cameraLost: return ("Nobody watches this print.", "Check the camera, or the app that sends its pictures.")
        case .finished: return (nil, "The bed can be cleared.")
        case .cancelled, .failed, .finishingSoon, .restarted: return (nil, nil)
        case .consent: return (nil, "Approve or deny it in the dashboard, or see: farmtop consent list")
        case .disk: return (nil, "Make room, or lower retention.frames_mib.")
        }
    }
}

extension Occasion {
    /// The other one stands, nobody has answered it, and it says the same.
    fileprivate func isSaidBy(_ other: Occasion) -> Bool {
        guard other.topic == topic, other.printerID == printerID, other.printID == printID else { return false }
        return other.text == text && other.overSince == nil && other.answer == nil
    }
}
