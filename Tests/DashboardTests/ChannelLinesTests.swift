import Farm
import Testing

@testable import Dashboard

@Suite("The page of notifications", .timeLimit(.minutes(20)))
struct ChannelLinesTests {
    @Test("each channel says what waits, what was delivered and what went wrong last")
    func lines() {
        let noon = Timestamp(secondsSince1970: 1_800_000_000)
        var failing = ChannelStatus(name: "phone", kind: "ntfy", receiver: "https://ntfy.sh")
        failing.pending = 3
        failing.delivered = 1200
        failing.dropped = 1
        failing.lastSuccessAt = noon
        failing.lastError = "answered 403"
        failing.lastErrorAt = noon + .seconds(60)
        failing.nextTryAt = noon + .seconds(120)
        let idle = ChannelStatus(name: "mail", kind: "email", receiver: "smtps://mail")
        let lines = ChannelLines([failing, idle]) { "\(Int($0.seconds(since: noon)))" }.lines
        #expect(
            lines.map(\.text) == [
                "CHANNEL phone", "receiver: ntfy, https://ntfy.sh", "waiting: 3", "delivered: 1,200", "dropped: 1",
                "last delivered: 0", "last error: 60 answered 403", "next try: 120", "CHANNEL mail",
                "receiver: email, smtps://mail", "waiting: 0", "delivered: 0", "last delivered: none since the start",
            ])
        #expect(lines[2].role == .warning && lines[6].role == .warning && lines[10].role == .dim)
        #expect(ChannelLines([]) { _ in "" }.lines.isEmpty)
        var held = idle
        held.isHeld = true
        #expect(
            ChannelLines([held]) { _ in "" }.lines[2]
                == SystemLine(
                    "held", "restored from a backup: nothing is sent until each printer is confirmed", .warning))
    }
}
