import Dispatch
public import Farm
import Logging

extension FarmService {
    /// How answers came in since the start.
    public var answerFigures: AnswerFigures { state.notifications.answers }

    /// - Throws: `noSuchChannel` where none is configured.
    func configuredChannels() throws(FarmError) -> any NotificationChannels {
        guard let channels, !channels.statuses.isEmpty else { throw .noSuchChannel(nil) }
        return channels
    }

    /// - Throws: `noSuchChannel` where none is configured.
    func configuredStatuses() throws(FarmError) -> [ChannelStatus] {
        _ = try configuredChannels()
        return channelStatuses
    }

    var channelStatuses: [ChannelStatus] {
        let state = state
        let hold = state.hold
        let (wall, steady) = (now(), steadyTime())
        let names = rules.contains(where: \.isSelective) ? state.printers.names.names : PrinterNames()
        return (channels?.statuses ?? []).map { status in
            var status = status
            status.hold = hold
            guard let rule = rules.first(where: { $0.channel == status.name }) else { return status }
            status.perHour = rule.perHour
            if let until = state.notifications.ledgers[rule.channel]?.fullUntil(limit: rule.perHour, at: steady) {
                status.fullUntil = (wall + .seconds(until.seconds(since: steady))).nextMinute
            }
            if rule.isSelective {
                status.printers = rule.printers.sorted()
                status.missing = MissingNames(rule, in: names)
            }
            return status
        }
    }

    /// Says once what a rule names and nobody is called: at the start, and when a printer is renamed or removed.
    /// - Returns: what is missing now, by channel.
    func tellOfMissingNames(
        _ channels: [ChannelStatus], told: [String: MissingNames]
    ) -> [String: MissingNames] {
        var missing: [String: MissingNames] = [:]
        for channel in channels {
            missing[channel.name] = channel.missing
            guard let names = channel.missing, told[channel.name] != names else { continue }
            logger.warning(
                "Channel \(channel.name): \(cleanedText(names.words, limit: 500)). \(MissingNames.remedy)")
        }
        return missing
    }

    /// The newest picture of any printer, for a test message; nil where there is none.
    func newestPicture() async -> TestPicture? {
        var newest: (printer: PrinterID, key: FrameKey)?
        for live in state.printers.values {
            guard let key = live.snapshotKey else { continue }
            if let found = newest?.key, (key.printID, key.number) <= (found.printID, found.number) { continue }
            newest = (live.printer.id, key)
        }
        guard let newest, let picture = try? await picture(newest.key) else { return nil }
        return TestPicture(printer: newest.printer, picture: picture)
    }

    /// What there is to tell, oldest first.
    package var occasions: [Occasion] { state.notifications.sorted }

    /// What an occasion is about, for the page that asks whether it is meant so; nil for one that nothing is known of any more.
    public func occasion(_ id: OccasionID) -> Occasion? { state.notifications.occasions[id] }
}

extension Timestamp {
    /// The full minute that follows, so that what is computed anew each second stays the same.
    fileprivate var nextMinute: Timestamp {
        Timestamp(secondsSince1970: (secondsSince1970 / 60).rounded(.down) * 60 + 60)
    }
}
