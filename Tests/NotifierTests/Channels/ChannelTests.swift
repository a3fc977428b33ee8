import Farm
import Foundation
import TestSupport
import Testing

@testable import Notifier

@Suite("What each channel sends, and what its answers mean", .timeLimit(.minutes(20)))
struct ChannelTests {
    private static let fakes: [(kind: NotifyChannel.Kind, reply: @Sendable (FakeRequest) -> FakeReply)] = [
        (.ntfy, { FakeNtfy.reply(to: $0) }), (.telegram, { FakeTelegram.reply(to: $0) }),
        (.discord, { FakeDiscord.reply(to: $0) }), (.slack, { FakeSlack.reply(to: $0) }),
        (.apprise, { FakeApprise.reply(to: $0) }),
    ]

    private func outcome(_ channel: NotifyChannel, _ reply: FakeReply) -> DeliveryOutcome {
        channel.outcome(
            .http(
                status: reply.status, retryAfterSeconds: reply.headers["Retry-After"].flatMap { Int($0) },
                body: Array(reply.body.utf8)))
    }

    @Test("every service takes the message, with its picture and without")
    func taken() throws {
        for (kind, reply) in Self.fakes {
            for picture in [somePicture, nil] {
                let channel = someChannel(kind)
                let call = try #require(channel.http(someMessage(picture: picture)))
                let answer = reply(FakeRequest(call))
                #expect(answer.status == 200, "\(kind): \(answer)")
                #expect(outcome(channel, answer).isSuccess)
            }
        }
    }

    @Test("every service takes whatever stands in names, files and texts, within its limits", arguments: 1...60)
    func hostile(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let pieces = [
            "a", "\n", "\r\n", "\"", "\\", "<b>", "&", "@everyone", "`", "```", "*", "é", "🧵", "\u{202E}", "\u{0}",
            "\u{7F}",
            "[x](y)", "{", "}", "--", "=?UTF-8?B?", String(repeating: "long ", count: 300), "名",
            "e\u{301}\u{301}\u{301}",
        ]
        func text() -> String { (0..<random.below(30)).map { _ in pieces[random.below(pieces.count)] }.joined() }
        let occasions = (0..<(1 + random.below(40))).map { _ in
            someOccasion(
                NotificationTopic.allCases[random.below(NotificationTopic.allCases.count)], .warning, printer: text(),
                file: text(), text: text())
        }
        let forms: [FarmNotification.Form] = [
            .first, .reminder(number: 2), .recovery, .digest, .escalation(from: "a", minutes: 3),
        ]
        let notification = someNotification(
            forms[random.below(forms.count)], occasions, answers: NotificationAnswer.allCases
        ) { $0.answered = Bool.random(using: &random) ? text() : nil }
        for (kind, reply) in Self.fakes {
            for picture in [somePicture, nil] {
                let call = try #require(someChannel(kind).http(someMessage(notification, picture: picture)))
                let answer = reply(FakeRequest(call))
                #expect(answer.status == 200, "\(kind), seed \(seed): \(answer.body)")
            }
        }
        let mail = String(
            decoding: MailMessage.bytes(someMessage(notification), from: "a@b", to: ["c@d"]), as: UTF8.self)
        let head = mail.components(separatedBy: "\r\n\r\n")[0]
        #expect(head.components(separatedBy: "\r\n").allSatisfy { $0.hasPrefix(" ") || $0.contains(": ") })
        #expect(head.utf8.allSatisfy { $0 < 127 })
    }

