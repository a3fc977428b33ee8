/// What came of sending a message. Texts hold no secret: of addresses only the host.
enum DeliveryOutcome: Equatable, Sendable {
    /// The service took it, in its words.
    case accepted(String)
    /// The service had it and did not take it, in its words.
    /// - Parameters:
    ///   - isFinal: another try cannot mend it, as the message itself is refused.
    ///   - isForAll: no other message would get through before that either.
    case declined(words: String, retryAfterSeconds: Int?, isFinal: Bool, isForAll: Bool)
    /// The service had the message and did not answer: it may have it or not.
    case unanswered(reason: String)
    /// There was no connection, so that no other message would get through either.
    case unreachable(reason: String)

    var isSuccess: Bool { complaint == nil }

    /// Nil when the service took it.
    var complaint: String? {
        switch self {
        case .accepted: nil
        case .declined(let words, _, _, _): words
        case .unanswered(let reason), .unreachable(let reason): reason
        }
    }

    var isFinalRefusal: Bool {
        if case .declined(_, _, let isFinal, _) = self { return isFinal }
        return false
    }
}
