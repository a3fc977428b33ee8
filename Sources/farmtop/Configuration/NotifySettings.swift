import Farm
import Notifier
import Text

/// One `[[notify]]` table as it stands in the file: files are not read yet.
struct NotifySettings: Equatable, Sendable {
    static let section = "notify"

    var name = ""
    var kind = NotifyChannel.Kind.ntfy
    /// May hold a secret.
    var url = ""
    var urlFile = ""
    var tokenFile = ""
    var user = ""
    var from = ""
    var to: [String] = []
    var chat: Int64 = 0
    var users: [Int64] = []
    var argv: [String] = []
    var caFile = ""
    var sendsPicture = true
    /// Templates; empty: the usual text.
    var title = ""
    var text = ""
    var events = NotificationTopic.standard
    var printers: [String] = []
    var tags: [String] = []
    /// 0...1.
    var fromProbability = 0.0
    var quietHours = ""
    /// IANA; empty: the zone of this machine.
    var timeZone = ""
    var breaksQuiet = NotificationSeverity.critical
    /// 0: said once.
    var repeatMinutes: Int64 = 0
    var escalateTo = ""
    var escalateAfterMinutes: Int64 = 10
    var perHour: Int64 = 20
    var finishingWithinMinutes: Int64 = 15
    var answers: [NotificationAnswer] = [.acknowledge, .dismiss, .mute]
}

extension NotifySettings {
    /// A key of a `[[notify]]` table.
    struct Key: Sendable {
        let name: String
        /// What a value must be, to follow "expected".
        let expected: String
        /// Nil: every kind.
        var kinds: Set<NotifyChannel.Kind>?
        /// No message may show the value.
        var isSecret = false
        /// False when the value is not what the key takes.
        let read: @Sendable (TOMLNode, inout NotifySettings) -> Bool
    }

    private typealias Path<Value> = any WritableKeyPath<NotifySettings, Value> & Sendable

    private static func text(
        _ name: String, _ expected: String, _ path: Path<String>, kinds: Set<NotifyChannel.Kind>? = nil,
        isSecret: Bool = false, where isAllowed: @escaping @Sendable (String) -> Bool
    ) -> Key {
        Key(name: name, expected: expected, kinds: kinds, isSecret: isSecret) { node, settings in
            guard case .string(let value) = node, value.utf8.count <= 4096, isAllowed(value) else { return false }
            settings[keyPath: path] = value
            return true
        }
    }

    private static func file(_ name: String, _ path: Path<String>, kinds: Set<NotifyChannel.Kind>? = nil) -> Key {
        text(name, "an absolute path, or one that begins with ~/", path, kinds: kinds) {
            $0.hasPrefix("/") || $0.hasPrefix("~/")
        }
    }

    private static func whole(
        _ name: String, _ range: ClosedRange<Int64>, _ unit: String, _ path: Path<Int64>,
        kinds: Set<NotifyChannel.Kind>? = nil
    ) -> Key {
        Key(
            name: name, expected: "a whole number from \(range.lowerBound) to \(range.upperBound) (\(unit))",
            kinds: kinds
        ) { node, settings in
            guard case .integer(let value) = node, range.contains(value) else { return false }
            settings[keyPath: path] = value
            return true
        }
    }

    private static func list<Value: Sendable>(
        _ name: String, _ expected: String, _ path: Path<[Value]>, kinds: Set<NotifyChannel.Kind>? = nil,
        _ value: @escaping @Sendable (TOMLNode) -> Value?
    ) -> Key {
        Key(name: name, expected: expected, kinds: kinds) { node, settings in
            guard case .array(let nodes) = node, nodes.count <= 1000 else { return false }
            let values = nodes.compactMap(value)
            guard values.count == nodes.count else { return false }
            settings[keyPath: path] = values
            return true
        }
    }

