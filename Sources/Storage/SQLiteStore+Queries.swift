public import Farm
import GRDB

extension SQLiteStore {
    public func print(_ id: PrintID) throws -> Print? { try read { try Print.fetchOne($0, id: id.rawValue) } }

    public func prints(_ query: PrintQuery) throws -> [Print] {
        var filter = Filter()
        // Few prints were cancelled or wait for a verdict, and both have an index of their own in the page's order. A plus
        // keeps SQLite from going through all prints of the account or printer instead.
        let isCancelled = query.results.map { $0.allSatisfy(\.isCancelledOnWire) && !$0.isEmpty } ?? false
        let plus = query.needsVerdict || isCancelled ? "+" : ""
        filter.add("\(plus)account_id = ?", query.accountID?.rawValue)
        filter.add("\(plus)printer_id", anyOf: query.printerIDs?.map { String($0.rawValue) }, as: "integer")
        if isCancelled { filter.add("cancelled_at IS NOT NULL") }
        filter.add("result", anyOf: query.results?.map(\.rawValue), as: "text")
        if query.needsVerdict {
            filter.add("alerted_at IS NOT NULL AND alert_overwrite IS NULL")
            filter.add("coalesce(cancelled_at, finished_at) IS NOT NULL AND result != 'failed'")
        }
        if !query.includesDeleted { filter.add("deleted_at IS NULL") }
        filter.add("started_at >= ?", query.startedFrom?.microseconds)
        filter.add("started_at < ?", query.startedBefore?.microseconds)
        let order = query.oldestFirst ? "ORDER BY started_at, id" : "ORDER BY started_at DESC, id DESC"
        return try read {
            try Print.fetch($0, filter.clauses(order), filter.arguments(start: query.start, limit: query.limit))
        }
    }

    public func predictions(of id: PrintID, after frame: Int64, limit: Int) throws -> [Prediction] {
        guard limit > 0 else { return [] }
        return try read { database in
            let counting = try database.cachedStatement(
                sql: "SELECT count(*) FROM predictions WHERE print_id = ? AND prediction_num > ?")
            let count = try Int.fetchOne(counting, arguments: [id.rawValue, frame]) ?? 0
            if count <= limit {
                return try Prediction.fetchWithPrinter(
                    database, "WHERE print_id = ? AND prediction_num > ? ORDER BY prediction_num", [id.rawValue, frame])
            }
            // Among rows 0 ..< count, the first of each of `limit` equal steps; with two or more, the first and the last row
            // are among them.
            return try Prediction.fetchWithPrinter(
                database,
                """
                JOIN (
                    SELECT prediction_num AS chosen, row_number() OVER (ORDER BY prediction_num) - 1 AS place
                    FROM predictions WHERE print_id = ?1 AND prediction_num > ?2
                ) ON prediction_num = chosen
                WHERE print_id = ?1 AND (place = 0 OR place * ?3 / ?4 > (place - 1) * ?3 / ?4)
                ORDER BY prediction_num
                """, [id.rawValue, frame, limit - 1, count - 1])
        }
    }

    public func prediction(_ key: FrameKey) throws -> Prediction? {
        try read {
            try Prediction.fetchWithPrinter(
                $0, "WHERE print_id = ? AND prediction_num = ?", [key.printID.rawValue, key.number]
            ).first
        }
    }

    public func events(
        account: AccountID?, printer: PrinterID?, print: PrintID?, kinds: [FarmEvent.Kind]?,
        severities: [FarmEvent.Severity]?, start: Int, limit: Int
    ) throws -> [FarmEvent] {
        var filter = Filter()
        filter.add("account_id = ?", account?.rawValue)
        filter.add("printer_id = ?", printer?.rawValue)
        filter.add("print_id = ?", print?.rawValue)
        filter.add("event_type", anyOf: kinds?.map(\.rawValue), as: "text")
        filter.add("event_class", anyOf: severities?.map(\.rawValue), as: "text")
        return try read {
            try FarmEvent.fetch($0, filter.clauses("ORDER BY id DESC"), filter.arguments(start: start, limit: limit))
        }
    }

    public func event(_ id: EventID) throws -> FarmEvent? { try read { try FarmEvent.fetchOne($0, id: id.rawValue) } }
}

/// The conditions of a page of rows. The text depends on which conditions there are, not on their values, so that the
/// statement is found in the cache.
private struct Filter {
    private var conditions: [String] = []
    private var values: [any DatabaseValueConvertible] = []

    mutating func add(_ condition: String) { conditions.append(condition) }

    mutating func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions.append(condition)
        values.append(value)
    }

    /// One of a list, however long: passed as one JSON array.
    mutating func add(_ column: String, anyOf list: [String]?, as type: String) {
        guard let list else { return }
        conditions.append("\(column) IN (SELECT CAST(value AS \(type)) FROM json_each(?))")
        values.append("[" + list.map { "\"\($0)\"" }.joined(separator: ",") + "]")
    }

    func clauses(_ order: String) -> String {
        (conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ") + " ") + order + " LIMIT ? OFFSET ?"
    }

    /// A negative start is 0, a negative limit nothing.
    func arguments(start: Int, limit: Int) -> StatementArguments {
        StatementArguments(values + [max(0, limit), max(0, start)])
    }
}
