internal import Farm
internal import FoundationEssentials

/// A webhook of Discord (discord.com/developers/docs/resources/webhook): an embed with the picture in it, and the answers as
/// links, as only a bot's own webhooks may have buttons.
extension NotifyChannel {
    private static let longestTitle = 256
    private static let longestDescription = 4096

    func discordCall(_ message: ChannelMessage) -> HTTPCall {
        var text = Self.escaped(message.body)
        if !message.answers.isEmpty {
            let links = message.answers.map { "[\($0.answer.label)](<\($0.page)>)" }.joined(separator: " · ")
            text = cut(text, utf16: Self.longestDescription - links.utf16.count - 2) + "\n\n" + links
        }
        var embed: [String: JSON] = [
            "title": .text(cut(Self.escaped(message.title), utf16: Self.longestTitle)),
            "description": .text(cut(text, utf16: Self.longestDescription)), "color": .number(Self.color(message)),
        ]
        if message.picture != nil { embed["image"] = .object(["url": "attachment://frame.jpg"]) }
        let body = JSON.object([
            "username": "farmtop", "embeds": .list([.object(embed)]),
            // No name of a file rings for everybody.
            "allowed_mentions": .object(["parse": .list([])]),
        ])
        let address = url + (url.contains("?") ? "&" : "?") + "wait=true"
        guard let picture = message.picture else {
            return HTTPCall(address, type: "application/json", body: body.bytes)
        }
        var form = MultipartBody(id: message.deliveryID)
        form.add("payload_json", body.string, type: "application/json")
        form.add("files[0]", file: "frame.jpg", type: "image/jpeg", picture)
        form.end()
        return HTTPCall(address, type: form.contentType, body: form.bytes)
    }

    /// What would be read as markup stands as it is.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\*_~`|>#[]()@<".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }

    private static func color(_ message: ChannelMessage) -> Int64 {
        if message.notification.form == .recovery { return 0x2E_A0_43 }
        return switch message.severity {
        case .critical: 0xD7_3A_49
        case .warning: 0xE3_A0_08
        case .info: 0x3B_82_C4
        }
    }

    func discordOutcome(_ status: Int, _ wait: Int?, _ body: [UInt8]) -> DeliveryOutcome {
        let answer = try? JSONDecoder().decode(DiscordAnswer.self, from: Data(body))
        let asked = answer?.retryAfter.map { Int(min(max($0, 0), 86_400).rounded(.up)) }
        return plainOutcome(status, asked ?? wait, body, words: answer?.message)
    }
}

/// `{"message": "You are being rate limited.", "retry_after": 0.3, "global": false, "code": 0}`
private struct DiscordAnswer: Decodable {
    var message: String?
    /// Seconds.
    var retryAfter: Double?
    private enum CodingKeys: String, CodingKey {
        case message
        case retryAfter = "retry_after"
    }
}
