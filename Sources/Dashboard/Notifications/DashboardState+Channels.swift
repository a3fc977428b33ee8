internal import Farm

extension DashboardState {
    var channelLines: [SystemLine] {
        options.isRemote ? [] : ChannelLines(farm.status.channels) { local($0).monthDayHourMinute }.lines
    }

    /// `:notify test [CHANNEL]`
    mutating func testChannels(_ words: String) -> [DashboardEffect] {
        let parts = words.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.first == "test" else {
            say("Give a command: :notify test, or :notify test CHANNEL", .error)
            return []
        }
        guard !options.isRemote else {
            say("Channels are tested on the machine of the farm: farmtop notify test", .error)
            return []
        }
        say("A test message is on its way.", .info)
        return [request(.testChannel(parts.count > 1 ? parts[1].trimmingWhitespace : nil), done: "")]
    }

    /// What came of the test.
    mutating func tell(_ results: [ChannelTestResult]) {
        let failed = results.filter { $0.error != nil }
        if let first = failed.first {
            say("\(first.channel) did not accept it: \(first.error ?? "")", .error)
        } else {
            say("\(results.map(\.channel).joined(separator: ", ")): accepted.", .success)
        }
    }
}
