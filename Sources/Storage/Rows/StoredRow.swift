import Farm
import Foundation
import GRDB

/// A value that is one row of one table. `columns` and `values` are in the same order; the key's columns come first.
protocol StoredRow {
    static var table: String { get }
    static var keyLength: Int { get }
    static var columns: [String] { get }
    /// `upsertStatement()`, made once.
    static var upsert: String { get }
    var values: [(any DatabaseValueConvertible)?] { get throws }
    init(_ row: StoredColumns) throws
}

extension StoredRow {
    static var keyLength: Int { 1 }

    /// Inserts, or replaces the columns of the row with the same key.
    static func upsertStatement() -> String {
        let key = columns.prefix(keyLength).joined(separator: ", ")
        let changes = columns.dropFirst(keyLength).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        return "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(places)) "
            + "ON CONFLICT (\(key)) DO UPDATE SET \(changes)"
    }

    /// All rows of a query over this table.
    static func fetch(
        _ database: Database, _ clauses: String, _ arguments: StatementArguments = StatementArguments()
    ) throws -> [Self] {
        let statement = try database.cachedStatement(sql: "SELECT * FROM \(table) \(clauses)")
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var values: [Self] = []
        while let row = try rows.next() { values.append(try Self(StoredColumns(row, of: table))) }
        return values
    }

    static func fetchOne(_ database: Database, id: Int64) throws -> Self? {
        try fetch(database, "WHERE id = ?", [id]).first
    }
}

/// Reads the columns of one row; a value of another type, or a word that this version does not know, is an error that
/// names the column.
struct StoredColumns {
    private let row: Row
    private let table: String

    init(_ row: Row, of table: String) {
        self.row = row
        self.table = table
    }

    private func unreadable(_ column: String) -> StorageError { .unreadable(table: table, column: column) }

    private func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        guard let stored: DatabaseValue = row[column] else { throw unreadable(column) }
        if stored.isNull { return nil }
        guard let value = Value.fromDatabaseValue(stored) else { throw unreadable(column) }
        return value
    }
    private func required<Value>(_ value: Value?, _ column: String) throws -> Value {
        guard let value else { throw unreadable(column) }
        return value
    }

    func optionalInteger(_ column: String) throws -> Int64? { try value(column) }
    func integer(_ column: String) throws -> Int64 { try required(optionalInteger(column), column) }
    func optionalReal(_ column: String) throws -> Double? { try value(column) }
    func real(_ column: String) throws -> Double { try required(optionalReal(column), column) }
    func optionalText(_ column: String) throws -> String? { try value(column) }
    func text(_ column: String) throws -> String { try required(optionalText(column), column) }
    func optionalBytes(_ column: String) throws -> [UInt8]? { try (value(column) as Data?).map(Array.init) }
    func bytes(_ column: String) throws -> [UInt8] { try required(optionalBytes(column), column) }

    func flag(_ column: String) throws -> Bool { try integer(column) != 0 }
    func optionalTime(_ column: String) throws -> Timestamp? {
        try optionalInteger(column).map(Timestamp.init(microseconds:))
    }
    func time(_ column: String) throws -> Timestamp { Timestamp(microseconds: try integer(column)) }
    func optionalID<Entity>(_ column: String) throws -> Identifier<Entity>? {
        try optionalInteger(column).map(Identifier.init(rawValue:))
    }
    func id<Entity>(_ column: String) throws -> Identifier<Entity> { Identifier(rawValue: try integer(column)) }

    func optionalWord<Word: RawRepresentable<String>>(_ column: String) throws -> Word? {
        try optionalText(column).map { try required(Word(rawValue: $0), column) }
    }
    func word<Word: RawRepresentable<String>>(_ column: String) throws -> Word {
        try required(optionalWord(column), column)
    }
    func actor(_ kind: String, named name: String) throws -> EventActor {
        try required(EventActor(kind: text(kind), name: optionalText(name)), kind)
    }
    func cameraKey() throws -> CameraKey {
        CameraKey(
            printerID: try id("printer_id"), source: try text("source"), modelDigest: try text("model_digest"),
            region: try text("region"), width: Int(try integer("width")), height: Int(try integer("height")))
    }
    /// What `decode` makes of the bytes; nil is unreadable.
    func unpacked<Value>(_ column: String, _ decode: ([UInt8]) -> Value?) throws -> Value {
        try required(decode(bytes(column)), column)
    }
    func scope(_ column: String) throws -> Scope { try required(Scope(text(column)), column) }
    func detections(_ column: String) throws -> [Detection] {
        try required([Detection](packed: optionalBytes(column) ?? []), column)
    }
    /// What `decode` makes of the text; nil is unreadable.
    func decoded<Value>(_ column: String, _ decode: (String) -> Value?) throws -> Value {
        try required(decode(text(column)), column)
    }
}
