import Farm
import GRDB

extension Print: StoredRow {
    static let table = "prints"
    static let columns = [
        "id", "printer_id", "account_id", "filename", "started_at", "finished_at", "cancelled_at", "alerted_at",
        "alert_acknowledged_at", "alert_muted_at", "alert_state", "paused_at", "pause_requested_at",
        "pause_not_confirmed_at", "pause_spent", "alert_overwrite", "filament_used", "print_time", "frame_count",
        "max_normalized_p", "max_failure_probability", "not_watched_at", "result", "failure_reason",
        "started_steady", "print_time_approximate", "deleted_at", "alert_withheld_at",
    ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [
            id.rawValue, printerID.rawValue, accountID.rawValue, filename, startedAt.microseconds,
            finishedAt?.microseconds, cancelledAt?.microseconds, alertedAt?.microseconds,
            alertAcknowledgedAt?.microseconds, alertMutedAt?.microseconds, alertState.rawValue,
            pausedAt?.microseconds, pauseRequestedAt?.microseconds, pauseNotConfirmedAt?.microseconds, isPauseSpent,
            alertOverwrite?.rawValue, filamentUsed, printTime, frameCount, maxNormalizedP, maxFailureProbability,
            notWatchedAt?.microseconds, result?.rawValue, failureReason,
            startedSteady?.microseconds, isPrintTimeApproximate, deletedAt?.microseconds,
            alertWithheldAt?.microseconds,
        ]
    }

    init(_ row: StoredColumns) throws {
        self.init(
            id: try row.id("id"), printerID: try row.id("printer_id"), accountID: try row.id("account_id"),
            filename: try row.text("filename"), startedAt: try row.time("started_at"))
        // Which of the two is set follows from the result.
        if let end = try row.optionalTime("cancelled_at") ?? row.optionalTime("finished_at") {
            close(
                End(at: end, result: try row.word("result"), failureReason: try row.optionalText("failure_reason")))
        }
        alertedAt = try row.optionalTime("alerted_at")
        alertAcknowledgedAt = try row.optionalTime("alert_acknowledged_at")
        alertMutedAt = try row.optionalTime("alert_muted_at")
        alertState = try row.word("alert_state")
        pausedAt = try row.optionalTime("paused_at")
        pauseRequestedAt = try row.optionalTime("pause_requested_at")
        pauseNotConfirmedAt = try row.optionalTime("pause_not_confirmed_at")
        isPauseSpent = try row.flag("pause_spent")
        alertOverwrite = try row.optionalWord("alert_overwrite")
        filamentUsed = try row.optionalReal("filament_used")
        printTime = try row.optionalReal("print_time")
        frameCount = try row.integer("frame_count")
        maxNormalizedP = try row.real("max_normalized_p")
        maxFailureProbability = try row.optionalReal("max_failure_probability")
        notWatchedAt = try row.optionalTime("not_watched_at")
        startedSteady = try row.optionalInteger("started_steady").map(SteadyTime.init(microseconds:))
        isPrintTimeApproximate = try row.flag("print_time_approximate")
        deletedAt = try row.optionalTime("deleted_at")
        alertWithheldAt = try row.optionalTime("alert_withheld_at")
    }
}
