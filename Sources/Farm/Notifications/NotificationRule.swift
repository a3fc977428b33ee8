import Text

/// When a channel speaks, and of what.
public struct NotificationRule: Equatable, Sendable {
    /// The channel's name.
    public var channel: String
    /// What it speaks of; nothing else is told.
    public var topics: Set<NotificationTopic>
    /// Printers by name; empty with `tags` empty: all.
    public var printers: Set<String> = []
    /// Printers with any of these tags count as well; empty with `printers` empty: all.
    public var tags: Set<String> = []
    /// Alerts under this failure probability wait until it is reached. 0...1.
    public var fromProbability = 0.0
    /// Nil: none.
    public var quietHours: DailyHours?
    /// What is told in quiet hours all the same.
    public var breaksQuiet = NotificationSeverity.critical
    /// For quiet hours and for times in messages.
    public var clock: LocalClock
    /// Nil: said once.
    public var repeatEvery: Duration?
    /// The channel that is told when nobody answers.
    public var escalateTo: String?
    /// From the first message on; counts only with `escalateTo`.
    public var escalateAfter = Duration.seconds(600)
    /// Messages in any hour, 1 or more.
    public var perHour = 20
    /// How long before its end a print is told of.
    public var finishingWithin = Duration.seconds(900)
    /// What may be answered from a message of this channel.
    public var answers: Set<NotificationAnswer> = [.acknowledge, .dismiss, .mute]

    public init(channel: String, topics: Set<NotificationTopic> = Set(NotificationTopic.standard), clock: LocalClock) {
        self.channel = channel
        self.topics = topics
        self.clock = clock
    }

    /// - Parameter tags: of the printer.
    public func concerns(_ occasion: Occasion, tags printerTags: Set<String>) -> Bool {
        guard topics.contains(occasion.topic) else { return false }
        guard occasion.printerID != nil, !printers.isEmpty || !tags.isEmpty else { return true }
        return printers.contains(occasion.printerName) || !tags.isDisjoint(with: printerTags)
    }

    /// What a real message would meet at this moment, in a sentence; nil outside the quiet hours, and where they hold nothing back.
    public func quietWords(at moment: Timestamp) -> String? {
        guard let hours = quietHours, isQuiet(at: moment), breaksQuiet > .info else { return nil }
        let told = breaksQuiet == .critical ? "critical" : "critical or a warning"
        return
            "Its quiet hours are on until \(LocalClock.text(ofMinute: hours.end)) (\(clock.zone)): a real message that is not "
            + "\(told) waits until then."
    }

    /// Whether the moment lies within the quiet hours, by the rule's own zone.
    public func isQuiet(at moment: Timestamp) -> Bool {
        quietHours?.contains(minute: clock.minuteOfDay(moment)) ?? false
    }
}

/// Hours of each day in local time; `22:00-07:00` goes over midnight.
public struct DailyHours: Equatable, Sendable {
    /// Minutes since midnight, 0..<1440.
    public var start: Int
    /// Minutes since midnight, 0..<1440; not part of the hours themselves.
    public var end: Int

    public init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }

    /// - Parameter minute: of the local day, 0..<1440.
    public func contains(minute: Int) -> Bool {
        start <= end ? (start..<end).contains(minute) : minute >= start || minute < end
    }
}

/// What the clocks on the wall of a time zone show.
public struct LocalClock: Equatable, Sendable {
    /// IANA: `Europe/Berlin`.
    public var zone: String
    /// Seconds that the zone is ahead of UTC at a moment.
    public var offset: @Sendable (Timestamp) -> Int

    public init(zone: String, offset: @escaping @Sendable (Timestamp) -> Int) {
        self.zone = zone
        self.offset = offset
    }

    /// For tests, and where no zone is known.
    public static let utc = Self(zone: "UTC") { _ in 0 }

    public static func == (a: Self, b: Self) -> Bool { a.zone == b.zone }

    /// 0..<1440.
    public func minuteOfDay(_ moment: Timestamp) -> Int {
        let time = CivilTime(moment + .seconds(offset(moment)))
        return time.hour * 60 + time.minute
    }

    /// `03:12`
    public func timeOfDay(_ moment: Timestamp) -> String {
        Self.text(ofMinute: minuteOfDay(moment))
    }

    /// `07:00`
    /// - Parameter minute: of the day, 0..<1440.
    static func text(ofMinute minute: Int) -> String {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }
}
