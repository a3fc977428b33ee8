import Farm
package import Notifier
import Text

/// One `[[notify]]` table: a channel, and what of it lies in files that are not read yet.
package struct NotifySettings: Equatable, Sendable {
    package static let section = "notify"

    /// Without what the files hold.
    package var channel = NotifyChannel(
        name: "", kind: .ntfy, rule: NotificationRule(channel: "", clock: .ofMachine))
    package var urlFile = ""
    package var tokenFile = ""
    /// Begins with a slash, or with `~/`, as the others.
    package var caFile = ""
    /// Templates as they stand there; empty: the usual text.
    package var title = ""
    package var text = ""

    package init() {}
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
        text(name, expected, kinds: kinds, isSecret: isSecret) { value, settings in
            guard isAllowed(value) else { return false }
            settings[keyPath: path] = value
            return true
        }
    }

    /// - Parameter store: false when the text is not what the key takes.
    private static func text(
        _ name: String, _ expected: String, kinds: Set<NotifyChannel.Kind>? = nil, isSecret: Bool = false,
        store: @escaping @Sendable (String, inout NotifySettings) -> Bool
    ) -> Key {
        Key(name: name, expected: expected, kinds: kinds, isSecret: isSecret) { node, settings in
            guard case .string(let value) = node, value.utf8.count <= 4096, !value.utf8.contains(0) else {
                return false
            }
            return store(value, &settings)
        }
    }

    private static func file(_ name: String, _ path: Path<String>, kinds: Set<NotifyChannel.Kind>? = nil) -> Key {
        text(name, "an absolute path, or one that begins with ~/", path, kinds: kinds) {
            $0.hasPrefix("/") || $0.hasPrefix("~/")
        }
    }

    private static func whole(
        _ name: String, _ range: ClosedRange<Int64>, _ unit: String, kinds: Set<NotifyChannel.Kind>? = nil,
        store: @escaping @Sendable (Int64, inout NotifySettings) -> Void
    ) -> Key {
        Key(
            name: name, expected: "a whole number from \(range.lowerBound) to \(range.upperBound) (\(unit))",
            kinds: kinds
        ) { node, settings in
            guard case .integer(let value) = node, range.contains(value) else { return false }
            store(value, &settings)
            return true
        }
    }

    private static func list<Value: Sendable>(
        _ name: String, _ expected: String, kinds: Set<NotifyChannel.Kind>? = nil,
        _ value: @escaping @Sendable (TOMLNode) -> Value?,
        store: @escaping @Sendable ([Value], inout NotifySettings) -> Void
    ) -> Key {
        Key(name: name, expected: expected, kinds: kinds) { node, settings in
            guard case .array(let nodes) = node, nodes.count <= 1000 else { return false }
            let values = nodes.compactMap(value)
            guard values.count == nodes.count else { return false }
            store(values, &settings)
            return true
        }
    }

    private static func words<Word: RawRepresentable<String> & CaseIterable & Hashable & Sendable>(
        _ name: String, _ path: Path<Set<Word>>
    ) -> Key {
        let all = Word.allCases.map { JSONString.quoted($0.rawValue) }.joined(separator: ", ")
        return list(name, "a list of \(all)") { node in
            guard case .string(let text) = node else { return nil }
            return Word(rawValue: text)
        } store: {
            $1[keyPath: path] = Set($0)
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

    private static func isName(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count) && text.first != " " && text.last != " "
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || " ._-".utf8.contains(byte)
            }
    }

    /// Who it is and how it is reached.
    private static let reach: [Key] = [
        text("name", "1 to 40 letters, digits, blanks, dots, dashes and underscores") { name, settings in
            guard isName(name) else { return false }
            settings.channel.name = name
            settings.channel.rule.channel = name
            return true
        },
        word("kind", \.channel.kind),
        text("url", "an address", \.channel.url, isSecret: true) { !$0.isEmpty },
        file("url_file", \.urlFile),
        file("token_file", \.tokenFile, kinds: [.ntfy, .telegram, .email, .webhook]),
        text("user", "a user name without colon", \.channel.user, kinds: [.ntfy, .email]) {
            isPlain($0) && !$0.contains(":")
        },
        text("from", "an e-mail address", \.channel.from, kinds: [.email], where: isMailAddress),
        list("to", "a list of e-mail addresses", kinds: [.email]) { node in
            string(node).flatMap { isMailAddress($0) ? $0 : nil }
        } store: {
            $1.channel.to = $0
        },
        whole("chat", -9_007_199_254_740_991...9_007_199_254_740_991, "the chat's id", kinds: [.telegram]) {
            $1.channel.chat = $0
        },
        list("users", "a list of user ids", kinds: [.telegram]) { node in
            guard case .integer(let id) = node, id > 0 else { return nil }
            return id
        } store: {
            $1.channel.users = $0
        },
        list("argv", "a list of texts: a program and its arguments", kinds: [.exec], string) { $1.channel.argv = $0 },
        file("ca_file", \.caFile, kinds: [.email]),
        Key(name: "picture", expected: "true or false") { node, settings in
            guard case .boolean(let value) = node else { return false }
            settings.channel.sendsPicture = value
            return true
        },
        text("title", "a template", \.title) { _ in true },
        text("text", "a template", \.text) { _ in true },
    ]

    /// What it tells, and when.
    private static let rule: [Key] = [
        words("events", \.channel.rule.topics),
        list("printers", "a list of printers' names", string) { $1.channel.rule.printers = Set($0) },
        list("tags", "a list of tags") { node in
            string(node).flatMap(PrinterTags.tag)
        } store: {
            $1.channel.rule.tags = Set($0)
        },
        Key(name: "from_probability", expected: "a number from 0 to 1") { node, settings in
            let value: Double
            switch node {
            case .float(let number): value = number
            case .integer(let number): value = Double(number)
            default: return false
            }
            guard (0...1).contains(value) else { return false }
            settings.channel.rule.fromProbability = value
            return true
        },
        text("quiet_hours", "\"HH:MM-HH:MM\"") { text, settings in
            guard let hours = DailyHours(text) else { return false }
            settings.channel.rule.quietHours = hours
            return true
        },
        text("timezone", "a time zone as \"Europe/Berlin\"") { text, settings in
            guard let clock = LocalClock(zone: text) else { return false }
            settings.channel.rule.clock = clock
            return true
        },
        word("breaks_quiet", \.channel.rule.breaksQuiet),
        whole("repeat_minutes", 0...1440, "minutes; 0: said once") {
            $1.channel.rule.repeatEvery = $0 == 0 ? nil : .seconds($0 * 60)
        },
        text("escalate_to", "the name of another channel") { text, settings in
            guard !text.isEmpty else { return false }
            settings.channel.rule.escalateTo = text
            return true
        },
        whole("escalate_after_minutes", 1...1440, "minutes") { $1.channel.rule.escalateAfter = .seconds($0 * 60) },
        whole("per_hour", 1...1000, "messages") { $1.channel.rule.perHour = Int($0) },
        whole("finishing_within_minutes", 1...1440, "minutes") {
            $1.channel.rule.finishingWithin = .seconds($0 * 60)
        },
        words("answers", \.channel.rule.answers),
    ]

    static let keys = reach + rule
}
