internal import Farm

/// E-mail by curl, which reads the address, the password and everything else on its standard input, so that no list of
/// processes shows them. `smtp://` is used with STARTTLS or not at all, except on this machine.
extension NotifyChannel {
    private static let deadlineSeconds = 60

    func mailCall(_ message: ChannelMessage) -> ProgramCall {
        var lines = [
            "url = \(Self.quoted(url))", "mail-from = \(Self.quoted(from))", "upload-file = \"{MESSAGE}\"", "silent",
            "show-error", "tlsv1.2", "connect-timeout = 10", "max-time = \(Self.deadlineSeconds)",
            "write-out = \"%{response_code}\"", "proto = \"=smtp,smtps\"",
            // One address that the server does not want takes the mail from nobody else; which one it was only the dialogue tells.
            "mail-rcpt-allowfails", "verbose",
        ]
        lines += to.map { "mail-rcpt = \(Self.quoted($0))" }
        if !user.isEmpty { lines.append("user = \(Self.quoted("\(user):\(token)"))") }
        if !caFile.isEmpty { lines.append("cacert = \(Self.quoted(caFile))") }
        if !isOnThisMachine { lines.append("ssl-reqd") }
        return ProgramCall(
            argv: ["curl", "-q", "--config", "-"], input: Array(lines.joined(separator: "\n").utf8),
            files: [
                ProgramCall.File(
                    mark: "{MESSAGE}", name: "message.eml", bytes: MailMessage.bytes(message, from: from, to: to),
                    isNamedInInput: true)
            ], timeout: .seconds(Self.deadlineSeconds + 5))
    }

    private var isOnThisMachine: Bool {
        ["smtp://127.0.0.1", "smtp://localhost", "smtp://[::1]"].contains { start in
            guard url.hasPrefix(start) else { return false }
            let rest = url.dropFirst(start.count)
            return rest.isEmpty || rest.first == ":" || rest.first == "/"
        }
    }

    /// As a configuration of curl wants it. The configuration refuses control characters.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// By curl's exit code (curl.se/docs/manpage.html, EXIT CODES) and the server's last reply (RFC 5321 §4.2.1).
    func mailOutcome(_ code: Int32, _ output: [UInt8], _ errors: [UInt8]) -> DeliveryOutcome {
        let reply = Int(String(decoding: output.prefix(8), as: UTF8.self)) ?? 0
        let dialogue = MailDialogue(errors)
        if code == 0 {
            let words = reply == 0 ? "sent" : "\(reply)"
            guard !dialogue.refused.isEmpty else { return .accepted(words) }
            let list = dialogue.refused.map { "\($0.address) (\($0.reply))" }.joined(separator: ", ")
            return .acceptedInPart(
                words,
                remark: publicWords(
                    "The server refused \(dialogue.refused.count) of \(to.count) recipients: \(list). The others have it."
                ))
        }
        let said = publicWords(dialogue.complaint)
        let words = said.isEmpty ? "curl ended with exit code \(code)" : said
        switch code {
        // No such host, no connection, no TLS, time-out before a word.
        case 5, 6, 7, 28, 35, 58, 59, 60, 77, 83: return .unreachable(reason: words)
        // The login is refused: mended by the configuration.
        case 67:
            return .declined(words: words, retryAfterSeconds: nil, isFinal: false, isForAll: true)
        case 126, 127:
            return .unreachable(reason: "the program curl is not installed: apt-get install curl")
        default:
            // 5xx is for good, except for what a login would mend.
            let isFinal = (500..<600).contains(reply) && ![530, 534, 535, 538].contains(reply)
            return .declined(words: words, retryAfterSeconds: nil, isFinal: isFinal, isForAll: false)
        }
    }
}
