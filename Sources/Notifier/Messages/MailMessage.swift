internal import Farm
internal import FoundationEssentials
internal import Text

/// An e-mail (RFC 5322, RFC 2045): the text, and the picture as an attachment.
enum MailMessage {
    /// - Parameters:
    ///   - from: an address; checked by the configuration.
    ///   - to: addresses.
    static func bytes(_ message: ChannelMessage, from: String, to: [String]) -> [UInt8] {
        let boundary = "farmtop-\(message.deliveryID)"
        var lines = [
            "From: farmtop <\(from)>", "To: \(to.map { "<\($0)>" }.joined(separator: ", "))",
            "Subject: \(encodedWord(message.title))", "Date: \(date(message.notification.createdAt))",
            "Message-ID: <\(message.deliveryID)@farmtop.invalid>", "MIME-Version: 1.0",
            "Auto-Submitted: auto-generated",
            "X-Farmtop-Topic: \(message.notification.topicWord)",
            "Content-Type: multipart/mixed; boundary=\"\(boundary)\"", "", "--\(boundary)",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
        ]
        lines += base64(Array((message.mailText + "\n").utf8))
        if let picture = message.picture {
            lines += [
                "--\(boundary)", "Content-Type: image/jpeg; name=\"frame.jpg\"", "Content-Transfer-Encoding: base64",
                "Content-Disposition: attachment; filename=\"frame.jpg\"", "",
            ]
            lines += base64(picture)
        }
        lines += ["--\(boundary)--", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    private static func base64(_ bytes: [UInt8]) -> [String] {
        let text = Array(Data(bytes).base64EncodedString().utf8)
        return stride(from: 0, to: text.count, by: 76).map { start in
            String(decoding: text[start..<min(start + 76, text.count)], as: UTF8.self)
        }
    }

    /// `=?UTF-8?B?…?=` (RFC 2047), in words of at most 75 characters; plain where nothing needs it.
    static func encodedWord(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (32...126).contains($0) } && !text.contains("=?")
        if isPlain, text.utf8.count <= 200 { return text }
        var words: [String] = []
        var chunk = ""
        for character in text {
            if (chunk + String(character)).utf8.count > 45 {
                words.append(chunk)
                chunk = ""
            }
            chunk.append(character)
        }
        if !chunk.isEmpty { words.append(chunk) }
        return words.map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// `Sun, 29 Nov 2026 03:12:00 +0000`
    static func date(_ moment: Timestamp) -> String {
        let time = CivilTime(moment)
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = max(0, moment.microseconds) / 86_400_000_000
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(days[Int(day % 7)]), \(two(time.day)) \(months[time.month - 1]) \(time.year) "
            + "\(two(time.hour)):\(two(time.minute)):\(two(time.second)) +0000"
    }
}

extension ChannelMessage {
    fileprivate var mailText: String {
        let links = answers.map { "\($0.answer.label): \($0.page)" }
        return ([body] + (links.isEmpty ? [] : ["", "Answer:"] + links)).joined(separator: "\n")
    }
}
