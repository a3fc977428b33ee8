import ArgumentParser
import Farm
import FarmConfiguration
import Notifier
import Text

struct NotifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "The channels of notifications: phone, chat, e-mail, programs.",
        subcommands: [Status.self, Test.self, Confirm.self])

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Show which messages wait, were delivered, or failed, by channel.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let configured = try await options.configuredChannels()
            do {
                try await options.perform(.channelStatus) { reply in
                    guard case .channels(let channels) = reply else { return nil }
                    let known = channels.map(\.name)
                    if let remark = NotifyCommand.unknown(configured.filter { !known.contains($0) }) {
                        Console.error("farmtop: \(remark)")
                    }
                    return Listing(channels: channels)
                }
            } catch FarmError.noSuchChannel {
                throw NotifyCommand.refusal(of: nil, configured)
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Send a real message with a picture; exit code 1 if a service does not accept it.")
        @OptionGroup var options: CommonOptions
        @Argument(help: "The channel; all of them in turn if none is named.") var name: String?

        func run() async throws {
            var isTaken = true
            let configured = try await options.configuredChannels()
            do {
                try await options.perform(.testChannel(name)) { reply in
                    guard case .channelTests(let results) = reply else { return nil }
                    isTaken = results.allSatisfy { $0.error == nil }
                    return Listing(channelTests: results)
                }
            } catch FarmError.noSuchChannel {
                throw NotifyCommand.refusal(of: name, configured)
            }
            if !isTaken { throw ExitCode(1) }
        }
    }

    struct Confirm: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "confirm", abstract: "After a restore: let this farm send messages again.",
            discussion: """
                Make sure first that the farm of the backup is off: both would tell the same people the same. Printers with a \
                machine or camera are confirmed by themselves: farmtop printer confirm NAME
                """)
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let listing = try await FarmAccess.with(options.settings()) { farm in
                let reply = try await farm.perform(.confirmRestore)
                let waiting = try await farm.snapshot().printers.filter(\.awaitsConfirmation).map(
                    \.printer.settings.name)
                return try Listing(confirmed: reply == .done(succeeded: true), waiting: waiting)
            }
            try listing.show(asJSON: options.isJSON)
        }
    }
}

extension CommonOptions {
    /// The channels that the configuration names now. A farm that runs may know other ones: that is said to standard error.
    fileprivate func configuredChannels() async throws -> [String] {
        let settings = try settings()
        if let remark = await settings.changedRemark() {
            Console.error("farmtop: \(remark) \(Settings.changedRemedy)")
        }
        return settings.configuration.notify.map(\.channel.name)
    }
}

extension NotifyCommand {
    /// A farm that runs has the channels that the configuration named when it was started.
    fileprivate static func unknown(_ names: [String]) -> String? {
        guard !names.isEmpty else { return nil }
        let list = names.map(printable).joined(separator: ", ")
        return
            "The farm that runs was started before the configuration named \(list). Start farmtop again, then it knows "
            + "\(names.count == 1 ? "it" : "them")."
    }

    /// Why there is no such channel.
    fileprivate static func refusal(of name: String?, _ configured: [String]) -> any Error {
        if let words = unknown(name.map { name in configured.filter { $0 == name } } ?? configured) {
            return CommandFailure.failed(words)
        }
        return FarmError.noSuchChannel(configured.isEmpty ? nil : name)
    }
}

