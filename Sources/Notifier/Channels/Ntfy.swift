internal import Farm
internal import FoundationEssentials

/// ntfy (docs.ntfy.sh/publish): the picture is the body and everything else a header; without a picture the text is the body.
extension NotifyChannel {
    /// A message is cut by the server at 4096 bytes into an attachment.
    private static let longestText = 4000
    /// Buttons that the apps show.
    private static let buttons = 3

    func ntfyCall(_ message: ChannelMessage) -> HTTPCall {
        var headers = [
            HTTPCall.Header(name: "Title", value: Self.headerText(message.title)),
            HTTPCall.Header(name: "Priority", value: Self.priority(message)),
            HTTPCall.Header(name: "Tags", value: Self.tags(message)),
        ]
        if !token.isEmpty {
            let value =
                user.isEmpty ? "Bearer \(token)" : "Basic " + Data("\(user):\(token)".utf8).base64EncodedString()
            headers.append(HTTPCall.Header(name: "Authorization", value: value))
        }
        if !message.answers.isEmpty {
            let actions = Self.shown(message.answers).map(Self.action)
            headers.append(HTTPCall.Header(name: "Actions", value: JSON.list(Array(actions)).string))
        }
        let text = cut(message.body, utf8: Self.longestText)
        guard let picture = message.picture else {
            return HTTPCall(url, type: "text/plain; charset=utf-8", headers, body: Array(text.utf8))
        }
        headers.append(HTTPCall.Header(name: "Filename", value: "frame.jpg"))
        // The server makes line ends of these two characters.
        headers.append(
            HTTPCall.Header(name: "Message", value: Self.headerText(text.replacing("\n", with: "\\n"))))
        var call = HTTPCall(url, type: "image/jpeg", headers, body: picture)
        call.method = "PUT"
        return call
    }

    /// Those that there is room for: what an operator allowed beyond the usual answers comes before muting.
    private static func shown(_ answers: [AnswerLink]) -> [AnswerLink] {
        let order: [NotificationAnswer] = [.pause, .resume, .cancel, .dismiss, .acknowledge, .mute]
        let shown = Set(order.filter { answer in answers.contains { $0.answer == answer } }.prefix(buttons))
        return answers.filter { shown.contains($0.answer) }
    }

    /// RFC 2047, on one line.
    private static func headerText(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (32...126).contains($0) }
        return isPlain ? text : "=?UTF-8?B?\(Data(text.utf8).base64EncodedString())?="
    }

    /// 1 to 5; 3 is normal.
    private static func priority(_ message: ChannelMessage) -> String {
        switch message.severity {
        case .critical: "5"
        case .warning: "4"
        case .info: "3"
        }
    }

    /// Names of emoji, which the apps put before the title.
    private static func tags(_ message: ChannelMessage) -> String {
        if message.notification.form == .recovery { return "white_check_mark" }
        return switch message.severity {
        case .critical: "rotating_light"
        case .warning: "warning"
        case .info: "information_source"
        }
    }

    /// A tap acts at once; what needs a second one opens the page that asks.
    private static func action(_ link: AnswerLink) -> JSON {
        var action: [String: JSON] = [
            "label": .text(link.answer.label), "url": .text(link.page), "clear": true,
        ]
        action["action"] = link.answer.needsConfirmation ? "view" : "http"
        if !link.answer.needsConfirmation { action["method"] = "POST" }
        return .object(action)
    }
}
