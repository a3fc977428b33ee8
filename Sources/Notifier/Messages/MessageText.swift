internal import Farm
internal import Text

/// A notification in words. Names and files come from outside: they are cleaned here, once for all channels.
struct MessageText: Equatable, Sendable {
    /// One line, at most 200 characters.
    var title: String
    /// Lines; at most 3000 characters.
    var body: String

    /// - Parameter age: how the message stands to the farm as it is sent.
    init(
        _ notification: FarmNotification, title: MessageTemplate?, text: MessageTemplate?, clock: LocalClock,
        age: MessageAge = .fresh
    ) {
        let words = Words(notification, clock, age)
        let value = { (field: MessageTemplate.Field) in words.value(field) }
        let ownTitle = title?.rendered(value) ?? ""
        let start = age == .over ? "At \(clock.timeOfDay(notification.createdAt)): " : ""
        self.title = cleanedText(start + (ownTitle.isEmpty ? words.title : ownTitle), limit: 200)
        let ownText = text?.rendered(value) ?? ""
        let ownBody = String((ownText.isEmpty ? words.body : ownText).prefix(3000))
        body = [ownBody, words.remark].filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

/// How a message stands to the farm as it is sent: a service may have been out of reach for hours.
enum MessageAge: Equatable, Sendable {
    case fresh
    /// It still holds; numbers may have changed.
    case late
    /// Somebody answered, or the print has ended, or it is so no longer.
    case over
}

/// The words of one notification.
private struct Words {
    let notification: FarmNotification
    let clock: LocalClock
    let age: MessageAge
    var subjects: [NotificationSubject] { notification.subjects }
    var only: NotificationSubject? { subjects.count == 1 ? subjects.first : nil }

    /// Printers that a list names one by one.
    static let named = 12

    init(_ notification: FarmNotification, _ clock: LocalClock, _ age: MessageAge) {
        self.notification = notification
        self.clock = clock
        self.age = age
    }

    // MARK: Title

    var title: String {
        let prefix: String =
            switch notification.form {
            case .first, .digest, .recovery: ""
            case .reminder(let number): "Reminder \(number): "
            case .escalation(let channel, let minutes): "Nobody answered \(channel) for \(minutes) min: "
            case .test: ""
            }
        if notification.form == .test { return "Test message of farmtop" }
        return prefix + (only.map(headline) ?? summary)
    }

    private func headline(_ subject: NotificationSubject) -> String {
        let name = printerName(subject)
        let what = notification.form == .recovery ? recovered(subject.topic) : self.what(subject)
        return name.isEmpty ? what : "\(name): \(what)"
    }

    private func what(_ subject: NotificationSubject) -> String {
        let number = subject.probability.flatMap(wholePercent).map { ", \($0) %" } ?? ""
        return switch subject.topic {
        case .alert: subject.severity == .critical ? "failing\(number)" : "may be failing\(number)"
        case .pauseAsked: "pause asked"
        case .notConfirmed: "has NOT paused"
        case .paused: "paused"
        case .attention: "needs attention"
        case .printerLost: "printer lost"
        case .cameraLost: "camera lost"
        case .finished: "finished"
        case .cancelled: "cancelled"
        case .failed: "failed"
        case .finishingSoon: subject.secondsLeft.map { "done in \(duration($0))" } ?? "will soon be done"
        case .consent: "an app asks for access"
        case .disk: "the disk is nearly full"
        case .restarted: "farmtop was started"
        }
    }

    private func recovered(_ topic: NotificationTopic) -> String {
        switch topic {
        case .printerLost: "printer is back"
        case .cameraLost: "camera is back"
        case .disk: "the disk has room again"
        default: "is over"
        }
    }

    /// `18 cameras and 12 printers lost`
    private var summary: String {
        var topics = Dictionary(grouping: subjects, by: \.topic).mapValues(\.count)
        for more in notification.more ?? [] { topics[more.topic, default: 0] += more.count }
        let isBack = notification.form == .recovery
        let parts = NotificationTopic.allCases.compactMap { topic in
            topics[topic].map { count in plural(topic, count, isBack: isBack) }
        }
        let list = parts.count < 2 ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + parts.last!
        return notification.form == .digest ? "Kept back until now: \(list)" : list
    }

    private func plural(_ topic: NotificationTopic, _ count: Int, isBack: Bool) -> String {
        let s = count == 1 ? "" : "s"
        return switch topic {
        case .alert: "\(count) print\(s) failing"
        case .pauseAsked: "\(count) pause\(s) asked"
        case .notConfirmed: "\(count) printer\(s) not paused"
        case .paused: "\(count) print\(s) paused"
        case .attention: "\(count) printer\(s) in need of attention"
        case .printerLost: "\(count) printer\(s) \(isBack ? "back" : "lost")"
        case .cameraLost: "\(count) camera\(s) \(isBack ? "back" : "lost")"
        case .finished: "\(count) print\(s) finished"
        case .cancelled: "\(count) print\(s) cancelled"
        case .failed: "\(count) print\(s) failed"
        case .finishingSoon: "\(count) print\(s) nearly done"
        case .consent: "\(count) app\(s) waiting for access"
        case .disk: isBack ? "disk with room again" : "disk nearly full"
        case .restarted: "farmtop started"
        }
    }

    // MARK: Text

    var body: String {
        var lines = only.map(details) ?? list
        if let next = notification.nextAfter {
            lines.append("The hourly limit is reached: the next message comes after \(clock.timeOfDay(next)).")
        }
        return lines.joined(separator: "\n")
    }

    private func details(_ subject: NotificationSubject) -> [String] {
        if notification.form == .recovery { return [state(subject)].filter { !$0.isEmpty } }
        var lines = [cleanedText(subject.text, limit: 600)]
        if age == .over { return lines }
        switch notification.form {
        // The sentence is the one of then.
        case .reminder, .escalation: lines.append("First told at \(clock.timeOfDay(subject.openedAt)), and still so.")
        case .first, .recovery, .digest, .test: break
        }
        let state = state(subject)
        if !state.isEmpty { lines.append(state) }
        lines += [subject.done, subject.wanted].compactMap { $0 }
        if subject.answered != nil { lines.append("\(answered(subject)).") }
        return lines.filter { !$0.isEmpty }
    }

    /// `62 % printed, 1 h 20 min left`
    private func state(_ subject: NotificationSubject) -> String {
        var parts: [String] = []
        if let progress = subject.progress.flatMap(wholePercent) { parts.append("\(progress) % printed") }
        if let left = subject.secondsLeft, left > 0 { parts.append("\(duration(left)) left") }
        return parts.joined(separator: ", ")
    }

    private var list: [String] {
        var lines = subjects.prefix(Self.named).map { subject in
            let file = subject.filename.map { " (\(cleanedText($0, limit: 60)))" } ?? ""
            let answer = subject.answered == nil ? "" : ", \(answered(subject))"
            let line = headline(subject) + file + answer
            return notification.form == .digest ? "\(clock.timeOfDay(subject.openedAt)) \(line)" : line
        }
        if notification.count > Self.named { lines.append("and \(notification.count - Self.named) more") }
        let wanted = Set(subjects.compactMap { $0.answered == nil ? $0.wanted : nil })
        if wanted.count == 1, notification.form != .recovery, age != .over { lines += wanted }
        return lines
    }

    /// For a message that comes late; empty for the others.
    var remark: String {
        switch age {
        case .fresh: ""
        case .late: "Written at \(clock.timeOfDay(notification.createdAt))."
        case .over:
            "That was at \(clock.timeOfDay(notification.createdAt)). It has been answered since, or is over."
        }
    }

    private func answered(_ subject: NotificationSubject) -> String {
        cleanedText(subject.answered ?? "", limit: 200)
    }

    private func printerName(_ subject: NotificationSubject) -> String { cleanedText(subject.printerName, limit: 60) }

    /// `45 min`, `1 h 20 min`
    private func duration(_ seconds: Double) -> String {
        let minutes = Int((min(max(seconds, 0), 8_640_000) / 60).rounded(.up))
        return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }

    // MARK: Fields

    func value(_ field: MessageTemplate.Field) -> String {
        switch field {
        case .printer: only.map(printerName) ?? "\(notification.count) printers"
        case .file: only?.filename.map { cleanedText($0, limit: 200) } ?? ""
        case .probability: only?.probability.flatMap(wholePercent).map { "\($0) %" } ?? ""
        case .progress: only?.progress.flatMap(wholePercent).map { "\($0) %" } ?? ""
        case .timeLeft: only?.secondsLeft.flatMap { $0 > 0 ? duration($0) : nil } ?? ""
        case .what: only.map { cleanedText($0.text, limit: 600) } ?? list.joined(separator: "\n")
        case .did: age == .over ? "" : only?.done ?? ""
        case .wants: age == .over ? "" : only?.wanted ?? ""
        case .answered: only.map(answered) ?? ""
        case .topic: notification.topicWord
        case .severity: notification.severity.rawValue
        case .time: clock.timeOfDay(notification.createdAt)
        case .count: "\(notification.count)"
        case .title: title
        }
    }
}