extension Listing {
    init(channels: [ChannelStatus]) {
        text = channels.map { channel in
            let next = channel.nextTryAt.map { ", next try \($0.second)" } ?? ""
            var lines = [
                ("waiting", "\(channel.pending)\(next)"), ("delivered", "\(channel.delivered) since the start"),
            ]
            if channel.dropped > 0 { lines.append(("given up", "\(channel.dropped) since the start")) }
            lines.append(("last delivered", channel.lastSuccessAt?.second ?? "none since the start"))
            if let hold = channel.hold { lines.append(("held", hold.sentence)) }
            if let words = channel.limitWords, let until = channel.fullUntil {
                lines.append(("limit", "\(words); the rest waits until \(until.second)"))
            }
            if let remark = channel.remark { lines.append(("remark", printable(remark))) }
            if let missing = channel.missing {
                lines.append(("rule", "\(printable(missing.words)). \(MissingNames.remedy)"))
            }
            if let error = channel.lastError, let moment = channel.lastErrorAt {
                lines.append(("last error", "\(moment.second)  \(printable(error))"))
                if channel.isFailing, let since = channel.failingSince { lines.append(("failing since", since.second)) }
            }
            return
                (["\(printable(channel.name))  \(channel.kind), \(printable(channel.receiver))"]
                + lines.map { "  \($0.0.padded(to: 14))  \($0.1)" }).joined(separator: "\n")
        }.joined(separator: "\n")
        json = .list(
            channels.map { channel in
                .object([
                    ("name", .string(channel.name)), ("kind", .string(channel.kind)),
                    ("receiver", .string(channel.receiver)), ("pending", .integer(Int64(channel.pending))),
                    ("delivered", .integer(channel.delivered)), ("dropped", .integer(channel.dropped)),
                    ("last_success_at", JSONText(channel.lastSuccessAt)), ("last_error", JSONText(channel.lastError)),
                    ("last_error_at", JSONText(channel.lastErrorAt)), ("next_try_at", JSONText(channel.nextTryAt)),
                    ("held", .boolean(channel.hold != nil)), ("full_until", JSONText(channel.fullUntil)),
                    ("remark", JSONText(channel.remark)),
                    ("missing_printers", .list((channel.missing?.printers ?? []).map(JSONText.string))),
                    ("missing_tags", .list((channel.missing?.tags ?? []).map(JSONText.string))),
                ])
            })
    }

    init(channelTests results: [ChannelTestResult]) {
        text = results.map { result in
            let time = "\(Int(result.milliseconds.rounded())) ms"
            let who = "\(printable(result.channel)) (\(printable(result.receiver)))"
            let outcome =
                result.error.map { "\(who) did not accept it: \(printable($0)) (\(time))." }
                ?? "\(who) accepted it: \(printable(result.answer ?? "")) in \(time)."
            return outcome + (result.remark.map { "\n  \(printable($0))" } ?? "")
        }.joined(separator: "\n")
        json = .list(
            results.map { result in
                .object([
                    ("channel", .string(result.channel)), ("receiver", .string(result.receiver)),
                    ("delivered", .boolean(result.error == nil)), ("answer", JSONText(result.answer)),
                    ("error", JSONText(result.error)), ("remark", JSONText(result.remark)),
                    ("ms", .number(result.milliseconds)),
                ])
            })
    }
}

extension MessageHold {
    var sentence: String {
        switch self {
        case .printers:
            "Restored from a backup: nothing is sent until each printer is confirmed (farmtop printer confirm NAME)."
        case .farm:
            "Restored from a backup: nothing is sent until you say that the farm of the backup is off (farmtop notify confirm)."
        }
    }
}

extension Listing {
    /// - Parameter waiting: names of printers that keep messages back all the same.
    init(confirmed isChanged: Bool, waiting: [String]) throws(CommandFailure) {
        guard !waiting.isEmpty else {
            self.init(
                done: isChanged ? "This farm sends messages again." : "No change: this farm sends messages already.")
            return
        }
        let names = waiting.prefix(5).map(printable).joined(separator: ", ") + (waiting.count > 5 ? " and others" : "")
        throw .failed(
            "Messages wait until no other farm uses the machines and cameras of \(names). Then, for each: farmtop printer confirm NAME"
        )
    }
}

extension Timestamp {
    /// `2026-11-23 13:03:16Z`
    fileprivate var second: String { "\(day) \(description.dropFirst(11).prefix(8))Z" }
}
