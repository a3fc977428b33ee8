/// Carries out the answer that a token stands for. Token and person are untrusted.
/// - Parameter person: who sent it, as far as the channel knows.
public typealias AnswerHandler = @Sendable (_ token: String, _ person: String?) async -> AnswerReply

/// What is said to whoever answered.
public enum AnswerReply: Equatable, Sendable {
    case done(String)
    /// Not carried out, and why: answered before, over, or no token of ours. The button is good for nothing any more.
    case refused(String)
    /// Not carried out this time, and why: nobody has answered, and the same button may be pressed again.
    case failed(String)
    /// A second tap is asked for.
    /// - Parameters:
    ///   - yes: the button of that tap.
    ///   - others: what may be answered instead, as before.
    case confirm(question: String, yes: AnswerButton, others: [AnswerButton])
}

/// A way to answer, as it is shown.
public struct AnswerButton: Equatable, Sendable {
    /// Words of the button.
    public var label: String
    /// What it sends.
    public var token: String

    public init(label: String, token: String) {
        self.label = label
        self.token = token
    }
}
