import Farm

/// A message that a channel is to send now.
struct PlannedMessage: Equatable {
    var channel: String
    var form: FarmNotification.Form
    /// The most important first.
    var occasions: [OccasionID]
    /// The hourly limit lets nothing more through before.
    var nextAfter: SteadyTime?
}

/// Decides what a channel says now: a pure function of what stands, what was said, the clock and the rule.
///
/// Each occasion goes through these states for each channel:
///
///     untold ──ready──▶ told ──nobody answers──▶ told again … escalated
///                         └──over, and stays so──▶ recovery told
///
/// *Ready* means: it has gathered others of its kind, its probability is high enough, and neither quiet hours nor a burst
/// hold it back. What is over before it was told is never told, unless it is news.
struct ChannelPlan {
    /// More than so many of a kind at once are one message.
    static let flood = 3
    /// What is lost together is not noticed together, as each camera has a rhythm of its own: once it is a flood, others are waited
    /// for until none has come for so long, at most `longestFlood` in all.
    static let floodGathersFor = Duration.seconds(60)
    static let longestFlood = Duration.seconds(300)
    /// A loss that comes back: how long it must stay well before that is told; doubles with each relapse.
    static let settlesFor = Duration.seconds(60)
    static let longestSettling = Duration.seconds(3600)

    private enum Due: Equatable { case first, reminder(Int), recovery, escalation }
    private struct Item {
        var occasion: Occasion
        var due: Due
        var wasQuiet = false
    }

    let rule: NotificationRule
    let now: ClockReading
    private(set) var ledger: ChannelLedger
    private(set) var messages: [PlannedMessage] = []
    /// What this channel will still have to say of occasions that are over.
    private(set) var pending: Set<OccasionID> = []
    /// By topic; what each occasion has to know of its kin, of which there may be thousands.
    private var families: [NotificationTopic: Family] = [:]

    /// - Parameters:
    ///   - occasions: oldest first.
    ///   - facts: of each of them, by id.
    init(
        _ rule: NotificationRule, _ ledger: ChannelLedger, occasions: [Occasion],
        facts: [OccasionID: OccasionFacts], now: ClockReading
    ) {
        self.rule = rule
        self.ledger = ledger
        self.now = now
        self.ledger.sent = ledger.sentInHour(before: now.steady)
        let concerned = occasions.filter { rule.concerns($0, tags: facts[$0.id]?.tags ?? []) }
        for occasion in concerned { count(occasion) }
        var due: [Item] = []
        for occasion in concerned {
            if let item = item(occasion, facts[occasion.id] ?? OccasionFacts()) { due.append(item) }
        }
        bundle(due)
    }

    // MARK: What is due

    private mutating func item(_ occasion: Occasion, _ facts: OccasionFacts) -> Item? {
        guard let telling = ledger.tellings[occasion.id] else { return first(occasion, facts) }
        guard occasion.overSince != nil else { return reminder(occasion, telling) }
        return recovery(occasion, telling, facts)
    }

    private mutating func first(_ occasion: Occasion, _ facts: OccasionFacts) -> Item? {
        guard occasion.overSince == nil || occasion.isNews else { return nil }
        let isLikely =
            occasion.topic != .alert || (facts.probability ?? 1) + 1e-9 >= rule.fromProbability
        let isNear =
            occasion.topic != .finishingSoon
            || facts.secondsLeft.map { $0 <= Double(rule.finishingWithin.components.seconds) } ?? false
        guard isLikely, isNear else { return nil }
        guard hasGathered(occasion), !isHushed(occasion.severity) else {
            pending.insert(occasion.id)
            return nil
        }
        let wasQuiet = rule.isQuiet(at: occasion.openedAt) && occasion.severity < rule.breaksQuiet
        return Item(occasion: occasion, due: .first, wasQuiet: wasQuiet)
    }

