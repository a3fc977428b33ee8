/// What curl tells of its talk with a mail server (`verbose`): its own complaint, and the recipients that the server did not want.
/// The rest, with the login in it, goes no further.
struct MailDialogue: Equatable {
    struct Refusal: Equatable {
        var address: String
        /// `550 no such user here`
        var reply: String
    }
    /// `curl: (67) Login denied`; empty where it has none.
    private(set) var complaint = ""
    private(set) var refused: [Refusal] = []

    init(_ errors: [UInt8]) {
        var asked: String?
        for line in String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline) {
            if line.hasPrefix("curl: ") {
                complaint += (complaint.isEmpty ? "" : " ") + line
            } else if line.hasPrefix("> ") {
                asked = Self.recipient(line.dropFirst(2))
            } else if line.hasPrefix("< "), let address = asked {
                let reply = line.dropFirst(2)
                if reply.first == "4" || reply.first == "5" {
                    // Where an answer has several lines, the first one says it.
                    let code = reply.prefix(3), rest = reply.dropFirst(4)
                    refused.append(Refusal(address: address, reply: rest.isEmpty ? String(code) : "\(code) \(rest)"))
                }
                asked = nil
            }
        }
    }

    /// The address in a `RCPT TO` (RFC 5321 §4.1.1.3); nil for other commands.
    private static func recipient(_ command: Substring) -> String? {
        guard command.uppercased().hasPrefix("RCPT TO:<"), let end = command.firstIndex(of: ">") else { return nil }
        return String(command[..<end].dropFirst("RCPT TO:<".count))
    }
}
