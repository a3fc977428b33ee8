internal import Farm

/// An incoming webhook of Slack (api.slack.com/messaging/webhooks). It takes no picture: Slack fetches it from the signed
/// address, where it can reach that.
extension NotifyChannel {
    private static let longestHeader = 150
    private static let longestText = 3000

    func slackCall(_ message: ChannelMessage) -> HTTPCall {
        var text = Self.escaped(message.body)
        if !message.answers.isEmpty {
            let links = message.answers.map { "<\($0.page)|\($0.answer.label)>" }.joined(separator: " · ")
            text = cut(text, utf16: Self.longestText - links.utf16.count - 2) + "\n\n" + links
        }
        var blocks: [JSON] = [
            .object([
                "type": "header",
                "text": .object([
                    "type": "plain_text", "text": .text(cut(message.title, utf16: Self.longestHeader)), "emoji": false,
                ]),
            ])
        ]
        if !text.isEmpty {
            blocks.append(
                .object([
                    "type": "section",
                    "text": .object(["type": "mrkdwn", "text": .text(cut(text, utf16: Self.longestText))]),
                ]))
        }
        if let address = message.pictureURL {
            blocks.append(
                .object(["type": "image", "image_url": .text(address), "alt_text": "The frame of the print"]))
        }
        let body = JSON.object([
            "text": .text(Self.escaped(message.title)), "blocks": .list(blocks), "unfurl_links": false,
        ])
        return HTTPCall(url, type: "application/json", body: body.bytes)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
