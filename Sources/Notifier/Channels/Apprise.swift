internal import Farm

/// The Apprise API (appriseit.com/api): one POST to `/notify/KEY`, from where it goes to any of its services.
extension NotifyChannel {
    func appriseCall(_ message: ChannelMessage) -> HTTPCall {
        var type: String
        switch message.severity {
        case .critical: type = "failure"
        case .warning: type = "warning"
        case .info: type = "info"
        }
        if message.notification.form == .recovery { type = "success" }
        var text = message.body
        if !message.answers.isEmpty {
            text += "\n\n" + message.answers.map { "\($0.answer.label): \($0.page)" }.joined(separator: "\n")
        }
        // An empty body is refused.
        if text.isEmpty { text = message.title }
        guard let picture = message.picture else {
            let body = JSON.object([
                "title": .text(message.title), "body": .text(text), "type": .text(type), "format": "text",
            ])
            return HTTPCall(url, type: "application/json", body: body.bytes)
        }
        var form = MultipartBody(id: message.deliveryID)
        form.add("title", message.title)
        form.add("body", text)
        form.add("type", type)
        form.add("format", "text")
        form.add("attach", file: "frame.jpg", type: "image/jpeg", picture)
        form.end()
        return HTTPCall(url, type: form.contentType, body: form.bytes)
    }

    func appriseOutcome(_ status: Int, _ wait: Int?, _ body: [UInt8]) -> DeliveryOutcome {
        switch status {
        case 204:
            .declined(
                words: "answered 204: no service is configured under this key", retryAfterSeconds: wait, isFinal: false,
                isForAll: true)
        case 424:
            .declined(
                words: "answered 424: at least one of its services did not take it", retryAfterSeconds: wait,
                isFinal: false, isForAll: false)
        default: plainOutcome(status, wait, body)
        }
    }
}
