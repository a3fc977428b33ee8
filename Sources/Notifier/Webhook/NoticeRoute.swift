internal import Farm
internal import Text

/// The notices of the webhook, in the order of their printer: Obico's events as JSON, signed, to `[webhook]` of the configuration.
struct NoticeRoute: DeliveryRoute {
    let target: WebhookTarget
    let outbox: any WebhookOutbox
    /// The address of a frame's picture, made when it is sent: it holds for a day from then.
    let pictureAddress: @Sendable (PrinterID, FrameKey) -> String

    var deadline: Duration { .seconds(10) }
    var title: String { "Webhook \(target)" }
    var freshStatus: ChannelStatus { .webhook(receiver: target.origin, isSigned: target.secret != nil) }

    func name(of pending: PendingNotice) -> String {
        let notice = pending.notice
        return notice.kind.rawValue + (notice.printID.map { " of print \($0)" } ?? " of printer \(notice.printerID)")
    }

    func waiting(after id: NoticeID, limit: Int) throws -> [PendingNotice] {
        try outbox.pendingNotices(after: id, limit: limit)
    }

    func settle(_ changes: [OutboxChange<PendingNotice>]) throws { try outbox.settle(changes) }

    /// What happened stays true, however late it is told.
    func calls(for pending: PendingNotice, in _: [PendingNotice], at _: Timestamp) throws -> [ChannelCall] {
        let notice = pending.notice
        var picture = ""
        if let print = notice.printID, let frame = notice.frame {
            picture = pictureAddress(notice.printerID, FrameKey(printID: print, number: frame))
        }
        let body = try WebhookPayload(notice: notice, imageURL: picture).encoded()
        return [call(body, delivery: notice.deliveryID, event: notice.kind.rawValue)]
    }

    func testRemark(at _: Timestamp) -> String? { nil }

    func testCalls(at _: Timestamp, picture _: TestPicture?, else _: [UInt8]) -> [ChannelCall] {
        let id = Hexadecimal.text((0..<16).map { _ in UInt8.random(in: .min ... .max) })
        return [call(WebhookPayload.test, delivery: id, event: "TestEvent")]
    }

    private func call(_ body: [UInt8], delivery: String, event: String) -> ChannelCall {
        var headers = [
            HTTPCall.Header(name: "X-Farmtop-Event", value: event),
            HTTPCall.Header(name: "X-Farmtop-Delivery", value: delivery),
        ]
        if let secret = target.secret {
            headers.append(
                HTTPCall.Header(name: "X-Farmtop-Signature", value: WebhookSignature.header(of: body, secret: secret)))
        }
        return .http(HTTPCall(target.url, type: "application/json", headers, body: body))
    }

    /// By the status alone: the answer's text is of no use.
    func outcome(_ answer: ChannelAnswer) -> DeliveryOutcome {
        guard case .http(let status, let seconds, _) = answer else {
            return .unanswered(reason: "it is no receiver of HTTP")
        }
        return DeliveryOutcome(
            status: status, retryAfterSeconds: seconds, setting: "webhook.url",
            passing: [401, 403, 404, 408, 425, 429],
            // Too many requests, or out of service: that is meant for all of them (RFC 9110 §10.2.3).
            isForAll: (status == 429 || status == 503) && seconds != nil)
    }
}

extension PendingNotice: OutboxItem {
    var createdAt: Timestamp { notice.createdAt }
    var createdSteady: SteadyTime? { notice.createdSteady }
    /// The printer.
    var line: Int64 { notice.printerID.rawValue }
}
