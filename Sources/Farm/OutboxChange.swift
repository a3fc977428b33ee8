/// What becomes of a message in its outbox.
public enum OutboxChange<Message: Equatable & Sendable>: Equatable, Sendable {
    /// It waits for its next try.
    case postpone(Message)
    /// Delivered, or given up.
    case remove(Identifier<Message>)
}
