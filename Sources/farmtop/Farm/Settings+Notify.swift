import Farm
import FarmConfiguration
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

    /// Where the buttons of messages lead while no phone reaches it, and what to do: the rest of a sentence. Nil where they may work.
    private var buttonsFault: String? {
        let listen = configuration.server.listen
        guard configuration.server.publicURL.isEmpty, listen.isLoopback || listen.isNone else { return nil }
        return "lead to \(publicBase), which no phone reaches. Set server.public_url to an address that it reaches"
    }

    /// What an operator should know of buttons that lead nowhere; nil where none do.
    var buttonsRemark: String? {
        let names = configuration.notify.map(\.channel).filter(\.answersByLink).map(\.name)
        guard !names.isEmpty, let fault = buttonsFault else { return nil }
        return "The buttons of \(names.joined(separator: ", ")) \(fault), or answers = [] in the channel."
    }

    /// The same for the test of one such channel, which has no buttons itself.
    var testRemark: String? {
        buttonsFault.map { "A test has no buttons. Those of real messages \($0)." }
    }

    private func channel(_ settings: NotifySettings) throws(ConfigurationError) -> NotifyChannel {
        var channel = settings.channel
        if !settings.urlFile.isEmpty {
            let source = "notify.url_file of \(channel.name)"
            let path = try paths.expanded(settings.urlFile)
            channel.url = try secret(in: path, source)
            if let fault = NotifyAddress.fault(in: channel.url, of: channel.kind) {
                throw .badValue(source: source, value: path, expected: "a file that holds \(fault)")
            }
        }
        if !settings.tokenFile.isEmpty {
            channel.token = try secret(
                in: paths.expanded(settings.tokenFile), "notify.token_file of \(channel.name)")
        }
        channel.caFile = settings.caFile.isEmpty ? "" : try paths.expanded(settings.caFile)
        // Templates were checked when the file was read.
        channel.title = settings.title.isEmpty ? nil : try? MessageTemplate(settings.title)
        channel.text = settings.text.isEmpty ? nil : try? MessageTemplate(settings.text)
        return channel
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
            throw bad("cannot be read: \(fileReason(error))")
        }
        guard bytes.count <= 4096 else { throw bad("is longer than 4096 bytes") }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw bad("is empty") }
        guard text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else { throw bad("has more than one line") }
        return text
    }
}
