import Foundation

@testable import Notifier

/// What a service got.
struct FakeRequest: Sendable {
    var method: String
    var path: String
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]

    init(method: String, path: String, headers: [String: String], body: [UInt8]) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    init(_ call: HTTPCall) {
        method = call.method
        let url = call.url
        let start = url.firstRange(of: "://")!.upperBound
        path = String(url[(url[start...].firstIndex(of: "/") ?? url.endIndex)...])
        headers = Dictionary(call.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
        body = call.body
    }

    var json: [String: Any]? { (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] }

    /// The parts of a form, by name; nil when it is none.
    var form: [String: [UInt8]]? {
        guard let type = headers["content-type"], let mark = type.firstRange(of: "boundary=") else { return nil }
        let boundary = Array("--\(type[mark.upperBound...])".utf8)
        var parts: [String: [UInt8]] = [:]
        var rest = body[...]
        guard rest.starts(with: boundary) else { return nil }
        while rest.starts(with: boundary), !rest.dropFirst(boundary.count).starts(with: Array("--".utf8)) {
            rest = rest.dropFirst(boundary.count + 2)
            guard let headEnd = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
            let head = String(decoding: rest[..<headEnd.lowerBound], as: UTF8.self)
            guard let next = rest.firstRange(of: Array("\r\n".utf8) + boundary) else { return nil }
            guard let nameStart = head.firstRange(of: "name=\"")?.upperBound,
                let nameEnd = head[nameStart...].firstIndex(of: "\"")
            else { return nil }
            parts[String(head[nameStart..<nameEnd])] = Array(rest[headEnd.upperBound..<next.lowerBound])
            rest = rest[next.lowerBound...].dropFirst(2)
        }
        return parts
    }

    func text(_ part: String) -> String? { form?[part].map { String(decoding: $0, as: UTF8.self) } }
}

struct FakeReply: Sendable, Equatable {
    var status: Int
    var headers: [String: String] = [:]
    var body: String
}

/// ntfy as docs.ntfy.sh/publish and its table of error codes describe it.
enum FakeNtfy {
    static let token = "tk_secretcanary"

    static func reply(to request: FakeRequest) -> FakeReply {
        func error(_ status: Int, _ code: Int, _ words: String) -> FakeReply {
            FakeReply(status: status, body: #"{"code":\#(code),"http":\#(status),"error":"\#(words)"}"#)
        }
        let topic = request.path.dropFirst()
        guard request.method == "PUT" || request.method == "POST",
            topic.wholeMatch(of: /[-_A-Za-z0-9]{1,64}/) != nil
        else { return error(404, 40401, "page not found") }
        guard request.headers["authorization"] == "Bearer \(token)" else { return error(403, 40301, "forbidden") }
        for (_, value) in request.headers where !value.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) {
            return error(400, 40000, "a header is no header")
        }
        if let priority = request.headers["priority"], !["1", "2", "3", "4", "5"].contains(priority) {
            return error(400, 40007, "invalid request: priority invalid")
        }
        if let actions = request.headers["actions"] {
            guard let list = (try? JSONSerialization.jsonObject(with: Data(actions.utf8))) as? [[String: Any]],
                list.count <= 3, list.allSatisfy({ $0["label"] is String && $0["url"] is String })
            else { return error(400, 40018, "invalid request: actions invalid") }
        }
        if request.headers["filename"] != nil {
            guard request.body.count <= 15 << 20 else {
                return error(413, 41301, "attachment too large, or bandwidth limit reached")
            }
            guard let message = request.headers["message"], message.utf8.count <= 8192 else {
                return error(400, 40000, "message missing or too long")
            }
        } else if request.body.count > 4096 {
            return error(413, 41302, "message too large")
        }
        return FakeReply(status: 200, body: #"{"id":"sPs71M8A2T","event":"message","topic":"\#(topic)"}"#)
    }
}

/// The Bot API of Telegram as core.telegram.org/bots/api describes it.
enum FakeTelegram {
    static let token = "123456:AAsecretcanary"
    static let chat = -100_200

