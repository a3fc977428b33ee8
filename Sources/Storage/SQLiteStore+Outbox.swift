public import Farm
import GRDB

extension SQLiteStore: WebhookOutbox {
    public func pendingNotices(after id: NoticeID, limit: Int) throws -> [PendingNotice] {
        try waiting(in: WebhookNotice.table, "id > ?", [id.rawValue], limit, PendingNotice.init) { try settle($0) }
    }

    public func pendingNoticeCount() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(WebhookNotice.table)") ?? 0 }
    }

    public func settle(_ changes: [OutboxChange<PendingNotice>]) throws {
        try settle(changes, in: WebhookNotice.table) { ($0.id.rawValue, $0.tries, $0.refusals, $0.nextTryAt) }
    }

    /// The messages of an outbox, oldest first. One that cannot be read is removed with a warning: it must not hold up the others for
    /// ever.
    /// - Parameters:
    ///   - condition: of the rows, with its arguments.
    ///   - settle: removes those that cannot be read.
    func waiting<Message>(
        in table: String, _ condition: String, _ arguments: StatementArguments, _ limit: Int,
        _ make: (StoredColumns) throws -> Message, settle: ([OutboxChange<Message>]) throws -> Void
    ) throws -> [Message] {
        let limit = max(0, limit)
        while true {
            let rows = try read { database in
                let statement = try database.cachedStatement(
                    sql: "SELECT * FROM \(table) WHERE \(condition) ORDER BY id LIMIT ?")
                return try Row.fetchAll(statement, arguments: arguments + [limit])
            }
            var messages: [Message] = []
            var unreadable: [OutboxChange<Message>] = []
            for row in rows {
                do {
                    messages.append(try make(StoredColumns(row, of: table)))
                } catch let error as StorageError {
                    warn(.rowLeftOut(reason: error.description))
                    unreadable.append(.remove(Identifier(rawValue: row["id"])))
                }
            }
            try settle(unreadable)
            // A page of nothing but unreadable rows is not the end.
            if !messages.isEmpty || unreadable.isEmpty { return messages }
        }
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
