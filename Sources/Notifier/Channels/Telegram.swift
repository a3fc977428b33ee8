internal import Farm
internal import FoundationEssentials

/// The Bot API of Telegram (core.telegram.org/bots/api): `sendPhoto` with the picture, else `sendMessage`.
extension NotifyChannel {
    private static let longestCaption = 1024
    private static let longestText = 4096

    /// Address of a method; the token is in it.
    func telegramAddress(_ method: String) -> String {
        var base = url.isEmpty ? Self.telegramAddress : url
        while base.hasSuffix("/") { base.removeLast() }
        return "\(base)/bot\(token)/\(method)"
    }

    func telegramCall(_ message: ChannelMessage) -> HTTPCall {
        let keyboard = Self.keyboard(message.answers)
        guard let picture = message.picture else {
            var body: [String: JSON] = [
                "chat_id": .number(chat), "text": .text(cut(message.plain, utf16: Self.longestText)),
                "disable_notification": .boolean(message.severity == .info),
                "link_preview_options": .object(["is_disabled": true]),
            ]
            if let keyboard { body["reply_markup"] = keyboard }
            return HTTPCall(
                telegramAddress("sendMessage"), type: "application/json", body: JSON.object(body).bytes)
        }
        var form = MultipartBody(id: message.deliveryID)
        form.add("chat_id", String(chat))
        form.add("caption", cut(message.plain, utf16: Self.longestCaption))
        form.add("disable_notification", message.severity == .info ? "true" : "false")
        if let keyboard { form.add("reply_markup", keyboard.string) }
        form.add("photo", file: "frame.jpg", type: "image/jpeg", picture)
        form.end()
        return HTTPCall(telegramAddress("sendPhoto"), type: form.contentType, body: form.bytes)
    }

    /// Two buttons a row; what is sent back on a tap is the token, at most 64 bytes.
    static func keyboard(_ answers: [AnswerLink]) -> JSON? {
        guard !answers.isEmpty else { return nil }
        let buttons = answers.map { link in
            JSON.object(["text": .text(link.answer.label), "callback_data": .text(link.token)])
        }
        let rows = stride(from: 0, to: buttons.count, by: 2).map { start in
            JSON.list(Array(buttons[start..<min(start + 2, buttons.count)]))
        }
        return .object(["inline_keyboard": .list(rows)])
    }

    func telegramOutcome(_ status: Int, _ wait: Int?, _ body: [UInt8]) -> DeliveryOutcome {
        let answer = try? JSONDecoder().decode(TelegramAnswer.self, from: Data(body))
        let outcome = plainOutcome(status, answer?.parameters?.retryAfter ?? wait, body, words: answer?.description)
        // A chat that is not there, or an id that is wrong, is mended by the configuration.
        if status == 400, let words = answer?.description?.lowercased(), words.contains("chat not found"),
            case .declined(let complaint, _, _, _) = outcome
        {
            return .declined(words: complaint, retryAfterSeconds: nil, isFinal: false, isForAll: true)
        }
        return outcome
    }
}

/// `{"ok": false, "error_code": 429, "description": "…", "parameters": {"retry_after": 5}}`
private struct TelegramAnswer: Decodable {
    struct Parameters: Decodable {
        var retryAfter: Int?
        private enum CodingKeys: String, CodingKey { case retryAfter = "retry_after" }
    }
    var description: String?
    var parameters: Parameters?
}
