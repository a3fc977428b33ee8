import Farm

@testable import Notifier

let evening = Timestamp(secondsSince1970: 1_795_993_920)

/// A small JPEG, as far as a service looks.
let somePicture: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 0xFF, 0xD9]

func someOccasion(
    _ topic: NotificationTopic = .alert, _ severity: NotificationSeverity = .critical, printer: String = "mk3",
    file: String = "benchy.gcode", text: String = "benchy.gcode is failing with a probability of 91 %."
) -> Occasion {
    Occasion(
        id: 77, topic: topic, severity: severity, printerID: 5, printID: 9, printerName: printer, filename: file,
        text: text, frame: 4, openedAt: evening, openedSteady: SteadyTime(microseconds: 0))
}

func someNotification(
    _ form: FarmNotification.Form = .first, _ occasions: [Occasion] = [someOccasion()],
    answers: [NotificationAnswer] = [.acknowledge, .dismiss, .mute],
    change: (inout NotificationSubject) -> Void = { _ in }
) -> FarmNotification {
    let subjects = occasions.map { occasion in
        var subject = NotificationSubject(occasion)
        change(&subject)
        return subject
    }
    return FarmNotification(
        deliveryID: "0123456789abcdef0123456789abcdef", form: form, subjects: subjects, answers: answers,
        createdAt: evening)
}

let someLinks = NotificationLinks(
    token: { occasion, answer, isConfirmed, channel in "token-\(occasion)-\(answer.rawValue)\(isConfirmed ? "-2" : "")"
    },
    page: { "https://farm.example.org/answers/\($0)" },
    picture: { "https://farm.example.org/pictures/\($0)/\($1.printID)/\($1.number).jpg?signature=x" },
    randomID: { "ffffffffffffffffffffffffffffffff" }, remark: "Set public_url.")

func someMessage(
    _ notification: FarmNotification = someNotification(), picture: [UInt8]? = somePicture
)
    -> ChannelMessage
{
    let words = MessageText(notification, title: nil, text: nil, clock: .utc)
    return ChannelMessage(
        notification: notification, title: words.title, body: words.body, picture: picture,
        pictureURL: picture == nil ? nil : "https://farm.example.org/picture.jpg?signature=x",
        answers: someLinks.answers(to: notification, channel: "c"))
}

func someChannel(_ kind: NotifyChannel.Kind, base: String = "https://service.example.org") -> NotifyChannel {
    var channel = NotifyChannel(
        name: kind.rawValue, kind: kind, rule: NotificationRule(channel: kind.rawValue, clock: .utc))
    switch kind {
    case .ntfy:
        channel.url = base + "/farm-topic"
        channel.token = FakeNtfy.token
    case .telegram:
        channel.url = base
        channel.token = FakeTelegram.token
        channel.chat = Int64(FakeTelegram.chat)
    case .discord: channel.url = base + FakeDiscord.path
    case .slack: channel.url = base + FakeSlack.path
    case .apprise: channel.url = base + "/notify/farm"
    case .webhook:
        channel.url = base + "/hook?key=secretcanary"
        channel.token = "signing-secretcanary"
    case .email:
        channel.url = "smtps://mail.example.org"
        channel.user = "farm"
        channel.token = "pass\"word\\secretcanary"
        channel.from = "farm@example.org"
        channel.to = ["anna@example.org", "bob@example.org"]
    case .exec: channel.argv = ["/bin/sh", "-c", "cat"]
    }
    return channel
}

extension NotifyChannel {
    /// The request of a message; nil when it is none.
    func http(_ message: ChannelMessage) -> HTTPCall? {
        if case .http(let call) = call(message) { return call }
        return nil
    }
}