    @Test("ntfy: priority and tags say how much it matters; buttons post, and what needs a second tap opens its page")
    func ntfy() throws {
        let call = try #require(
            someChannel(.ntfy).http(someMessage(someNotification(answers: [.dismiss, .pause, .cancel, .mute]))))
        let headers = FakeRequest(call).headers
        #expect(call.method == "PUT" && call.body == somePicture)
        #expect(headers["priority"] == "5" && headers["tags"] == "rotating_light" && headers["filename"] == "frame.jpg")
        #expect(
            headers["actions"]
                == #"[{"action":"http","clear":true,"label":"Not a failure","method":"POST","url":"https://farm.example.org/answers/token-77-dismiss"},"#
                + #"{"action":"http","clear":true,"label":"Pause","method":"POST","url":"https://farm.example.org/answers/token-77-pause"},"#
                + #"{"action":"view","clear":true,"label":"Cancel print","url":"https://farm.example.org/answers/token-77-cancel"}]"#
        )
    }

    @Test("ntfy shows three buttons: what was allowed beyond the usual answers comes before muting")
    func ntfyButtons() throws {
        let notification = someNotification(answers: [.acknowledge, .dismiss, .mute, .pause])
        let call = try #require(someChannel(.ntfy).http(someMessage(notification)))
        let actions = try #require(FakeRequest(call).headers["actions"])
        let list = try JSONSerialization.jsonObject(with: Data(actions.utf8)) as? [[String: Any]]
        #expect(list?.compactMap { $0["label"] as? String } == ["Seen", "Not a failure", "Pause"])
    }

    @Test("Discord and Slack ring for nobody because of a file's name")
    func mentions() throws {
        let notification = someNotification(
            .first, [someOccasion(file: "@everyone <!channel>.gcode", text: "<!channel> @here")])
        let discord = try #require(someChannel(.discord).http(someMessage(notification, picture: nil)))
        let body = try #require(FakeRequest(discord).json)
        #expect((body["allowed_mentions"] as? [String: Any])?["parse"] as? [String] == [])
        let slack = try #require(someChannel(.slack).http(someMessage(notification, picture: nil)))
        #expect(!String(decoding: slack.body, as: UTF8.self).contains("<!channel>"))
    }

    @Test("a signed webhook carries the signature of its bytes and the facts")
    func webhook() throws {
        let call = try #require(someChannel(.webhook).http(someMessage(someNotification { $0.probability = 0.914 })))
        let request = FakeRequest(call)
        let secret = Array("signing-secretcanary".utf8)
        #expect(request.headers["x-farmtop-signature"] == WebhookSignature.header(of: call.body, secret: secret))
        let subject = try #require((request.json?["subjects"] as? [[String: Any]])?.first)
        #expect(subject["probability_percent"] as? Int == 91)
        #expect((subject["printer"] as? [String: Any])?["name"] as? String == "mk3")
    }

    @Test(
        "answers mean: taken, try again, or never",
        arguments: [
            (.ntfy, FakeReply(status: 403, body: #"{"code":40301,"http":403,"error":"forbidden"}"#), "again"),
            (.ntfy, FakeReply(status: 429, headers: ["Retry-After": "7"], body: "{}"), "all after 7"),
            (.ntfy, FakeReply(status: 507, body: "{}"), "again"),
            (.ntfy, FakeReply(status: 400, body: "{}"), "never"),
            (.ntfy, FakeReply(status: 302, body: ""), "again"),
            (.telegram, FakeTelegram.error(429, "Too Many Requests: retry after 35", retryAfter: 35), "all after 35"),
            (.telegram, FakeTelegram.error(401, "Unauthorized"), "again"),
            (.telegram, FakeTelegram.error(403, "Forbidden: bot was blocked by the user"), "again"),
            (.telegram, FakeTelegram.error(400, "Bad Request: chat not found"), "all"),
            (.telegram, FakeTelegram.error(400, "Bad Request: IMAGE_PROCESS_FAILED"), "never"),
            (.telegram, FakeReply(status: 502, body: "<html>Bad Gateway</html>"), "again"),
            (.discord, FakeDiscord.limited(1.337), "all after 2"),
            (.discord, FakeReply(status: 404, body: #"{"message": "Unknown Webhook", "code": 10015}"#), "again"),
            (.discord, FakeReply(status: 400, body: #"{"message": "Invalid Form Body"}"#), "never"),
            (.discord, FakeReply(status: 204, body: ""), "taken"),
            (.slack, FakeReply(status: 410, body: "channel_is_archived"), "again"),
            (.slack, FakeReply(status: 400, body: "invalid_blocks"), "never"),
            (.apprise, FakeReply(status: 204, body: ""), "all"),
            (.apprise, FakeReply(status: 424, body: ""), "again"),
            (.webhook, FakeReply(status: 500, body: ""), "again"),
        ] as [(NotifyChannel.Kind, FakeReply, String)])
    func outcomes(kind: NotifyChannel.Kind, reply: FakeReply, meaning: String) {
        switch outcome(someChannel(kind), reply) {
        case .accepted: #expect(meaning == "taken")
        case .declined(_, let wait, let isFinal, let isForAll):
            let found =
                isFinal ? "never" : (isForAll ? "all" : "again") + (isForAll ? wait.map { " after \($0)" } ?? "" : "")
            #expect(found == meaning)
        case let other: Issue.record("\(other)")
        }
    }

    @Test("no word of a service that is told on shows a secret")
    func secrets() {
        for kind in NotifyChannel.Kind.allCases {
            let channel = someChannel(kind)
            for secret in channel.secrets {
                #expect(!channel.publicWords("no route for \(secret) at all").contains(secret), "\(kind)")
            }
            #expect(!"\(channel)".contains("canary"), "\(kind)")
            #expect(!String(reflecting: channel).contains("canary"), "\(kind)")
        }
        let echoed = FakeTelegram.error(404, "no /bot\(FakeTelegram.token)/sendPhoto")
        let complaint = outcome(someChannel(.telegram), echoed).complaint ?? ""
        #expect(complaint.contains("404") && !complaint.contains("canary"))
    }

    @Test("e-mail: the password is on curl's standard input and nowhere else")
    func mail() throws {
        guard case .program(let call) = someChannel(.email).call(someMessage()) else {
            Issue.record("no program")
            return
        }
        #expect(call.argv == ["curl", "-q", "--config", "-"] && call.environment.isEmpty)
        let input = String(decoding: call.input, as: UTF8.self)
        #expect(input.contains(#"user = "farm:pass\"word\\secretcanary""#))
        #expect(input.contains("ssl-reqd") && input.contains(#"mail-rcpt = "bob@example.org""#))
        let mail = String(decoding: try #require(call.files.first?.bytes), as: UTF8.self)
        #expect(!mail.contains("canary") && mail.contains("To: <anna@example.org>, <bob@example.org>"))
        #expect(mail.contains("Date: Sun, 29 Nov 2026 23:12:00 +0000"))
    }

    @Test(
        "curl's exit codes and the server's last reply say what became of a mail",
        arguments: [
            (0, "250", "accepted"), (67, "535", "all"), (55, "452", "again"), (55, "550", "never"),
            (6, "000", "unreachable"),
            (7, "000", "unreachable"), (60, "220", "unreachable"), (28, "000", "unreachable"), (56, "421", "again"),
        ])
    func mailOutcomes(code: Int32, reply: String, meaning: String) {
        switch someChannel(.email).mailOutcome(code, Array(reply.utf8), Array("curl: (\(code)) words".utf8)) {
        case .accepted: #expect(meaning == "accepted")
        case .unreachable: #expect(meaning == "unreachable")
        case .declined(_, _, let isFinal, let isForAll):
            #expect(meaning == (isFinal ? "never" : isForAll ? "all" : "again"))
        case let other: Issue.record("\(other)")
        }
    }
}

@Suite("What curl tells of its talk with a mail server", .timeLimit(.minutes(20)))
struct MailDialogueTests {
    private static let talk = """
        *   Trying 127.0.0.1:25...
        < 220 mail ESMTP\r
        > AUTH PLAIN\r
        > AGZhcm0Ac2VjcmV0Y2FuYXJ5\r
        < 235 ok\r
        > MAIL FROM:<farm@example.org>\r
        < 250 OK\r
        > RCPT TO:<anna@example.org>\r
        < 550-no such user\r
        < 550 here\r
        > RCPT TO:<bob@example.org>\r
        < 250 OK\r
        > DATA\r
        < 354 go on\r
        < 250 taken\r
        """

    @Test("who was refused is a remark, in the server's words; the mail is delivered, and the login goes nowhere")
    func refused() {
        let outcome = someChannel(.email).mailOutcome(0, Array("250".utf8), Array(Self.talk.utf8))
        #expect(
            outcome
                == .acceptedInPart(
                    "250",
                    remark:
                        "The server refused 1 of 2 recipients: anna@example.org (550 no such user). The others have it."
                ))
        #expect(outcome.isSuccess && outcome.acceptance == "250")
    }

    @Test("of a failure only curl's own words are told")
    func complaint() {
        let errors = Self.talk + "\ncurl: (67) Login denied"
        guard
            case .declined("curl: (67) Login denied", nil, false, true) = someChannel(.email).mailOutcome(
                67, Array("535".utf8), Array(errors.utf8))
        else {
            Issue.record("\(someChannel(.email).mailOutcome(67, [], Array(errors.utf8)))")
            return
        }
        #expect(MailDialogue([]) == MailDialogue(Array("> RCPT TO:\n< 5\n> RCPT TO:<a\n< \n<\n>".utf8)))
    }
}

@Suite("What people read", .timeLimit(.minutes(20)))
struct MessageTextTests {
    private func text(_ notification: FarmNotification) -> String {
        let words = MessageText(notification, title: nil, text: nil, clock: .utc)
        return "\(words.title)\n\(words.body)"
    }

    @Test("an alert says printer, number, file, progress, time left, what was done and what is wanted")
    func alert() {
        let notification = someNotification { subject in
            subject.probability = 0.917
            subject.progress = 0.62
            subject.secondsLeft = 4750
            subject.done = "Asked the app to pause."
            subject.wanted = "Look at the print."
        }
        #expect(
            text(notification) == """
                mk3: failing, 91 %
                benchy.gcode is failing with a probability of 91 %.
                62 % printed, 1 h 20 min left
                Asked the app to pause.
                Look at the print.
                """)
    }

    @Test("a reminder says since when it is so: the sentence is the one of then")
    func reminder() {
        let notification = someNotification(.reminder(number: 2)) { $0.wanted = "Look at the print." }
        #expect(
            text(notification) == """
                Reminder 2: mk3: failing
                benchy.gcode is failing with a probability of 91 %.
                First told at 23:12, and still so.
                Look at the print.
                """)
    }

    @Test("a flood is stored with its first hundred, and counts all of them")
    func wholeFarm() throws {
        let occasions = (1...20_000).map { number in
            var occasion = someOccasion(number % 4 == 0 ? .printerLost : .cameraLost, .warning, printer: "p\(number)")
            occasion.printerID = PrinterID(Int64(number))
            return occasion
        }
        let notification = someNotification(.first, occasions, answers: [])
        #expect(notification.subjects.count == 100 && notification.count == 20_000)
        let stored = try JSONEncoder().encode(notification)
        #expect(stored.count < 100_000)
        let read = try JSONDecoder().decode(FarmNotification.self, from: stored)
        #expect(read == notification)
        let words = MessageText(read, title: try MessageTemplate("{count}: {title}"), text: nil, clock: .utc)
        #expect(words.title == "20000: 5000 printers lost and 15000 cameras lost")
        #expect(words.body.contains("p12: printer lost (benchy.gcode)\nand 19988 more"), "\(words.body)")
    }

    @Test("that somebody answered earlier leaves out nothing of what is to be done now")
    func answeredEarlier() {
        let occasion = someOccasion(.notConfirmed, text: "The app has not said that it paused.")
        let notification = someNotification(.first, [occasion]) {
            $0.wanted = "Pause the printer by hand."
            $0.answered = "pause asked by Anna (phone)"
        }
        let words = MessageText(notification, title: nil, text: nil, clock: .utc)
        #expect(
            words.body
                == "The app has not said that it paused.\nPause the printer by hand.\npause asked by Anna (phone).")
    }

    @Test("a message of a version that knew no such counts is read")
    func withoutCounts() throws {
        var text = String(decoding: try JSONEncoder().encode(someNotification()), as: UTF8.self)
        #expect(!text.contains("\"more\""))
        text = text.replacing("\"more\":null,", with: "")
        #expect(try JSONDecoder().decode(FarmNotification.self, from: Data(text.utf8)).count == 1)
    }

    @Test("many at once are one list, and the rest is a number")
    func list() {
        let lost = (1...30).map { someOccasion($0 % 3 == 0 ? .printerLost : .cameraLost, .warning, printer: "p\($0)") }
        let lines = text(someNotification(.first, lost)).split(separator: "\n")
        #expect(lines[0] == "10 printers lost and 20 cameras lost")
        #expect(lines[1] == "p1: camera lost (benchy.gcode)" && lines.count == 14 && lines[13] == "and 18 more")
    }

    @Test("a template decides the words; a line whose fields are all empty is left out")
    func template() throws {
        let template = try MessageTemplate("{printer} {{{severity}}}\n{progress} of {file}\nleft: {time_left}\n--")
        let words = MessageText(
            someNotification(), title: try MessageTemplate("{what}"), text: template, clock: .utc)
        #expect(words.title == "benchy.gcode is failing with a probability of 91 %.")
        #expect(words.body == "mk3 {critical}\n of benchy.gcode\n--")
    }

    @Test(
        "what is no template says why",
        arguments: [("{nozzle}", "no field {nozzle}"), ("{printer", "has no }"), ("a } b", "has no {")])
    func broken(text: String, words: String) {
        do throws(MessageTemplateError) {
            _ = try MessageTemplate(text)
            Issue.record("\(text) was taken")
        } catch {
            #expect("\(error)".contains(words))
        }
    }
}
