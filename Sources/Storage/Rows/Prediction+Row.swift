import Farm
import Foundation
import GRDB

/// The printer is that of the print and not stored again: this is the table that grows.
extension Prediction: StoredRow {
    static let table = "predictions"
    static let keyLength = 2
    static let columns =
        ["print_id"] + TemporalStatistics.columns + [
            "failure_probability", "created_at", "detections", "counted", "region_id",
        ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        let packed: (any DatabaseValueConvertible)? = detections.isEmpty ? nil : Data(detections.packed)
        return [printID.rawValue] + statistics.values + [
            failureProbability, createdAt.microseconds, packed, counted, region?.number,
        ]
    }

    /// The row needs the print's `printer_id` and the region's text beside its own columns.
    init(_ row: StoredColumns) throws {
        self.init(
            printID: try row.id("print_id"), printerID: try row.id("printer_id"), createdAt: try row.time("created_at"),
            statistics: try TemporalStatistics(row), failureProbability: try row.optionalReal("failure_probability"),
            detections: try row.detections("detections"), counted: try row.optionalReal("counted"),
            region: try row.region())
    }

    static func fetchWithPrinter(
        _ database: Database, _ clauses: String, _ arguments: StatementArguments
    ) throws -> [Prediction] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT predictions.*, printer_id, camera_regions.region AS region FROM predictions
                JOIN prints ON prints.id = print_id LEFT JOIN camera_regions ON camera_regions.id = region_id \(clauses)
                """)
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var predictions: [Prediction] = []
        while let row = try rows.next() { predictions.append(try Prediction(StoredColumns(row, of: table))) }
        return predictions
    }
}

extension StoredColumns {
    /// Nil where none was kept, or nobody remembers what its number stands for.
    fileprivate func region() throws -> CameraRegion? {
        if try optionalInteger("region_id") == 0 { return .whole }
        return try optionalText("region").flatMap { CameraRegion($0) }
    }
}
