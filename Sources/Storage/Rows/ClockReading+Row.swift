import Farm
import GRDB

/// The one row of what the clocks said when the last batch was committed. Durations in microseconds.
extension ClockReading: StoredRow {
    static let table = "clock_readings"
    static let columns = ["id", "boot_id", "since_boot", "wall", "steady", "exact_since"]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        let (seconds, attoseconds) = sinceBoot.components
        return [
            1, bootID, seconds * 1_000_000 + attoseconds / 1_000_000_000_000, wall.microseconds, steady.microseconds,
            exactSince.microseconds,
        ]
    }

    init(_ row: StoredColumns) throws {
        self.init(
            bootID: try row.optionalText("boot_id"), sinceBoot: .microseconds(try row.integer("since_boot")),
            wall: try row.time("wall"), steady: SteadyTime(microseconds: try row.integer("steady")),
            exactSince: SteadyTime(microseconds: try row.integer("exact_since")))
    }
}
