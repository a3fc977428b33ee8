import Farm
package import Notifier
import Text

/// `[[notify]]` tables → channels, with everything that is wrong with them.
struct NotifyReader {
    /// The section with all its tables.
    let entry: TOMLEntry

    func read() -> (channels: [NotifySettings], problems: [ConfigurationProblem]) {
        guard case .array(let tables) = entry.node else {
            return (
                [],
                [
                    problem(
                        0, nil,
                        "notify is \(entry.node.description); expected tables. Write [[notify]] on a line of its own."
                    )
                ]
            )
        }
        guard tables.count <= 100 else { return ([], [problem(0, nil, "notify has more than 100 tables.")]) }
        var channels: [NotifySettings] = []
        var problems: [ConfigurationProblem] = []
        for (index, table) in tables.enumerated() {
            guard case .table(let entries) = table else {
                problems.append(
                    problem(
                        index, nil,
                        "notify is a list of something else than tables. Write [[notify]] on a line of its own."))
                continue
            }
            let (channel, found) = read(entries, index)
            channels.append(channel)
            problems += found
        }
        return (channels, problems + together(channels))
    }

    private func problem(_ index: Int, _ key: String?, _ message: String) -> ConfigurationProblem {
        ConfigurationProblem(line: line(of: key, index), key: "notify" + (key.map { ".\($0)" } ?? ""), message: message)
    }

    /// The line of the key where the table has it, else the line of its header.
    private func line(of key: String?, _ index: Int) -> Int {
        if let key, case .array(let tables) = entry.node, tables.indices.contains(index),
            case .table(let entries) = tables[index], let found = entries.first(where: { $0.key == key })
        {
            return found.line
        }
        return entry.line(ofElement: index)
    }

    private func read(_ entries: [TOMLEntry], _ index: Int) -> (NotifySettings, [ConfigurationProblem]) {
        var settings = NotifySettings()
        var problems: [ConfigurationProblem] = []
        for entry in entries {
            guard let key = NotifySettings.keys.first(where: { $0.name == entry.key }) else {
                problems.append(problem(index, printable(entry.key), unknown(entry.key)))
                continue
            }
            guard !key.read(entry.node, &settings) else { continue }
            let value = key.isSecret ? entry.node.kind : entry.node.description
            problems.append(problem(index, key.name, "notify.\(key.name) is \(value); expected \(key.expected)."))
        }
        let given = Set(entries.map(\.key))
        let isWhole = problems.isEmpty && given.contains("kind") && given.contains("name")
        if !given.contains("name") {
            problems.append(problem(index, nil, "a [[notify]] table has no name. Add name = \"phone\"."))
        }
        if !given.contains("kind") {
            let kinds = NotifyChannel.Kind.allCases.map { JSONString.quoted($0.rawValue) }.joined(separator: ", ")
            problems.append(problem(index, nil, "a [[notify]] table has no kind. Add kind = one of \(kinds)."))
        }
        if isWhole { problems += check(settings, given, index) }
        return (settings, problems)
    }

    private func unknown(_ key: String) -> String {
        let names = NotifySettings.keys.map(\.name)
        let start = "unknown key \(printable("notify.\(key)")). "
        if let near = nearestSpelling(of: key, among: names) { return start + "Did you mean notify.\(near)?" }
        return start + "Remove it; [[notify]] knows \(names.joined(separator: ", "))."
    }

    /// What a kind needs and what means nothing to it.
    private func check(_ settings: NotifySettings, _ given: Set<String>, _ index: Int) -> [ConfigurationProblem] {
        let channel = settings.channel
        var problems: [ConfigurationProblem] = []
        func add(_ key: String, _ message: String) { problems.append(problem(index, key, message)) }
        let kind = channel.kind.rawValue
        for key in NotifySettings.keys where given.contains(key.name) {
            if let kinds = key.kinds, !kinds.contains(channel.kind) {
                add(
                    key.name,
                    "notify.\(key.name) means nothing to \(channel.name), which is of the kind \(kind). Remove it.")
            }
        }
        for needed in Self.needed(by: channel.kind) where !given.contains(needed) {
            if needed == "url", given.contains("url_file") { continue }
            add(
                needed,
                "\(channel.name) is of the kind \(kind) and has no \(needed). Add it; the page on notifications shows each kind."
            )
        }
        if given.contains("url"), given.contains("url_file") {
            add("url_file", "\(channel.name) has both url and url_file. Keep one of them.")
        }
        if channel.kind == .exec, given.contains("url") || given.contains("url_file") {
            add("url", "url means nothing to \(channel.name), which is of the kind exec. Remove it.")
        }
        if given.contains("url"), channel.kind != .exec,
            let fault = NotifyAddress.fault(in: channel.url, of: channel.kind)
        {
            add("url", "notify.url of \(channel.name) is not right; expected \(fault).")
        }
        if channel.kind == .exec, channel.argv.isEmpty {
            add("argv", "notify.argv of \(channel.name) is empty. Name a program.")
        }
        for (key, text) in [("title", settings.title), ("text", settings.text)] where !text.isEmpty {
            do throws(MessageTemplateError) { _ = try MessageTemplate(text) } catch {
                add(key, "notify.\(key) of \(channel.name) is no template: \(error).")
            }
        }
        return problems
    }

    private static func needed(by kind: NotifyChannel.Kind) -> [String] {
        switch kind {
        case .ntfy, .discord, .slack, .apprise, .webhook: ["url"]
        case .telegram: ["token_file", "chat"]
        case .email: ["url", "from", "to"]
        case .exec: ["argv"]
        }
    }

    /// What no table can see by itself.
    private func together(_ tables: [NotifySettings]) -> [ConfigurationProblem] {
        let names = tables.map(\.channel.name)
        var problems: [ConfigurationProblem] = []
        for (index, name) in names.enumerated() {
            if !name.isEmpty, names[..<index].contains(name) {
                problems.append(
                    problem(index, "name", "two channels are named \(name). Give one of them another name."))
            }
            guard let other = tables[index].channel.rule.escalateTo else { continue }
            if other == name {
                problems.append(problem(index, "escalate_to", "\(name) cannot escalate to itself."))
            } else if !names.contains(other) {
                problems.append(
                    problem(index, "escalate_to", "there is no channel \(printable(other)) to escalate to."))
            }
        }
        return problems
    }
}

/// Whether an address suits a kind of channel.
package enum NotifyAddress {
    /// What is expected instead; nil when it is right.
    package static func fault(in url: String, of kind: NotifyChannel.Kind) -> String? {
        switch kind {
        case .email:
            let isRight = ["smtp://", "smtps://"].contains { scheme in
                url.hasPrefix(scheme) && url.utf8.count > scheme.utf8.count
            }
            let isPlain = url.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"\"\\@#".utf8.contains($0) }
            return isRight && isPlain ? nil : "a mail server as \"smtps://mail.example.org\""
        case .ntfy:
            let topic = url.split(separator: "/", omittingEmptySubsequences: false)
            let isRight = WebhookTarget(url: url) != nil && topic.count == 4 && !topic[3].isEmpty && !url.contains("?")
            return isRight ? nil : "a server and a topic as \"https://ntfy.sh/your-topic\""
        case .telegram:
            return WebhookTarget(url: url) != nil ? nil : "a server as \"\(NotifyChannel.telegramAddress)\""
        case .discord, .slack, .apprise, .webhook:
            return WebhookTarget(url: url) != nil ? nil : "a URL as \"https://hooks.example.org/farm\""
        case .exec: return nil
        }
    }
}
