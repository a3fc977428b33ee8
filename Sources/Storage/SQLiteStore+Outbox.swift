public import Farm
import GRDB

extension SQLiteStore: WebhookOutbox {
    public func pendingNotices(after id: NoticeID, limit: Int) throws -> [PendingNotice] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT * FROM \(WebhookNotice.table) WHERE id > ? ORDER BY id LIMIT ?")
            return try Row.fetchAll(statement, arguments: [id.rawValue, max(0, limit)]).map { row in
                try PendingNotice(StoredColumns(row, of: WebhookNotice.table))
            }
        }
    }

    public func pendingNoticeCount() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(WebhookNotice.table)") ?? 0 }
    }

    public func settle(_ changes: [OutboxChange<PendingNotice>]) throws {
        try settle(changes, in: WebhookNotice.table) { ($0.id.rawValue, $0.tries, $0.refusals, $0.nextTryAt) }
    }

    /// - Parameter columns: what the row of a message is to hold.
    func settle<Message>(
        _ changes: [OutboxChange<Message>], in table: String,
        _ columns: (Message) -> (id: Int64, tries: Int64, refusals: Int64, nextTryAt: Timestamp)
    ) throws {
        guard !changes.isEmpty else { return }
        try change { database in
            for change in changes {
                switch change {
                case .remove(let id):
                    try database.cachedStatement(sql: "DELETE FROM \(table) WHERE id = ?")
                        .execute(arguments: [id.rawValue])
                case .postpone(let message):
                    let row = columns(message)
                    try database.cachedStatement(
                        sql: "UPDATE \(table) SET tries = ?, refusals = ?, next_try_at = ? WHERE id = ?"
                    ).execute(arguments: [row.tries, row.refusals, row.nextTryAt.microseconds, row.id])
                }
            }
        }
    }
}
