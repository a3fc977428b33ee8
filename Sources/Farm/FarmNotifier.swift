/// Tells the world outside what happens in the farm, beside it and at its own pace.
public protocol FarmNotifier: Sendable {
    var status: ChannelStatus { get }
    /// New notices are in the outbox. Returns at once.
    func wake()
    /// Sends one message that means nothing, past the outbox, and says what came of it.
    func sendTest() async -> ChannelTestResult
}
