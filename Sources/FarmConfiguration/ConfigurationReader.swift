import Text

/// TOML text → settings. Every fault of the text is found in one go.
struct ConfigurationReader {
    /// For messages.
    let file: String

    /// No configuration is that long; what is was not meant to be read.
    static let sizeLimit = 1 << 20

    /// - Throws: `ConfigurationError`.
    func read(_ text: String) throws(ConfigurationError) -> Configuration {
        let entries = try parse(text)
        var configuration = Configuration()
        var problems: [ConfigurationProblem] = []
        for entry in entries {
            if entry.key == ConfiguredCameras.section {
                let read = ConfiguredCameras(entry)
                configuration.cameras = read.cameras
                problems += read.problems
                continue
            }
            if entry.key == NotifySettings.section {
                let (channels, found) = NotifyReader(entry: entry).read()
                configuration.notify = channels
                problems += found
                continue
            }
            guard Self.sections.contains(entry.key) else {
                problems.append(unknownSection(entry))
                continue
            }
            guard case .table(let settings) = entry.node else {
                problems.append(
                    ConfigurationProblem(
                        line: entry.line, key: entry.key,
                        message: "\(entry.key) is \(entry.node.description); expected a section. "
                            + "Write [\(entry.key)] on a line of its own and its settings below."))
                continue
            }
            if entry.key == Self.keysSection {
                problems += readKeys(settings, to: &configuration)
                continue
            }
            for setting in settings {
                if let new = Setting.renamed["\(entry.key).\(setting.key)"] {
                    if !entries.has(new) { _ = new.read(setting.node, &configuration) }
                    continue
                }
                if let problem = apply(setting, of: entry.key, to: &configuration) {
                    problems.append(problem)
                }
            }
        }
        guard problems.isEmpty else {
            throw .invalid(
                file: file, problems: problems.sorted { ($0.line ?? 0, $0.key) < ($1.line ?? 0, $1.key) })
        }
        return configuration
    }

    private func parse(_ text: String) throws(ConfigurationError) -> [TOMLEntry] {
        guard text.utf8.count <= Self.sizeLimit else {
            throw .unreadable(file: file, reason: "it is longer than 1 MiB")
        }
        do throws(TOMLFault) {
            return try TOMLReader.read(text)
        } catch {
            throw .syntax(file: file, line: error.line, column: error.column, reason: printable(error.reason))
        }
    }

    private func apply(
        _ entry: TOMLEntry, of section: String, to configuration: inout Configuration
    ) -> ConfigurationProblem? {
        guard !Setting.retired.contains("\(section).\(entry.key)") else { return nil }
        guard let setting = Setting.all.first(where: { $0.section == section && $0.key == entry.key }) else {
            return ConfigurationProblem(
                line: entry.line, key: printable("\(section).\(entry.key)"), message: unknown(entry.key, in: section))
        }
        guard !setting.read(entry.node, &configuration) else { return nil }
        let message =
            "\(setting.path) is \(setting.isSecret ? entry.node.kind : entry.node.description); expected \(setting.expected). "
            + "The default is \(setting.key) = \(setting.write(Configuration()))."
        return ConfigurationProblem(line: entry.line, key: setting.path, message: message)
    }

    private func unknown(_ key: String, in section: String) -> String {
        let here = Setting.all.filter { $0.section == section }.map(\.key)
        let message = "unknown key \(printable("\(section).\(key)")). "
        if let near = nearestSpelling(of: key, among: here) { return message + "Did you mean \(section).\(near)?" }
        if let elsewhere = Setting.all.first(where: { $0.key == key }) {
            return message + "\(key) belongs to the section [\(elsewhere.section)]."
        }
        return message + "Remove it; [\(section)] knows \(here.joined(separator: ", "))."
    }

    private func unknownSection(_ entry: TOMLEntry) -> ConfigurationProblem {
        let name = printable(entry.key)
        var message = "unknown section [\(name)]. "
        if entry.node.isSection {
            message +=
                nearestSpelling(of: entry.key, among: Self.sections + Self.lists).map {
                    Self.lists.contains($0) ? "Did you mean [[\($0)]]?" : "Did you mean [\($0)]?"
                }
                ?? "Remove it; the sections are \(Self.sections.joined(separator: ", ")), and "
                + "\(Self.lists.map { "[[\($0)]]" }.joined(separator: " and ")), which may be given again."
        } else {
            message = "the key \(name) stands in no section. "
            message +=
                Setting.all.first { $0.key == entry.key }.map { "It belongs below [\($0.section)]." }
                ?? "Remove it; config.example.toml lists every key."
        }
        return ConfigurationProblem(line: entry.line, key: name, message: message)
    }

    /// Its keys are names of commands, which the dashboard knows: `SettingsCheckup` compares them.
    private static let keysSection = "keys"

    private func readKeys(
        _ settings: [TOMLEntry], to configuration: inout Configuration
    ) -> [ConfigurationProblem] {
        settings.compactMap { setting in
            guard let keys = setting.node.texts else {
                let name = printable("\(Self.keysSection).\(setting.key)")
                return ConfigurationProblem(
                    line: setting.line, key: name,
                    message: "\(name) is \(setting.node.description); expected a key or a list of keys, as \"w\" or "
                        + "[\"w\", \"F5\"].")
            }
            configuration.keys.append(Configuration.KeySetting(command: setting.key, keys: keys, line: setting.line))
            return nil
        }
    }

    /// Each may stand there any number of times: `[[camera]]`.
    private static let lists = [ConfiguredCameras.section, NotifySettings.section]

    private static let sections = (Setting.all.map(\.section) + [keysSection]).reduce(into: [String]()) {
        list, section in
        if list.last != section { list.append(section) }
    }
}

extension TOMLNode {
    /// `[name]`, or `[[name]]`.
    fileprivate var isSection: Bool {
        switch self {
        case .table: true
        case .array(let nodes): !nodes.isEmpty && nodes.allSatisfy(\.isSection)
        case .string, .integer, .float, .boolean, .moment: false
        }
    }

    /// A text, or each of a short list; nil for anything else.
    fileprivate var texts: [String]? {
        switch self {
        case .string(let text): return text.utf8.count <= 64 ? [text] : nil
        case .array(let nodes):
            let texts = nodes.compactMap { $0.texts?.first }
            return texts.count == nodes.count && texts.count <= 8 ? texts : nil
        default: return nil
        }
    }
}

extension [TOMLEntry] {
    fileprivate func has(_ setting: Setting) -> Bool {
        contains { entry in
            guard entry.key == setting.section, case .table(let settings) = entry.node else { return false }
            return settings.contains { $0.key == setting.key }
        }
    }
}
