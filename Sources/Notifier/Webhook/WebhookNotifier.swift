public import Farm
public import Logging

/// Delivers the notices of the outbox to one webhook.
public final class WebhookNotifier: FarmNotifier {
    /// The address of a frame's picture, made when it is sent: it holds for a day from then.
    public typealias PictureAddress = @Sendable (PrinterID, FrameKey) -> String

    private let delivery: Delivery<NoticeRoute>

    /// Counts what waits, which blocks for a moment.
    /// - Parameter steady: by which notices grow old.
    /// - Throws: what the outbox throws.
    public convenience init(
        target: WebhookTarget, outbox: any WebhookOutbox, version: String, pictureAddress: @escaping PictureAddress,
        now: @escaping @Sendable () -> Timestamp, steady: SteadySource, logger: Logger
    ) throws {
        // No file lies beside a request.
        var tools = DeliveryTools.live(version: version, temporaryFolder: "/tmp", now: now, logger: logger)
        tools.steady = { steady.now }
        try self.init(target: target, outbox: outbox, pictureAddress: pictureAddress, tools: tools)
    }

    init(
        target: WebhookTarget, outbox: any WebhookOutbox, pictureAddress: @escaping PictureAddress,
        tools: DeliveryTools
    ) throws {
        delivery = Delivery(
            NoticeRoute(target: target, outbox: outbox, pictureAddress: pictureAddress),
            pending: try outbox.pendingNoticeCount(), tools: tools)
    }

    public var status: ChannelStatus { delivery.status }

    public func wake() { delivery.wake() }

    /// Delivers until the task is cancelled.
    public func run() async { await delivery.run() }

    public func sendTest() async -> ChannelTestResult { await delivery.sendTest() }
}
