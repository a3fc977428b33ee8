/// Carries out the answer that a token stands for. Token and person are untrusted.
/// - Parameter person: who sent it, as far as the channel knows.
public typealias AnswerHandler = @Sendable (_ token: String, _ person: String?) async -> AnswerReply

/// What is said to whoever answered.
public enum AnswerReply: Equatable, Sendable {
    case done(String)
    /// Not carried out, and why: answered before, over, or no token of ours.
    case refused(String)
    /// A second tap is asked for.
    /// - Parameter token: of that tap.
    case confirm(question: String, label: String, token: String)
}
