import Farm
import Foundation
import Notifier
import TestSupport
import Testing

@testable import farmtop

private func read(_ text: String) throws -> Configuration {
    try ConfigurationReader(file: "config.toml").read(text)
}

private func problems(_ text: String) -> String {
    do {
        _ = try read(text)
        return "accepted"
    } catch {
        return "\(error)"
    }
}

@Suite("The channels in the configuration", .timeLimit(.minutes(20)))
struct NotifySettingsTests {
    @Test("a channel of each kind is read, with its rules; several of a kind may be")
    func kinds() throws {
        let channels = try read(
            """
            [[notify]]
            name = "phone"
            kind = "ntfy"
            url = "https://ntfy.sh/farm-f3"
            events = ["alert", "camera_lost"]
            tags = ["hall-2"]
            from_probability = 0.7
            quiet_hours = "22:00-07:00"
            timezone = "Europe/Berlin"
            breaks_quiet = "critical"
            repeat_minutes = 10
            escalate_to = "boss"
            escalate_after_minutes = 20
            per_hour = 6
            answers = ["acknowledge", "pause", "cancel"]
            title = "{printer}"

            [[notify]]
            name = "boss"
            kind = "telegram"
            token_file = "/etc/farmtop/bot"
            chat = -100200
            users = [1, 2]

            [[notify]]
            name = "mail"
            kind = "email"
            url = "smtps://mail.example.org:465"
            user = "farm"
            token_file = "~/mail"
            from = "farm@example.org"
            to = ["anna@example.org"]

            [[notify]]
            name = "page"
            kind = "exec"
            argv = ["/usr/local/bin/page", "--now"]
            """
        ).notify
        #expect(channels.map(\.kind) == [.ntfy, .telegram, .email, .exec])
        #expect(channels[0].events == [.alert, .cameraLost] && channels[0].fromProbability == 0.7)
        #expect(channels[0].answers == [.acknowledge, .pause, .cancel] && channels[0].perHour == 6)
        #expect(channels[1].chat == -100_200 && channels[1].users == [1, 2])
        #expect(channels[2].to == ["anna@example.org"] && channels[3].argv == ["/usr/local/bin/page", "--now"])
        #expect(channels[3].events == NotificationTopic.standard)
    }

    @Test(
        "each fault is told with its line and what to do",
        arguments: [
            ("name = \"a\"\nkind = \"ntfy\"", "config.toml:1: a is of the kind ntfy and has no url"),
            ("kind = \"ntfy\"\nurl = \"https://ntfy.sh/x\"", "a [[notify]] table has no name"),
            (
                "name = \"a\"\nkind = \"pager\"",
                "config.toml:3: notify.kind is the string \"pager\"; expected one of \"ntfy\""
            ),
            ("name = \"a\"\nkind = \"ntfy\"\nurl = \"https://ntfy.sh\"", "expected a server and a topic"),
            ("name = \"a\"\nkind = \"discord\"\nurl = \"https://d/x\"\ntoken_file = \"/x\"", "means nothing to a"),
            ("name = \"a\"\nkind = \"discord\"\nurl = \"https://d/x\"\nur = 1", "Did you mean notify.url?"),
            ("name = \"a\"\nkind = \"discord\"\nurl = \"https://d/x\"\nurl_file = \"/x\"", "both url and url_file"),
            (
                "name = \"a\"\nkind = \"discord\"\nurl = \"https://d/x\"\ntext = \"{nozzle}\"",
                "there is no field {nozzle}"
            ),
            (
                "name = \"a\"\nkind = \"discord\"\nurl = \"https://d/x\"\ntimezone = \"Mars/Base\"",
                "expected a time zone"
            ),
            ("name = \"a\"\nkind = \"discord\"\nurl = \"https://d/x\"\nescalate_to = \"b\"", "no channel b"),
            (
                "name = \"a\"\nkind = \"discord\"\nurl = \"https://d/x\"\nescalate_to = \"a\"",
                "cannot escalate to itself"
            ),
            ("name = \"a\"\nkind = \"exec\"\nargv = []", "Name a program"),
            (
                "name = \"a\"\nkind = \"exec\"\nargv = [\"x\"]\n[[notify]]\nname = \"a\"\nkind = \"exec\"\nargv = [\"x\"]",
                "two channels are named a"
            ),
            ("name = \"a/b\"\nkind = \"exec\"\nargv = [\"x\"]", "expected 1 to 40 letters"),
        ])
    func faults(text: String, words: String) {
        #expect(problems("[[notify]]\n" + text).contains(words), "\(problems("[[notify]]\n" + text))")
    }

    @Test("a fault in the second table is told with the line of the second table, and no message shows an address")
    func secondTable() {
        let text =
            "[[notify]]\nname = \"a\"\nkind = \"exec\"\nargv = [\"x\"]\n\n[[notify]]\nname = \"b\"\nkind = \"slack\"\nurl = \"canary\"\n"
        #expect(problems(text).hasPrefix("config.toml:9: ") && !problems(text).contains("canary"))
        #expect(problems("notify = 3").contains("Write [[notify]]"))
        #expect(problems("notify = [1, 2]").contains("Write [[notify]]"))
        #expect(problems("[notify]\nname = \"a\"").contains("Write [[notify]]"))
    }

    @Test("the time of quiet hours is that of the zone, summer and winter")
    func zone() throws {
        let berlin = try #require(LocalClock(zone: "Europe/Berlin"))
        #expect(berlin.timeOfDay(Timestamp(secondsSince1970: 1_795_993_920)) == "00:12")
        #expect(berlin.timeOfDay(Timestamp(secondsSince1970: 1_782_000_000)) == "02:00")
        #expect(LocalClock(zone: "Mars/Base") == nil)
    }

    @Test("a disk is nearly full under 5 % and 2 GiB, and until there is half as much again")
    func disk() {
        let gib = 1_073_741_824.0
        #expect(!DiskSpace(free: 3 * gib, total: 100 * gib).isNearlyFull(wasFull: false))
        #expect(DiskSpace(free: 1.9 * gib, total: 100 * gib).isNearlyFull(wasFull: false))
        #expect(!DiskSpace(free: 1.9 * gib, total: 20 * gib).isNearlyFull(wasFull: false))
        #expect(DiskSpace(free: 2.5 * gib, total: 100 * gib).isNearlyFull(wasFull: true))
        #expect(DiskSpace(free: 0.1 * gib, total: 0.2 * gib).isNearlyFull(wasFull: false))
    }
}
