public import Farm

/// The addresses that go with messages, made when they are sent; and random numbers. Passed in by whoever knows the keys.
public struct NotificationLinks: Sendable {
    /// A signed token of at most 64 URL-safe characters.
    public typealias Token =
        @Sendable (OccasionID, NotificationAnswer, _ isConfirmed: Bool, _ channel: String) -> String

    let token: Token
    /// The page of a token.
    let page: @Sendable (String) -> String
    let picture: @Sendable (PrinterID, FrameKey) -> String
    /// 32 hex digits.
    let randomID: @Sendable () -> String
    /// Why the addresses may lead nowhere, in a sentence; nil where they are certain.
    let remark: String?

    public init(
        token: @escaping Token, page: @escaping @Sendable (String) -> String,
        picture: @escaping @Sendable (PrinterID, FrameKey) -> String, randomID: @escaping @Sendable () -> String,
        remark: String? = nil
    ) {
        self.remark = remark
        self.token = token
        self.page = page
        self.picture = picture
        self.randomID = randomID
    }

    func answers(to notification: FarmNotification, channel: String) -> [AnswerLink] {
        guard notification.subjects.count == 1, let occasion = notification.subjects.first?.occasionID else {
            return []
        }
        return notification.answers.map { answer in
            let token = token(occasion, answer, false, channel)
            return AnswerLink(answer: answer, token: token, page: page(token))
        }
    }
}
