import Farm
import Foundation
import Notifier

extension Settings {
    /// The channels, with their addresses and tokens.
    /// - Throws: `badValue` for a file that cannot be read or an address in one that does not suit its channel.
    func notifyChannels() throws(ConfigurationError) -> [NotifyChannel] {
        var channels: [NotifyChannel] = []
        for settings in configuration.notify { channels.append(try channel(settings)) }
        return channels
    }

    private func channel(_ settings: NotifySettings) throws(ConfigurationError) -> NotifyChannel {
        var channel = NotifyChannel(name: settings.name, kind: settings.kind, rule: rule(settings))
        channel.url = settings.url
        if !settings.urlFile.isEmpty {
            let source = "notify.url_file of \(settings.name)"
            let path = try paths.expanded(settings.urlFile)
            channel.url = try secret(in: path, source)
            if let fault = NotifyAddress.fault(in: channel.url, of: settings.kind) {
                throw .badValue(source: source, value: path, expected: "a file that holds \(fault)")
            }
        }
        if !settings.tokenFile.isEmpty {
            channel.token = try secret(
                in: paths.expanded(settings.tokenFile), "notify.token_file of \(settings.name)")
        }
        channel.user = settings.user
        channel.from = settings.from
        channel.to = settings.to
        channel.chat = settings.chat
        channel.users = settings.users
        channel.argv = settings.argv
        channel.caFile = settings.caFile.isEmpty ? "" : try paths.expanded(settings.caFile)
        channel.sendsPicture = settings.sendsPicture
        // Templates were checked when the file was read.
        channel.title = settings.title.isEmpty ? nil : try? MessageTemplate(settings.title)
        channel.text = settings.text.isEmpty ? nil : try? MessageTemplate(settings.text)
        return channel
    }

    private func rule(_ settings: NotifySettings) -> NotificationRule {
        var rule = NotificationRule(
            channel: settings.name, topics: Set(settings.events),
            clock: LocalClock(zone: settings.timeZone) ?? .ofMachine)
        rule.printers = Set(settings.printers)
        rule.tags = Set(settings.tags.compactMap { PrinterTags.tag($0) })
        rule.fromProbability = settings.fromProbability
        rule.quietHours = QuietHours(settings.quietHours).map { DailyHours(start: $0.start, end: $0.end) }
        rule.breaksQuiet = settings.breaksQuiet
        rule.repeatEvery = settings.repeatMinutes == 0 ? nil : .seconds(settings.repeatMinutes * 60)
        rule.escalateTo = settings.escalateTo.isEmpty ? nil : settings.escalateTo
        rule.escalateAfter = .seconds(settings.escalateAfterMinutes * 60)
        rule.perHour = Int(settings.perHour)
        rule.finishingWithin = .seconds(settings.finishingWithinMinutes * 60)
        rule.answers = Set(settings.answers)
        return rule
    }

    /// The first line of a file.
    private func secret(in path: String, _ source: String) throws(ConfigurationError) -> String {
        func bad(_ reason: String) -> ConfigurationError {
            .badValue(source: source, value: path, expected: "a file that holds the secret; this one \(reason)")
        }
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw bad("cannot be read: \(error.localizedDescription)")
        }
        guard bytes.count <= 4096 else { throw bad("is longer than 4096 bytes") }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw bad("is empty") }
        guard text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else { throw bad("has more than one line") }
        return text
    }
}
