internal import Farm

extension MessageHold {
    var words: String {
        switch self {
        case .printers: "restored from a backup: nothing is sent until each printer is confirmed"
        case .farm: "restored from a backup: nothing is sent until the other farm is off: :notify confirm"
        }
    }
}

/// The notifications page: how each channel fares, a section a channel. A value of its own: only what it is told goes in.
struct ChannelLines: Equatable {
    let lines: [SystemLine]

    /// - Parameter time: a moment as this screen writes it.
    init(_ channels: [ChannelStatus], now: Timestamp, time: (Timestamp) -> String) {
        lines = channels.flatMap { Self.lines(of: $0, now: now, time: time) }
    }

    private static func lines(
        of channel: ChannelStatus, now: Timestamp, time: (Timestamp) -> String
    ) -> [SystemLine] {
        let isFailing = channel.isFailing
        var lines = [
            SystemLine(heading: "CHANNEL \(channel.name)"),
            SystemLine("receiver", "\(channel.kind), \(channel.receiver)"),
        ]
        if channel.isDead(at: now) {
            let since = channel.failingSince.map { " since \(time($0))" } ?? ""
            lines.append(SystemLine("delivers", "nothing\(since); try it: :notify test \(channel.name)", .error))
        }
        if let hold = channel.hold { lines.append(SystemLine("held", hold.words, .warning)) }
        if let words = channel.limitWords, let until = channel.fullUntil {
            lines.append(SystemLine("limit", "\(words); the rest waits until \(time(until))", .warning))
        }
        if let missing = channel.missing { lines.append(SystemLine("rule", missing.words, .warning)) }
        lines += [
            SystemLine(
                "waiting", Numerals.grouped(Int64(channel.pending)),
                channel.pending == 0 ? .dim : isFailing ? .warning : .text),
            SystemLine("delivered", Numerals.grouped(channel.delivered)),
        ]
        if channel.dropped > 0 { lines.append(SystemLine("dropped", Numerals.grouped(channel.dropped), .warning)) }
        lines.append(
            channel.lastSuccessAt.map { SystemLine("last delivered", time($0)) }
                ?? SystemLine("last delivered", "none since the start", .dim))
        if let remark = channel.remark { lines.append(SystemLine("remark", remark, .warning)) }
        if let error = channel.lastError, let at = channel.lastErrorAt {
            lines.append(SystemLine("last error", "\(time(at)) \(error)", isFailing ? .warning : .dim))
        }
        if let next = channel.nextTryAt, channel.pending > 0 { lines.append(SystemLine("next try", time(next))) }
        return lines
    }
}
