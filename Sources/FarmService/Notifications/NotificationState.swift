import Farm

/// What there is to tell, and what each channel has told.
struct NotificationState: Sendable, Equatable {
    var occasions = OccasionBook()
    /// By the channel's name.
    var ledgers: [String: ChannelLedger] = [:]
    /// Since the start.
    var answers = AnswerFigures()

    init() {}

    init(_ stored: StoredNotifications) {
        occasions = OccasionBook(stored.occasions)
        ledgers = stored.ledgers
        // Nobody watches any more whether a machine did what was asked of it before this start.
        let asked = [NotificationAnswer.cancel.asked, NotificationAnswer.resume.asked]
        for occasion in stored.occasions
        where occasion.overSince == nil && asked.contains(occasion.answer?.verb ?? "") {
            occasions[occasion.id]?.answer = nil
        }
    }

    /// Takes in channels that have come to the configuration since the last start: news that is older than they are is not told
    /// to them, while what stands is.
    /// - Returns: what is to be stored, so that they are known at the next start.
    mutating func meet(_ channels: [String]) -> [NotificationRow] {
        var rows: [NotificationRow] = []
        for channel in channels where ledgers[channel] == nil {
            var ledger = ChannelLedger()
            for occasion in sorted where occasion.isNews {
                let telling = Telling(at: occasion.openedSteady)
                ledger.tellings[occasion.id] = telling
                rows.append(.telling(channel: channel, occasion.id, telling))
            }
            rows.append(.sent(channel: channel, []))
            ledgers[channel] = ledger
        }
        return rows
    }

    /// What stands or stood of a print's alerts, and of its pauses that were not confirmed; oldest first.
    func alerts(of print: PrintID) -> [Occasion] {
        occasions.of(print).filter { [.alert, .notConfirmed].contains($0.topic) }
    }

    /// Oldest first.
    var sorted: [Occasion] { occasions.sorted }
}

/// What the farm says of an occasion now.
struct OccasionFacts: Equatable {
    /// It is still so.
    var holds = false
    var isPrintOpen = false
    var isPaused = false
    var awaitsPause = false
    /// 0...1; nil while no print is open.
    var probability: Double?
    /// 0...1, as a linked printer says.
    var progress: Double?
    /// Seconds, as a linked printer estimates.
    var secondsLeft: Double?
    var tags: Set<String> = []
    /// `the app`, `the printer`.
    var mover = "the app"
}

extension FarmState {
    func facts(of occasion: Occasion) -> OccasionFacts {
        var facts = OccasionFacts()
        guard let printerID = occasion.printerID, let live = printers[printerID] else {
            // A condition of the whole farm: whoever reports it says when it is over.
            facts.holds = occasion.printerID == nil && occasion.overSince == nil
            return facts
        }
        facts.mover = live.mover
        facts.tags = live.notificationTags
        guard let printID = occasion.printID else {
            facts.holds = live.holdsWithoutPrint(occasion.topic) || live.isSilent(about: occasion)
            return facts
        }
        guard let print = live.currentPrint, print.id == printID else { return facts }
        facts.isPrintOpen = true
        facts.isPaused = print.pausedAt != nil
        facts.awaitsPause = print.awaitsPause
        facts.probability = print.frameCount > 0 ? live.failureProbability : nil
        if let reading = live.machine?.reading {
            facts.progress = reading.progress
            facts.secondsLeft = reading.remaining
        }
        facts.holds = live.holds(occasion.topic, print) || live.isSilent(about: occasion)
        return facts
    }
}

extension LivePrinter {
    /// The tags that a rule may name.
    var notificationTags: Set<String> { Set(printer.settings.tags.all) }

    fileprivate func holds(_ topic: NotificationTopic, _ print: Print) -> Bool {
        switch topic {
        case .alert: print.hasStandingAlert && !print.isMuted
        case .notConfirmed: print.hasStandingPause
        case .paused: print.pausedAt != nil
        // With a machine that goes on in spite of a cancel or an emergency stop.
        case .attention: machine?.shownState == .attention
        case .printerLost: machine?.state == .offline
        case .cameraLost: print.notWatchedAt != nil && print.pausedAt == nil
        case .finishingSoon: true
        case .pauseAsked, .finished, .cancelled, .failed, .consent, .disk, .restarted: false
        }
    }

    /// A machine that cannot be heard, or has not spoken since the start, does not say that it needs nobody any more.
    fileprivate func isSilent(about occasion: Occasion) -> Bool {
        occasion.topic == .attention && occasion.overSince == nil && machine?.state == .offline
    }

    /// The same of a printer on which no print was open: there an error of the firmware waits for a person too.
    fileprivate func holdsWithoutPrint(_ topic: NotificationTopic) -> Bool {
        guard topic == .attention, let machine else { return false }
        return [.attention, .error].contains(machine.shownState)
    }
}
