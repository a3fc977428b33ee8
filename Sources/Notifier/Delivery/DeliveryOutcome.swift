/// What came of sending a message. Texts hold no secret: of addresses only the host.
enum DeliveryOutcome: Equatable, Sendable {
    /// The service took it, in its words.
    case accepted(String)
    /// The same, but not for everybody whom the message was for.
    /// - Parameter remark: who has it not, and why: a sentence.
    case acceptedInPart(String, remark: String)
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
        case .accepted, .acceptedInPart: nil
        case .declined(let words, _, _, _): words
        case .unanswered(let reason), .unreachable(let reason): reason
        }
    }

    /// What is wrong though the service took it.
    var remark: String? {
        if case .acceptedInPart(_, let remark) = self { return remark }
        return nil
    }

    /// In the service's words.
    var acceptance: String? {
        switch self {
        case .accepted(let words), .acceptedInPart(let words, _): words
        case .declined, .unanswered, .unreachable: nil
        }
    }

    var isFinalRefusal: Bool {
        if case .declined(_, _, let isFinal, _) = self { return isFinal }
        return false
    }
}
