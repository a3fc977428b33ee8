import Farm
import GRDB

extension Printer: StoredRow {
    static let table = "printers"
    static let columns =
        [
            "id", "account_id", "name", "action_on_failure", "watching_enabled", "tools_off_on_pause",
            "bed_off_on_pause",
            "retract_on_pause", "lift_z_on_pause", "detective_sensitivity", "min_timelapse_secs_on_finish",
            "min_timelapse_secs_on_cancel", "created_at", "archived_at", "deleted_at", "auth_token", "current_print_id",
            "needs_teaching", "camera_region",
        ] + TemporalStatistics.columns
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        let own: [(any DatabaseValueConvertible)?] = [
            id.rawValue, accountID.rawValue, settings.name, settings.actionOnFailure.rawValue, settings.watchingEnabled,
            settings.toolsOffOnPause, settings.bedOffOnPause, settings.retractOnPause, settings.liftZOnPause,
            settings.detectiveSensitivity, settings.minTimelapseSecsOnFinish, settings.minTimelapseSecsOnCancel,
            createdAt.microseconds, archivedAt?.microseconds, deletedAt?.microseconds, authToken,
            currentPrintID?.rawValue, needsTeaching, settings.cameraRegion.description,
        ]
        return own + statistics.values
    }

    init(_ row: StoredColumns) throws {
        self.init(
            id: try row.id("id"), accountID: try row.id("account_id"), settings: try PrinterSettings(row),
            createdAt: try row.time("created_at"), authToken: try row.text("auth_token"))
        archivedAt = try row.optionalTime("archived_at")
        deletedAt = try row.optionalTime("deleted_at")
        currentPrintID = try row.optionalID("current_print_id")
        needsTeaching = try row.flag("needs_teaching")
        statistics = try TemporalStatistics(row)
    }
}

extension PrinterSettings {
    fileprivate init(_ row: StoredColumns) throws {
        self.init(name: try row.text("name"))
        actionOnFailure = try row.word("action_on_failure")
        watchingEnabled = try row.flag("watching_enabled")
        toolsOffOnPause = try row.flag("tools_off_on_pause")
        bedOffOnPause = try row.flag("bed_off_on_pause")
        retractOnPause = try row.real("retract_on_pause")
        liftZOnPause = try row.real("lift_z_on_pause")
        detectiveSensitivity = try row.real("detective_sensitivity")
        minTimelapseSecsOnFinish = try row.integer("min_timelapse_secs_on_finish")
        minTimelapseSecsOnCancel = try row.integer("min_timelapse_secs_on_cancel")
        cameraRegion = try row.decoded("camera_region") { CameraRegion($0) }
    }
}

/// The columns that printers and predictions share.
extension TemporalStatistics {
    static let columns = [
        "prediction_num", "prediction_num_lifetime", "p", "ewm_mean", "rolling_mean_short", "rolling_mean_long",
        "normalized_p",
    ]

    var values: [(any DatabaseValueConvertible)?] {
        [predictionNum, predictionNumLifetime, p, ewmMean, rollingMeanShort, rollingMeanLong, normalizedP]
    }

    init(_ row: StoredColumns) throws {
        self.init()
        predictionNum = try row.integer("prediction_num")
        predictionNumLifetime = try row.integer("prediction_num_lifetime")
        p = try row.real("p")
        ewmMean = try row.real("ewm_mean")
        rollingMeanShort = try row.real("rolling_mean_short")
        rollingMeanLong = try row.real("rolling_mean_long")
        normalizedP = try row.real("normalized_p")
    }
}
