internal import FoundationEssentials

/// A tap on a button (`callback_query`), as `getUpdates` tells of it. All of it is untrusted.
struct TelegramTap: Equatable, Sendable {
    var queryID: String
    /// What the button carries.
    var data: String
    var chat: Int64?
    var message: Int64?
    var user: Int64
    var userName: String
}

/// What `getUpdates` answered.
struct TelegramUpdates: Equatable, Sendable {
    var taps: [TelegramTap] = []
    /// What is asked for next: one more than the highest number seen; nil: nothing came.
    var next: Int64?

    /// Nil when it is no answer of the Bot API. What is no tap is passed over.
    init?(_ body: [UInt8]) {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)), answer.ok,
            let updates = answer.result
        else { return nil }
        // One that cannot be read must not hold up the others for ever.
        for update in updates.compactMap(\.update) {
            let following = update.id < .max ? update.id + 1 : update.id
            next = max(next ?? .min, following)
            guard let query = update.query, let data = query.data, data.utf8.count <= 64, query.id.utf8.count <= 128
            else { continue }
            taps.append(
                TelegramTap(
                    queryID: query.id, data: data, chat: query.message?.chat.id, message: query.message?.id,
                    user: query.from.id, userName: query.from.username ?? query.from.firstName ?? ""))
        }
    }

    private struct Answer: Decodable {
        var ok: Bool
        var result: [Readable]?
    }
    /// An update, where it is one.
    private struct Readable: Decodable {
        var update: Update?
        init(from decoder: any Decoder) { update = try? Update(from: decoder) }
    }
    private struct Update: Decodable {
        var id: Int64
        var query: Query?
        private enum CodingKeys: String, CodingKey {
            case id = "update_id"
            case query = "callback_query"
        }
        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            id = try values.decode(Int64.self, forKey: .id)
            query = try? values.decode(Query.self, forKey: .query)
        }
    }
    private struct Query: Decodable {
        struct User: Decodable {
            var id: Int64
            var username: String?
            var firstName: String?
            private enum CodingKeys: String, CodingKey {
                case id, username
                case firstName = "first_name"
            }
        }
        struct Message: Decodable {
            struct Chat: Decodable { var id: Int64 }
            var id: Int64
            var chat: Chat
            private enum CodingKeys: String, CodingKey {
                case id = "message_id"
                case chat
            }
        }
        var id: String
        var from: User
        var message: Message?
        var data: String?
    }
}

extension NotifyChannel {
    /// Only in the configured chat, and there only the configured people.
    func accepts(_ tap: TelegramTap) -> Bool {
        tap.chat == chat && (users.isEmpty || users.contains(tap.user))
    }

    /// What Telegram is asked next.
    func telegramPoll(after offset: Int64?, seconds: Int) -> HTTPCall {
        var body: [String: JSON] = [
            "timeout": .number(Int64(seconds)), "limit": .number(20), "allowed_updates": .list(["callback_query"]),
        ]
        if let offset { body["offset"] = .number(offset) }
        return HTTPCall(telegramAddress("getUpdates"), type: "application/json", body: JSON.object(body).bytes)
    }

    /// Ends the waiting mark on the button and shows a sentence.
    func telegramReply(to tap: TelegramTap, _ text: String) -> HTTPCall {
        let body = JSON.object([
            "callback_query_id": .text(tap.queryID), "text": .text(cut(text, utf16: 200)), "show_alert": false,
        ])
        return HTTPCall(telegramAddress("answerCallbackQuery"), type: "application/json", body: body.bytes)
    }

    /// Other buttons, or none, below the message.
    func telegramButtons(under tap: TelegramTap, _ buttons: [(label: String, token: String)]) -> HTTPCall? {
        guard let message = tap.message, let chat = tap.chat else { return nil }
        let rows = buttons.map { button in
            JSON.list([.object(["text": .text(button.label), "callback_data": .text(button.token)])])
        }
        let body = JSON.object([
            "chat_id": .number(chat), "message_id": .number(message),
            "reply_markup": .object(["inline_keyboard": .list(rows)]),
        ])
        return HTTPCall(telegramAddress("editMessageReplyMarkup"), type: "application/json", body: body.bytes)
    }
}
