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
        failing.noteSuccess(at: noon)
        failing.noteFailure("answered 403", at: noon + .seconds(60), isGivenUp: false)
        failing.nextTryAt = noon + .seconds(120)
        let idle = ChannelStatus(name: "mail", kind: "email", receiver: "smtps://mail")
        let lines = ChannelLines([failing, idle], now: noon) { "\(Int($0.seconds(since: noon)))" }.lines
        #expect(
            lines.map(\.text) == [
                "CHANNEL phone", "receiver: ntfy, https://ntfy.sh", "waiting: 3", "delivered: 1,200", "dropped: 1",
                "last delivered: 0", "last error: 60 answered 403", "next try: 120", "CHANNEL mail",
                "receiver: email, smtps://mail", "waiting: 0", "delivered: 0", "last delivered: none since the start",
            ])
        #expect(lines[2].role == .warning && lines[6].role == .warning && lines[10].role == .dim)
        #expect(ChannelLines([], now: noon) { _ in "" }.lines.isEmpty)
        var held = idle
        held.hold = .printers
        #expect(
            ChannelLines([held], now: noon) { _ in "" }.lines[2]
                == SystemLine(
                    "held", "restored from a backup: nothing is sent until each printer is confirmed", .warning))
    }

    @Test("a channel whose hour is full says what waits, and until when")
    func limit() {
        var channel = ChannelStatus(name: "phone", kind: "ntfy", receiver: "https://ntfy.sh")
        channel.perHour = 20
        channel.fullUntil = FarmFixture.now
        #expect(
            ChannelLines([channel], now: FarmFixture.now) { _ in "10:22" }.lines[2]
                == SystemLine(
                    "limit",
                    "20 messages in an hour, as many as per_hour allows; alerts may be as many again; the rest waits until 10:22",
                    .warning))
    }

    @Test("a farm that was restored says on every screen that nobody is told; one command, confirmed, ends that")
    func held() {
        var farm = FarmFixture.farm
        farm.printers.removeAll { $0.callsForAnswer }
        farm.status.hold = .farm
        #expect(!FarmFixture.dashboard(farm).draw().text.contains("NOT TOLD"), "nobody is told anything here")
        var channel = ChannelStatus(name: "phone", kind: "ntfy", receiver: "https://ntfy.sh")
        channel.hold = .farm
        farm.status.channels = [channel]
        var state = FarmFixture.dashboard(farm, columns: 120)
        let screen = state.draw().text
        let words = "restored from a backup: nothing is sent until the other farm is off: :notify confirm"
        #expect(screen.contains("NOT TOLD \(words)"), "\(screen)")
        #expect(
            ChannelLines([channel], now: FarmFixture.now) { _ in "" }.lines[2] == SystemLine("held", words, .warning))
        _ = state.type(":notify confirm")
        #expect(state.press(.enter).actions.isEmpty)
        #expect(state.draw().text.contains("Let this farm send messages?"), "\(state.draw().text)")
        #expect(state.press(.character("y")).actions == [.confirmRestore])
    }

    private static var dead: ChannelStatus {
        var dead = ChannelStatus(name: "phone", kind: "ntfy", receiver: "https://ntfy.sh")
        dead.noteSuccess(at: FarmFixture.now - .seconds(3600))
        dead.noteFailure("answered 403", at: FarmFixture.now - .seconds(700), isGivenUp: false)
        dead.noteFailure("answered 403", at: FarmFixture.now - .seconds(90), isGivenUp: false)
        dead.pending = 3
        return dead
    }

    @Test("a channel is dead when messages wait for long, or one was given up; not a moment after it took something")
    func dead() {
        let now = FarmFixture.now
        var channel = Self.dead
        #expect(channel.failingSince == now - .seconds(700) && channel.isDead(at: now))
        #expect(!channel.isDead(at: now - .seconds(101)), "nine minutes are patience")
        channel.pending = 0
        #expect(!channel.isDead(at: now))
        channel.noteFailure("answered 400", at: now, isGivenUp: true)
        #expect(channel.deadWords(at: now) == "phone delivers nothing, a message was given up: answered 400")
        channel.noteSuccess(at: now + .seconds(1))
        #expect(!channel.isDead(at: now + .seconds(10_000)) && channel.failingSince == nil)
        // Nothing was sent for a day: the first error counts from itself.
        channel.pending = 1
        channel.noteFailure("answered 500", at: now + .seconds(86_400), isGivenUp: false)
        #expect(!channel.isDead(at: now + .seconds(86_500)))
    }

    @Test("a clock that is set back makes a channel that fails neither well nor patient for longer")
    func clockSetBack() {
        let (noon, earlier) = (FarmFixture.now, FarmFixture.now - .seconds(3600))
        var channel = ChannelStatus(name: "phone", kind: "ntfy", receiver: "https://ntfy.sh")
        channel.pending = 1
        channel.noteSuccess(at: noon)
        channel.noteFailure("answered 500", at: earlier, isGivenUp: false)
        #expect(channel.isFailing && channel.isDead(at: earlier + .seconds(600)))
        channel.noteFailure("answered 500", at: earlier - .seconds(3600), isGivenUp: false)
        #expect(channel.isDead(at: earlier - .seconds(3000)))
    }

    @Test(
        "a dead channel is a line of attention and a word in every header; both go when it delivers again",
        arguments: [80, 160])
    func attention(columns: Int) {
        var farm = FarmFixture.farm
        farm.printers.removeAll { $0.callsForAnswer }
        #expect(!FarmFixture.dashboard(farm, columns: columns).draw().text.contains("NOT TOLD"))
        farm.status.channels = [Self.dead]
        var state = FarmFixture.dashboard(farm, columns: columns)
        let screen = state.draw().text
        #expect(screen.contains("NOT TOLD phone delivers nothing, 3 messages wait"), "\(screen)")
        #expect(screen.contains("! messages: 5"), "\(screen)")
        state.answerLoads(state.press(.character("5")))
        for _ in 0..<20 { state.answerLoads(state.press(.down)) }
        #expect(state.draw().text.contains(":notify test phone"), "\(state.draw().text)")
        farm.status.channels[0].noteSuccess(at: FarmFixture.now)
        let after = FarmFixture.dashboard(farm, columns: columns).draw().text
        #expect(!after.contains("NOT TOLD") && !after.contains("! messages"))
    }

    @Test("what a rule names and nobody is called, and who did not get a message, are on the page")
    func missing() throws {
        var rule = NotificationRule(channel: "phone", clock: .utc)
        rule.printers = ["Ender 3", "mk4"]
        rule.tags = ["hall-2"]
        var names = PrinterNames()
        names.add(PrinterSettings(name: "mk4"))
        var channel = ChannelStatus(name: "phone", kind: "ntfy", receiver: "https://ntfy.sh")
        channel.missing = MissingNames(rule, in: names)
        channel.remark = "The server refused 1 of 2 recipients."
        let lines = ChannelLines([channel], now: FarmFixture.now) { _ in "" }.lines
        #expect(
            lines.filter { $0.role == .warning }.map(\.text) == [
                "rule: no printer is called Ender 3, and none has the tag hall-2",
                "remark: The server refused 1 of 2 recipients.",
            ])
    }
}