    static func error(_ status: Int, _ words: String, retryAfter: Int? = nil) -> FakeReply {
        let parameters = retryAfter.map { #","parameters":{"retry_after":\#($0)}"# } ?? ""
        return FakeReply(
            status: status,
            body: #"{"ok":false,"error_code":\#(status),"description":"\#(words)"\#(parameters)}"#)
    }

    static func reply(to request: FakeRequest) -> FakeReply {
        guard request.path.hasPrefix("/bot\(token)/") else { return error(401, "Unauthorized") }
        let method = request.path.split(separator: "/").last.map(String.init) ?? ""
        switch method {
        case "sendMessage":
            guard let body = request.json else { return error(400, "Bad Request: can't parse JSON") }
            guard body["chat_id"] as? Int == chat else { return error(400, "Bad Request: chat not found") }
            guard let text = body["text"] as? String, !text.isEmpty else {
                return error(400, "Bad Request: message text is empty")
            }
            guard text.utf16.count <= 4096 else { return error(400, "Bad Request: message is too long") }
            return buttons(body["reply_markup"]) ?? sent
        case "sendPhoto":
            guard request.text("chat_id") == String(chat) else { return error(400, "Bad Request: chat not found") }
            guard let photo = request.form?["photo"], photo.starts(with: [0xFF, 0xD8]) else {
                return error(400, "Bad Request: IMAGE_PROCESS_FAILED")
            }
            guard (request.text("caption") ?? "").utf16.count <= 1024 else {
                return error(400, "Bad Request: message caption is too long")
            }
            let markup = request.form?["reply_markup"].flatMap { try? JSONSerialization.jsonObject(with: Data($0)) }
            return buttons(markup) ?? sent
        default: return error(404, "Not Found")
        }
    }

    private static let sent = FakeReply(status: 200, body: #"{"ok":true,"result":{"message_id":1}}"#)

    private static func buttons(_ markup: Any?) -> FakeReply? {
        guard let markup = markup as? [String: Any] else { return nil }
        guard let rows = markup["inline_keyboard"] as? [[[String: Any]]] else {
            return error(400, "Bad Request: can't parse inline keyboard button")
        }
        for button in rows.flatMap({ $0 }) {
            guard let data = button["callback_data"] as? String, (1...64).contains(data.utf8.count),
                let text = button["text"] as? String, !text.isEmpty
            else { return error(400, "Bad Request: BUTTON_DATA_INVALID") }
        }
        return nil
    }
}

/// A webhook of Discord as discord.com/developers/docs/resources/webhook and its limits of embeds describe it.
enum FakeDiscord {
    static let path = "/api/webhooks/245037420704169985/secret-canary-of-the-hook"

    static func reply(to request: FakeRequest) -> FakeReply {
        guard request.path == path + "?wait=true" else {
            return FakeReply(status: 404, body: #"{"message": "Unknown Webhook", "code": 10015}"#)
        }
        let invalid = FakeReply(status: 400, body: #"{"message": "Invalid Form Body", "code": 50035}"#)
        let payload = request.form?["payload_json"] ?? request.body
        guard let body = (try? JSONSerialization.jsonObject(with: Data(payload))) as? [String: Any],
            let embeds = body["embeds"] as? [[String: Any]], embeds.count <= 10
        else { return FakeReply(status: 400, body: #"{"message": "Cannot send an empty message", "code": 50006}"#) }
        for embed in embeds {
            guard let title = embed["title"] as? String, title.utf16.count <= 256,
                let text = embed["description"] as? String, text.utf16.count <= 4096,
                title.utf16.count + text.utf16.count <= 6000, !(title + text).isEmpty
            else { return invalid }
            if let image = embed["image"] as? [String: Any], let url = image["url"] as? String,
                url.hasPrefix("attachment://"), request.form?["files[0]"] == nil
            {
                return invalid
            }
        }
        return FakeReply(status: 200, body: #"{"id": "1"}"#)
    }

    static func limited(_ seconds: Double) -> FakeReply {
        FakeReply(
            status: 429, headers: ["Retry-After": "3"],
            body: #"{"message": "You are being rate limited.", "retry_after": \#(seconds), "global": false}"#)
    }
}

/// An incoming webhook of Slack as api.slack.com/messaging/webhooks describes it.
enum FakeSlack {
    static let path = "/services/T000/B000/secretcanary"

    static func reply(to request: FakeRequest) -> FakeReply {
        guard request.path == path else { return FakeReply(status: 404, body: "no_service") }
        guard let body = request.json, let text = body["text"] as? String, !text.isEmpty else {
            return FakeReply(status: 400, body: "invalid_payload")
        }
        for block in body["blocks"] as? [[String: Any]] ?? [] {
            let type = block["type"] as? String
            let words = (block["text"] as? [String: Any])?["text"] as? String ?? ""
            switch type {
            case "header": guard (1...150).contains(words.utf16.count) else { return invalid }
            case "section": guard (1...3000).contains(words.utf16.count) else { return invalid }
            case "image": guard block["image_url"] is String, block["alt_text"] is String else { return invalid }
            default: return invalid
            }
        }
        return FakeReply(status: 200, body: "ok")
    }

    private static let invalid = FakeReply(status: 400, body: "invalid_blocks")
}

/// The Apprise API as appriseit.com/api describes it.
enum FakeApprise {
    static func reply(to request: FakeRequest) -> FakeReply {
        guard request.path == "/notify/farm" else { return FakeReply(status: 204, body: "") }
        let isForm = request.headers["content-type"]?.hasPrefix("multipart/") ?? false
        func value(_ name: String) -> String? { isForm ? request.text(name) : request.json?[name] as? String }
        guard let body = value("body"), !body.isEmpty,
            ["info", "success", "warning", "failure"].contains(value("type") ?? "info"),
            ["text", "markdown", "html"].contains(value("format") ?? "text")
        else { return FakeReply(status: 400, body: "Bad message format") }
        return FakeReply(status: 200, body: "OK")
    }
}
