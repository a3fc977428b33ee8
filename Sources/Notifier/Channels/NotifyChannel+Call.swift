extension NotifyChannel {
    /// How this message is sent.
    func call(_ message: ChannelMessage) -> ChannelCall {
        switch kind {
        case .ntfy: .http(ntfyCall(message))
        case .telegram: .http(telegramCall(message))
        case .discord: .http(discordCall(message))
        case .slack: .http(slackCall(message))
        case .apprise: .http(appriseCall(message))
        case .webhook: .http(webhookCall(message))
        case .email: .program(mailCall(message))
        case .exec: .program(execCall(message))
        }
    }

    /// What the answer of the service means.
    func outcome(_ answer: ChannelAnswer) -> DeliveryOutcome {
        switch (kind, answer) {
        case (.email, .program(let code, let output, let errors)): mailOutcome(code, output, errors)
        case (_, .program(let code, _, let errors)): execOutcome(code, errors)
        case (.telegram, .http(let status, let wait, let body)): telegramOutcome(status, wait, body)
        case (.discord, .http(let status, let wait, let body)): discordOutcome(status, wait, body)
        case (.apprise, .http(let status, let wait, let body)): appriseOutcome(status, wait, body)
        case (_, .http(let status, let wait, let body)): plainOutcome(status, wait, body)
        }
    }

    /// By the status alone.
    /// - Parameter words: the service's own, where its answer has some.
    func plainOutcome(_ status: Int, _ wait: Int?, _ body: [UInt8], words: String? = nil) -> DeliveryOutcome {
        DeliveryOutcome(
            status: status, retryAfterSeconds: wait, words: publicWords(words ?? Self.text(of: body)), setting: "url",
            passing: [401, 403, 404, 408, 410, 425, 429], isForAll: status == 429 || status == 503)
    }

    /// Pages of proxies are nothing to read.
    private static func text(of body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(2000), as: UTF8.self)
        return text.hasPrefix("<") ? "" : text
    }
}