    private func reminder(_ occasion: Occasion, _ telling: Telling) -> Item? {
        guard occasion.topic.wantsAnswer, occasion.answer == nil else { return nil }
        if rule.escalateTo != nil, !telling.isEscalated, now.steady >= telling.firstAt + rule.escalateAfter {
            return Item(occasion: occasion, due: .escalation)
        }
        guard let every = rule.repeatEvery, now.steady >= telling.lastAt + every, !isHushed(occasion.severity) else {
            return nil
        }
        return Item(occasion: occasion, due: .reminder(Int(telling.count)))
    }

    private mutating func recovery(_ occasion: Occasion, _ telling: Telling, _ facts: OccasionFacts) -> Item? {
        guard occasion.topic.hasRecovery, !telling.isRecovered, occasion.printID == nil || facts.isPrintOpen else {
            return nil
        }
        let isCalm =
            families[occasion.topic.family]?.isRestless != true || hasSettled(occasion, extra: .seconds(120))
        guard hasSettled(occasion), isCalm, !isHushed(.info) else {
            pending.insert(occasion.id)
            return nil
        }
        return Item(occasion: occasion, due: .recovery)
    }

    private func hasSettled(_ occasion: Occasion) -> Bool { hasSettled(occasion, extra: .zero) }

    private func hasSettled(_ occasion: Occasion, extra: Duration) -> Bool {
        guard let since = occasion.overSince else { return false }
        let doubled = Self.settlesFor * Double(1 << min(occasion.relapses, 10))
        return now.steady >= since + min(doubled, Self.longestSettling) + extra
    }

    private func isHushed(_ severity: NotificationSeverity) -> Bool {
        severity < rule.breaksQuiet && rule.isQuiet(at: now.wall)
    }

    /// Others of its kind have been waited for, and no burst of them has just been told.
    private func hasGathered(_ occasion: Occasion) -> Bool {
        let kin = families[occasion.topic.family] ?? Family()
        let window = occasion.topic.gathersFor
        if window > .zero {
            // Until no other one has come for a while, but not for ever.
            let newest = kin.newestUntold ?? occasion.openedSteady
            let oldest = kin.oldestUntold ?? occasion.openedSteady
            let isFlood = kin.untold > Self.flood && occasion.topic.hasRecovery
            let pause = isFlood ? max(window, Self.floodGathersFor) : window
            let longest = isFlood ? Self.longestFlood : window * 3
            guard now.steady >= newest + pause || now.steady >= oldest + longest else { return false }
        }
        return kin.toldLately < Self.flood
    }

    /// Occasions that one cause can set off together.
    private struct Family {
        /// Those of which nothing was told yet, and when they began.
        var untold = 0
        var oldestUntold: SteadyTime?
        var newestUntold: SteadyTime?
        /// Told first so short a time ago that others belong to the same burst.
        var toldLately = 0
        /// One that was told is over, and may come again.
        var isRestless = false
    }

    private mutating func count(_ occasion: Occasion) {
        let topic = occasion.topic.family
        var family = families[topic] ?? Family()
        if let telling = ledger.tellings[occasion.id] {
            let burst: Duration = topic.gathersFor > .zero ? .seconds(300) : .seconds(60)
            if telling.firstAt + burst > now.steady { family.toldLately += 1 }
            if occasion.overSince != nil, !telling.isRecovered, !hasSettled(occasion) { family.isRestless = true }
        } else {
            let opened = occasion.openedSteady
            family.untold += 1
            family.oldestUntold = min(family.oldestUntold ?? opened, opened)
            family.newestUntold = max(family.newestUntold ?? opened, opened)
        }
        families[topic] = family
    }

    // MARK: Messages

    private struct Group {
        var form: FarmNotification.Form
        var items: [Item]
        var isEscalation = false
    }

