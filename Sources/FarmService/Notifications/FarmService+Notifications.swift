import Dispatch
public import Farm

extension FarmService {
    /// How answers came in since the start.
    public var answerFigures: AnswerFigures { state.notifications.answers }

    /// - Throws: `noSuchChannel` where none is configured.
    func configuredChannels() throws(FarmError) -> any NotificationChannels {
        guard let channels, !channels.statuses.isEmpty else { throw .noSuchChannel(nil) }
        return channels
    }

    /// The newest picture of any printer, for a test message; nil where there is none.
    func newestPicture() async -> [UInt8]? {
        let newest = state.printers.values.compactMap(\.snapshotKey).max {
            ($0.printID, $0.number) < ($1.printID, $1.number)
        }
        guard let newest else { return nil }
        return try? await picture(newest).jpeg
    }

    /// What there is to tell, oldest first.
    package var occasions: [Occasion] { state.notifications.sorted }

    /// What an occasion is about, for the page that asks whether it is meant so; nil for one that nothing is known of any more.
    public func occasion(_ id: OccasionID) -> Occasion? { state.notifications.occasions[id] }
}
