internal import Farm
import Text

/// `:notify test [CHANNEL]`: a real message to one channel or to all. `:notify confirm`: after a restore, messages are sent again.
enum ChannelTests {
    static func requests(_ words: String, _ context: Context) -> [DashboardRequest] {
        let parts = words.split(separator: " ", maxSplits: 1).map(String.init)
        if parts.first == "confirm", parts.count == 1 { return confirmation(context) }
        guard parts.first == "test" else {
            return [.say("Give a command: :notify test, :notify test CHANNEL, or :notify confirm", .error)]
        }
        guard !context.options.isRemote else {
            return [.say("Channels are tested on the machine of the farm: farmtop notify test", .error)]
        }
        if let reason = context.refusalOfChanges { return [.say(reason, .warning)] }
        let channel = parts.count > 1 ? parts[1].trimmingWhitespace() : nil
        return [.say("A test message is on its way."), .request(.testChannel(channel), done: "")]
    }

    private static func confirmation(_ context: Context) -> [DashboardRequest] {
        guard !context.options.isRemote else {
            return [.say("That is said on the machine of the farm: farmtop notify confirm", .error)]
        }
        if let reason = context.refusalOfChanges { return [.say(reason, .warning)] }
        switch context.farm.status.hold {
        case nil: return [.say("No change: this farm sends messages already.")]
        case .printers:
            return [.say("Confirm each restored printer first, in its settings: its line machine.", .warning)]
        case .farm:
            return [
                .overlay(
                    Confirmation(
                        title: "Let this farm send messages?",
                        lines: [
                            "It was restored from a backup. Make sure that the other farm is off: both would tell the same people the same."
                        ], confirmed: [.request(.confirmRestore, done: "This farm sends messages again.")]))
            ]
        }
    }

    /// What came of the test.
    static func words(_ results: [ChannelTestResult]) -> String {
        if let failed = results.first(where: { $0.error != nil }) {
            return "\(failed.channel) did not accept it: \(failed.error ?? "")"
        }
        let remark = results.compactMap(\.remark).first.map { " \($0)" } ?? ""
        return "\(results.map(\.channel).joined(separator: ", ")): accepted.\(remark)"
    }

    static func role(_ results: [ChannelTestResult]) -> Role {
        results.contains { $0.error != nil } ? .error : .success
    }
}

extension ContextReader {
    var channelLines: [SystemLine] {
        options.isRemote ? [] : ChannelLines(farm.status.channels, now: now) { local($0).monthDayHourMinute }.lines
    }
}
