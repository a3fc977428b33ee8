import ArgumentParser
import Farm
import Text

struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "The webhook: messages to the configured address.",
        subcommands: [Status.self, Test.self])

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Show which messages wait, were delivered, or failed.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.webhookStatus) { reply in
                guard case .webhook(let status) = reply else { return nil }
                return Listing(webhook: status)
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Send a test message; exit code 1 if the receiver does not accept it.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            var isTaken = true
            try await options.perform(.testWebhook, makesFarm: true) { reply in
                guard case .webhookTest(let result) = reply else { return nil }
                isTaken = result.error == nil
                return Listing(webhookTest: result)
            }
            if !isTaken { throw ExitCode(1) }
        }
    }
}

extension Listing {
    init(webhook status: ChannelStatus) {
        var lines = [
            "receiver      \(printable(status.receiver))\(status.isSigned ? "" : "  (messages are not signed)")",
            "waiting       \(status.pending)" + (status.nextTryAt.map { ", next try \($0.second)" } ?? ""),
            "since start   \(status.delivered) delivered, \(status.dropped) dropped",
            "last success  \(status.lastSuccessAt?.second ?? "none since the start")",
        ]
        if let hold = status.hold { lines.append("held          \(hold.sentence)") }
        if let error = status.lastError, let moment = status.lastErrorAt {
            lines.append("last error    \(moment.second)  \(printable(error))")
        }
        text = lines.joined(separator: "\n")
        json = .object([
            ("receiver", .string(status.receiver)), ("signed", .boolean(status.isSigned)),
            ("pending", .integer(Int64(status.pending))), ("delivered", .integer(status.delivered)),
            ("dropped", .integer(status.dropped)), ("last_success_at", JSONText(status.lastSuccessAt)),
            ("last_error", JSONText(status.lastError)), ("last_error_at", JSONText(status.lastErrorAt)),
            ("next_try_at", JSONText(status.nextTryAt)), ("held", .boolean(status.hold != nil)),
        ])
    }

    init(webhookTest result: ChannelTestResult) {
        let time = "\(Int(result.milliseconds.rounded())) ms"
        text =
            result.error.map { "\(printable(result.receiver)) did not accept it: \(printable($0)) (\(time))." }
            ?? "\(printable(result.receiver)) accepted it: \(result.status.map(String.init) ?? "") in \(time)."
        json = .object([
            ("receiver", .string(result.receiver)), ("delivered", .boolean(result.error == nil)),
            ("status", JSONText(result.status.map(Int64.init))), ("error", JSONText(result.error)),
            ("ms", .number(result.milliseconds)),
        ])
    }
}

extension Timestamp {
    /// `2026-11-23 13:03:16Z`
    fileprivate var second: String { "\(day) \(description.dropFirst(11).prefix(8))Z" }
}
