import Farm
import Notifier
import Testing

@testable import FarmConfiguration

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
        #expect(channels.map(\.channel.kind) == [.ntfy, .telegram, .email, .exec])
        let rule = channels[0].channel.rule
        #expect(rule.channel == "phone" && rule.topics == [.alert, .cameraLost] && rule.fromProbability == 0.7)
        #expect(rule.tags == ["hall-2"] && rule.breaksQuiet == .critical)
        #expect(rule.quietHours == DailyHours(start: 22 * 60, end: 7 * 60) && rule.clock.zone == "Europe/Berlin")
        #expect(rule.repeatEvery == .seconds(600) && rule.escalateTo == "boss" && rule.escalateAfter == .seconds(1200))
        #expect(rule.answers == [.acknowledge, .pause, .cancel] && rule.perHour == 6)
        #expect(channels[0].title == "{printer}")
        #expect(channels[1].channel.chat == -100_200 && channels[1].channel.users == [1, 2])
        #expect(channels[1].tokenFile == "/etc/farmtop/bot" && channels[2].tokenFile == "~/mail")
        #expect(channels[2].channel.to == ["anna@example.org"])
        #expect(channels[3].channel.argv == ["/usr/local/bin/page", "--now"])
        // What is not said is as the page on notifications has it.
        let usual = channels[3].channel.rule
        #expect(usual.topics == Set(NotificationTopic.standard) && usual.repeatEvery == nil && usual.escalateTo == nil)
        #expect(usual.escalateAfter == .seconds(600) && usual.perHour == 20 && usual.finishingWithin == .seconds(900))
        #expect(
            usual.answers == [.acknowledge, .dismiss, .mute] && usual.quietHours == nil
                && channels[3].channel.sendsPicture)
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
            ("name = \"a\"\nkind = \"exec\"\nargv = [\"x\"]\ntags = [\"hall 2\"]", "expected a list of tags"),
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
}
