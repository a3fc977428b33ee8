import Farm

/// What there is to tell, and what each channel has told.
struct NotificationState: Sendable, Equatable {
    var occasions: [OccasionID: Occasion] = [:]
    /// By the channel's name.
    var ledgers: [String: ChannelLedger] = [:]
    /// Since the start.
    var answers = AnswerFigures()

    init() {}

    init(_ stored: StoredNotifications) {
        occasions = Dictionary(stored.occasions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        ledgers = stored.ledgers
    }

    /// Oldest first.
    var sorted: [Occasion] {
        occasions.values.sorted { ($0.openedSteady, $0.id.rawValue) < ($1.openedSteady, $1.id.rawValue) }
    }
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
        guard let print = live.currentPrint, print.id == occasion.printID else { return facts }
        facts.isPrintOpen = true
        facts.isPaused = print.pausedAt != nil
        facts.awaitsPause = print.awaitsPause
        facts.probability = live.failureProbability
        if let reading = live.machine?.reading {
            facts.progress = reading.progress
            facts.secondsLeft = reading.remaining
        }
        facts.holds = live.holds(occasion.topic, print)
        return facts
    }
}

extension LivePrinter {
    /// The tags that a rule may name.
    var notificationTags: Set<String> { Set(printer.settings.tags.all) }

    fileprivate func holds(_ topic: NotificationTopic, _ print: Print) -> Bool {
        switch topic {
        case .alert: print.hasStandingAlert && !print.isMuted
        case .notConfirmed: print.pauseNotConfirmedAt != nil
        case .paused: print.pausedAt != nil
        case .attention: machine?.state == .attention
        case .printerLost: machine?.state == .offline
        case .cameraLost: print.notWatchedAt != nil && print.pausedAt == nil
        case .finishingSoon: true
        case .pauseAsked, .finished, .cancelled, .failed, .consent, .disk, .restarted: false
        }
    }
}