    private static func words<Word: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: Path<[Word]>
    ) -> Key {
        let all = Word.allCases.map { JSONString.quoted($0.rawValue) }.joined(separator: ", ")
        return list(name, "a list of \(all)", path) { node in
            guard case .string(let text) = node else { return nil }
            return Word(rawValue: text)
        }
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: Path<Word>
    ) -> Key {
        let all = Word.allCases.map { JSONString.quoted($0.rawValue) }.joined(separator: ", ")
        return Key(name: name, expected: "one of \(all)") { node, settings in
            guard case .string(let text) = node, let word = Word(rawValue: text) else { return false }
            settings[keyPath: path] = word
            return true
        }
    }

    @Sendable private static func string(_ node: TOMLNode) -> String? {
        guard case .string(let text) = node, !text.isEmpty, text.utf8.count <= 4096, !text.utf8.contains(0) else {
            return nil
        }
        return text
    }

    @Sendable private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    @Sendable static func isMailAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && isPlain(text)
            && !text.contains(where: { "<>(),;: ".contains($0) }) && text.utf8.count <= 254
    }

    static let keys: [Key] = [
        text("name", "1 to 40 letters, digits, blanks, dots, dashes and underscores", \.name) { name in
            (1...40).contains(name.utf8.count) && name.first != " " && name.last != " "
                && name.utf8.allSatisfy { byte in
                    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                        || " ._-".utf8.contains(byte)
                }
        },
        word("kind", \.kind),
        text("url", "an address", \.url, isSecret: true) { !$0.isEmpty },
        file("url_file", \.urlFile),
        file("token_file", \.tokenFile, kinds: [.ntfy, .telegram, .email, .webhook]),
        text("user", "a user name without colon", \.user, kinds: [.ntfy, .email]) { isPlain($0) && !$0.contains(":") },
        text("from", "an e-mail address", \.from, kinds: [.email], where: isMailAddress),
        list("to", "a list of e-mail addresses", \.to, kinds: [.email]) { node in
            string(node).flatMap { isMailAddress($0) ? $0 : nil }
        },
        whole("chat", -9_007_199_254_740_991...9_007_199_254_740_991, "the chat's id", \.chat, kinds: [.telegram]),
        list("users", "a list of user ids", \.users, kinds: [.telegram]) { node in
            guard case .integer(let id) = node, id > 0 else { return nil }
            return id
        },
        list("argv", "a list of texts: a program and its arguments", \.argv, kinds: [.exec], string),
        file("ca_file", \.caFile, kinds: [.email]),
        Key(name: "picture", expected: "true or false") { node, settings in
            guard case .boolean(let value) = node else { return false }
            settings.sendsPicture = value
            return true
        },
        text("title", "a template", \.title) { _ in true },
        text("text", "a template", \.text) { _ in true },
        words("events", \.events),
        list("printers", "a list of printers' names", \.printers, string),
        list("tags", "a list of tags", \.tags, string),
        Key(name: "from_probability", expected: "a number from 0 to 1") { node, settings in
            let value: Double
            switch node {
            case .float(let number): value = number
            case .integer(let number): value = Double(number)
            default: return false
            }
            guard (0...1).contains(value) else { return false }
            settings.fromProbability = value
            return true
        },
        text("quiet_hours", "\"HH:MM-HH:MM\"", \.quietHours) { QuietHours($0) != nil },
        text("timezone", "a time zone as \"Europe/Berlin\"", \.timeZone) { LocalClock(zone: $0) != nil },
        word("breaks_quiet", \.breaksQuiet),
        whole("repeat_minutes", 0...1440, "minutes; 0: said once", \.repeatMinutes),
        text("escalate_to", "the name of another channel", \.escalateTo) { !$0.isEmpty },
        whole("escalate_after_minutes", 1...1440, "minutes", \.escalateAfterMinutes),
        whole("per_hour", 1...1000, "messages", \.perHour),
        whole("finishing_within_minutes", 1...1440, "minutes", \.finishingWithinMinutes),
        words("answers", \.answers),
    ]
}
