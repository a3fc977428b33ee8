/// 1 and above, in the order of the events.
public typealias NoticeID = Identifier<PendingNotice>

/// A notice in the outbox, with what has been tried so far.
public struct PendingNotice: Equatable, Sendable {
    /// In the order of the events.
    public var id: NoticeID
    /// What the receiver is told.
    public var notice: WebhookNotice
    /// How often it was sent, or could not be.
    public var tries: Int64
    /// How often the receiver had it and did not take it.
    public var refusals: Int64
    /// Not before this.
    public var nextTryAt: Timestamp

    public init(id: NoticeID, notice: WebhookNotice, tries: Int64, refusals: Int64, nextTryAt: Timestamp) {
        self.id = id
        self.notice = notice
        self.tries = tries
        self.refusals = refusals
        self.nextTryAt = nextTryAt
    }
}

/// Notices that wait for a webhook. They get in with the event that they tell of (`FarmRow.notice`), in its transaction,
/// and so survive what the event survives. Every call blocks.
public protocol WebhookOutbox: Sendable {
    /// Oldest first, with ids over `after`.
    func pendingNotices(after id: NoticeID, limit: Int) throws -> [PendingNotice]
    func pendingNoticeCount() throws -> Int
    /// All in one transaction. What is gone already is passed over.
    func settle(_ changes: [OutboxChange<PendingNotice>]) throws
}
