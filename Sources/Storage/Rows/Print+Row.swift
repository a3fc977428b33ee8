import Farm
import GRDB

extension Print: StoredRow {
    static let table = "prints"
    static let columns = [
        "id", "printer_id", "account_id", "filename", "started_at", "finished_at", "cancelled_at", "alerted_at",
        "alert_acknowledged_at", "alert_muted_at", "paused_at", "pause_requested_at", "pause_confirmed",
        "alert_overwrite", "filament_used", "print_time", "frame_count", "max_normalized_p", "not_watched_at",
    ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [
            id.rawValue, printerID.rawValue, accountID.rawValue, filename, startedAt.microseconds,
            finishedAt?.microseconds, cancelledAt?.microseconds, alertedAt?.microseconds,
            alertAcknowledgedAt?.microseconds, alertMutedAt?.microseconds, pausedAt?.microseconds,
            pauseRequestedAt?.microseconds, pauseConfirmed, alertOverwrite?.rawValue, filamentUsed, printTime,
            frameCount, maxNormalizedP, notWatchedAt?.microseconds,
        ]
    }

    init(_ row: StoredColumns) throws {
        self.init(
            id: try row.id("id"), printerID: try row.id("printer_id"), accountID: try row.id("account_id"),
            filename: try row.text("filename"), startedAt: try row.time("started_at"))
        finishedAt = try row.optionalTime("finished_at")
        cancelledAt = try row.optionalTime("cancelled_at")
        alertedAt = try row.optionalTime("alerted_at")
        alertAcknowledgedAt = try row.optionalTime("alert_acknowledged_at")
        alertMutedAt = try row.optionalTime("alert_muted_at")
        pausedAt = try row.optionalTime("paused_at")
        pauseRequestedAt = try row.optionalTime("pause_requested_at")
        pauseConfirmed = try row.flag("pause_confirmed")
        alertOverwrite = try row.optionalWord("alert_overwrite")
        filamentUsed = try row.optionalReal("filament_used")
        printTime = try row.optionalReal("print_time")
        frameCount = try row.integer("frame_count")
        maxNormalizedP = try row.real("max_normalized_p")
        notWatchedAt = try row.optionalTime("not_watched_at")
    }
}