    private mutating func bundle(_ due: [Item]) {
        let escalations = due.filter { $0.due == .escalation }
        for group in groups(of: escalations) { take(group, nextAfter: nil) }
        // An hour full of finished prints holds back nothing that somebody should act on: that has as much room again.
        let isUrgent = { (item: Item) in
            item.due == .first && (item.occasion.severity == .critical || item.occasion.topic.wantsAnswer)
        }
        send(due.filter(isUrgent), within: rule.perHour * 2)
        send(due.filter { $0.due != .escalation && !isUrgent($0) }, within: rule.perHour)
    }

    /// - Parameter limit: messages in an hour, those that were sent included.
    private mutating func send(_ due: [Item], within limit: Int) {
        var ours = groups(of: due)
        guard !ours.isEmpty else { return }
        let room = limit - ledger.sent.count
        guard room > 0 else {
            pending.formUnion(ours.flatMap(\.items).map(\.occasion.id))
            return
        }
        if ours.count > room { ours = [Group(form: .digest, items: ours.flatMap(\.items))] }
        for (index, group) in ours.enumerated() {
            let isLast = index == ours.count - 1 && ours.count == room
            ledger.sent.append(now.steady)
            take(group, nextAfter: isLast ? ledger.sent.first.map { $0 + .seconds(3600) } : nil)
        }
    }

    /// What belongs together, the urgent first.
    private func groups(of items: [Item]) -> [Group] {
        let quiet = items.filter(\.wasQuiet)
        var groups: [Group] = []
        if quiet.count > 1 { groups.append(Group(form: .digest, items: quiet)) }
        var rest = quiet.count > 1 ? items.filter { !$0.wasQuiet } : items
        while let first = rest.first {
            let kin = rest.filter { isKin($0, first) }
            rest.removeAll { isKin($0, first) }
            if kin.count > Self.flood {
                groups.append(Group(form: form(of: first), items: kin))
            } else {
                groups += kin.map { Group(form: form(of: $0), items: [$0]) }
            }
        }
        for index in groups.indices { groups[index].isEscalation = groups[index].items.first?.due == .escalation }
        func severity(_ group: Group) -> NotificationSeverity { group.items.map(\.occasion.severity).max() ?? .info }
        let order = groups.indices.sorted { (severity(groups[$1]), $0) < (severity(groups[$0]), $1) }
        return order.map { groups[$0] }
    }

    private func isKin(_ a: Item, _ b: Item) -> Bool {
        guard a.occasion.topic.family == b.occasion.topic.family else { return false }
        switch (a.due, b.due) {
        case (.reminder, .reminder): return true
        default: return a.due == b.due
        }
    }

    private func form(of item: Item) -> FarmNotification.Form {
        switch item.due {
        case .first: .first
        case .reminder(let number): .reminder(number: number)
        case .recovery: .recovery
        case .escalation:
            .escalation(
                from: rule.channel,
                minutes: Int(
                    (ledger.tellings[item.occasion.id].map { now.steady.seconds(since: $0.firstAt) } ?? 0) / 60))
        }
    }

    private mutating func take(_ group: Group, nextAfter: SteadyTime?) {
        for item in group.items { note(item) }
        let sorted = group.items.enumerated().sorted { a, b in
            (b.element.occasion.severity, a.offset) < (a.element.occasion.severity, b.offset)
        }
        messages.append(
            PlannedMessage(
                channel: group.isEscalation ? rule.escalateTo ?? rule.channel : rule.channel, form: group.form,
                occasions: sorted.map(\.element.occasion.id), nextAfter: nextAfter))
    }

    private mutating func note(_ item: Item) {
        let id = item.occasion.id
        switch item.due {
        case .first: ledger.tellings[id] = Telling(at: now.steady)
        case .reminder:
            ledger.tellings[id]?.lastAt = now.steady
            ledger.tellings[id]?.count += 1
        case .recovery: ledger.tellings[id]?.isRecovered = true
        case .escalation: ledger.tellings[id]?.isEscalated = true
        }
        pending.remove(id)
    }
}
