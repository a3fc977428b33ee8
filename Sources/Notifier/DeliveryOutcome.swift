/// What came of sending a message. Texts hold no secret: of addresses only the host.
enum DeliveryOutcome: Equatable, Sendable {
    case answered(status: Int, retryAfterSeconds: Int?)
    /// A channel's service took it, in its words.
    case accepted(String)
    /// A channel's service had it and did not take it, in its words.
    /// - Parameter isForAll: no other message would get through before that either.
    case declined(words: String, retryAfterSeconds: Int?, isFinal: Bool, isForAll: Bool)
    /// The receiver had the message and did not answer: it may have it or not.
    case unanswered(reason: String)
    /// There was no connection, so that no other message would get through either.
    case unreachable(reason: String)

    var isSuccess: Bool {
        switch self {
        case .answered(200..<300, _), .accepted: true
        case .answered, .declined, .unanswered, .unreachable: false
        }
    }

    /// Nil when the receiver took it.
    var complaint: String? {
        switch self {
        case .answered(200..<300, _): nil
        case .answered(let status, _) where (300..<400).contains(status):
            "answered \(status): redirects are not followed; put the final address into webhook.url"
        case .answered(let status, _): "answered \(status)"
        case .accepted: nil
        case .declined(let words, _, _, _): words
        case .unanswered(let reason), .unreachable(let reason): reason
        }
    }

    /// Another try cannot mend it: the message itself is refused. What a change of the receiver or of the configuration
    /// would mend (credentials, a missing page, a redirect) is tried again, as is what the receiver says will pass.
    var isFinalRefusal: Bool {
        if case .declined(_, _, let isFinal, _) = self { return isFinal }
        guard case .answered(let status, _) = self else { return false }
        return (400..<500).contains(status) && ![401, 403, 404, 408, 425, 429].contains(status)
    }
}
