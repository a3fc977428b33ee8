internal import Farm

/// What a channel carries: the words, the picture, and the ways to answer.
struct ChannelMessage: Equatable, Sendable {
    var notification: FarmNotification
    var title: String
    var body: String
    /// A JPEG.
    var picture: [UInt8]?
    /// Where that picture can be had for a day; for services that take no picture themselves.
    var pictureURL: String?
    var answers: [AnswerLink]

    var deliveryID: String { notification.deliveryID }
    var severity: NotificationSeverity { notification.severity }

    /// Title and text in one.
    var plain: String { body.isEmpty ? title : "\(title)\n\(body)" }

    /// The text with an address for each answer, for services without buttons.
    var plainWithLinks: String {
        answers.isEmpty
            ? plain : plain + "\n\n" + answers.map { "\($0.answer.label): \($0.page)" }.joined(separator: "\n")
    }
}

/// One way to answer.
struct AnswerLink: Equatable, Sendable {
    var answer: NotificationAnswer
    /// At most 64 URL-safe characters.
    var token: String
    /// The page that asks whether it is meant so; it acts on POST.
    var page: String
}

/// The length of a text in a service's own unit, cut with an ellipsis.
func cut(_ text: String, utf8 limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var result = ""
    var length = 0
    for character in text {
        length += character.utf8.count
        if length > limit - 3 { break }
        result.append(character)
    }
    return result + "…"
}

func cut(_ text: String, utf16 limit: Int) -> String {
    guard text.utf16.count > limit else { return text }
    var result = ""
    var length = 0
    for character in text {
        length += character.utf16.count
        if length > limit - 1 { break }
        result.append(character)
    }
    return result + "…"
}
