import Farm
import Foundation
import GRDB

extension NotificationRow {
    func write(_ database: Database) throws {
        switch self {
        case .occasion(let occasion): try Self.upsert(occasion, database)
        case .removeOccasion(let id):
            try database.cachedStatement(sql: "DELETE FROM \(Occasion.table) WHERE id = ?")
                .execute(arguments: [id.rawValue])
        case .telling(let channel, let id, let telling):
            try Self.upsert(TellingRow(channel: channel, occasion: id, telling: telling), database)
        case .sent(let channel, let sent): try Self.upsert(ChannelRow(channel: channel, sent: sent), database)
        case .queue(let channel, let notification):
            let message = String(decoding: try JSONEncoder().encode(notification), as: UTF8.self)
            let created = notification.createdAt.microseconds
            try database.cachedStatement(
                sql: """
                    INSERT INTO notify_outbox (channel, delivery_id, message, created_at, tries, refusals, next_try_at)
                    VALUES (?, ?, ?, ?, 0, 0, ?)
                    """
            ).execute(arguments: [channel, notification.deliveryID, message, created, created])
        }
    }

    private static func upsert<Value: StoredRow>(_ value: Value, _ database: Database) throws {
        let values = try value.values
        // SQLite's text functions end at a NUL, so the rest of such a text would be lost without a word.
        if values.contains(where: { ($0 as? String)?.utf8.contains(0) == true }) {
            throw StorageError.contradiction(detail: "a text of \(Value.table) holds a null character")
        }
        try database.cachedStatement(sql: Value.upsert).execute(arguments: StatementArguments(values))
    }
}
