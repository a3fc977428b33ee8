public import Farm
import Foundation
import GRDB

extension SQLiteStore {
    /// What was told and what there is to tell. A row that cannot be read is left out: telling a thing twice is better than a farm
    /// that does not start.
    func notifications(_ database: Database) throws -> StoredNotifications {
        var stored = StoredNotifications()
        stored.occasions = try readable(database, "ORDER BY opened_steady, id")
        let known = Set(stored.occasions.map(\.id))
        let channels: [ChannelRow] = try readable(database, "ORDER BY channel")
        for row in channels { stored.ledgers[row.channel, default: ChannelLedger()].sent = row.sent }
        let tellings: [TellingRow] = try readable(database, "ORDER BY channel, occasion_id")
        for row in tellings where known.contains(row.occasion) {
            stored.ledgers[row.channel, default: ChannelLedger()].tellings[row.occasion] = row.telling
        }
        return stored
    }
}

extension SQLiteStore: NotificationOutbox {
    public func queuedNotifications(
        of channel: String, after id: QueuedNotificationID, limit: Int
    ) throws -> [QueuedNotification] {
        try waiting(
            in: "notify_outbox", "channel = ? AND id > ?", [channel, id.rawValue], limit, QueuedNotification.init
        ) { try settle($0) }
    }

    public func queuedNotificationCounts() throws -> [String: Int] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT channel, count(*) AS number FROM notify_outbox GROUP BY channel")
            return Dictionary(uniqueKeysWithValues: rows.map { ($0["channel"], $0["number"]) })
        }
    }

    public func removeQueuedNotifications(of channel: String) throws {
        try change { try $0.execute(sql: "DELETE FROM notify_outbox WHERE channel = ?", arguments: [channel]) }
    }

    public func settle(_ changes: [OutboxChange<QueuedNotification>]) throws {
        try settle(changes, in: "notify_outbox") { ($0.id.rawValue, $0.tries, $0.refusals, $0.nextTryAt) }
    }

    public func standing(_ ids: [OccasionID]) throws -> Set<OccasionID> {
        try read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT count(*) FROM \(Occasion.table)
                    WHERE id = ? AND (over_since IS NULL OR over_since = opened_steady)
                    """)
            return try Set(ids.filter { try Int.fetchOne(statement, arguments: [$0.rawValue]) == 1 })
        }
    }
}

extension QueuedNotification {
    init(_ row: StoredColumns) throws {
        let notification: FarmNotification = try row.decoded("message") { text in
            try? JSONDecoder().decode(FarmNotification.self, from: Data(text.utf8))
        }
        self.init(
            id: try row.id("id"), channel: try row.text("channel"), notification: notification,
            tries: try row.integer("tries"), refusals: try row.integer("refusals"),
            nextTryAt: try row.time("next_try_at"))
    }
}
