import Farm
import FoundationEssentials

/// The parts of the API's JSON that a remote dashboard reads. Names of members as on the wire.
enum Wire {
    struct Printer: Decodable {
        var id: Int64
        var name: String
        var created_at: String
        var action_on_failure: FailureAction
        var watching_enabled: Bool
        var not_watching_reason: String?
        var tools_off_on_pause: Bool
        var bed_off_on_pause: Bool
        var retract_on_pause: Double
        var lift_z_on_pause: Double
        var detective_sensitivity: Double
        var min_timelapse_secs_on_finish: Int64
        var min_timelapse_secs_on_cancel: Int64
        var auth_token: String?
        /// Nil: of a farm that has no groups yet.
        var tags: [String]?
        var archived_at: String?
        var current_print: Print?
        /// The one that ended last, while it counts as just done.
        var ended_print: Print?
        var normalized_p: Double
        var failure_probability: Double?
        var machine_state: MachineState
        var camera_state: CameraState
        var alert_state: AlertState
        var pause_deadline: String?
        var habit: Habit?
        /// Only in a list that was asked for with predictions.
        var prediction: Prediction?
        var status: Status?
        /// Only where a machine is linked.
        var machine: Machine?

        struct Habit: Decodable {
            var usual: Double
            var seldom_over: Double
            var hours: Double
        }

        var states: PrinterStates {
            PrinterStates(machine: machine_state, camera: camera_state, alert: alert_state)
        }

        var cameraHabit: CameraHabit? {
            habit.map { CameraHabit(usual: $0.usual, seldomOver: $0.seldom_over, hours: $0.hours) }
        }

        /// Without its print: for lists of what is not on the screen.
        var listing: PrinterListing {
            var printer = Farm.Printer(
                id: PrinterID(id), accountID: 0, settings: settings,
                createdAt: Timestamp(rfc3339: created_at) ?? Timestamp(microseconds: 0), authToken: auth_token ?? "")
            printer.archivedAt = archived_at.flatMap { Timestamp(rfc3339: $0) }
            return PrinterListing(
                printer: printer, accountName: "", currentPrint: nil, states: states,
                failureProbability: failure_probability)
        }

        var settings: PrinterSettings {
            var settings = PrinterSettings(name: name)
            settings.actionOnFailure = action_on_failure
            settings.watchingEnabled = watching_enabled
            settings.toolsOffOnPause = tools_off_on_pause
            settings.bedOffOnPause = bed_off_on_pause
            settings.retractOnPause = retract_on_pause
            settings.liftZOnPause = lift_z_on_pause
            settings.detectiveSensitivity = detective_sensitivity
            settings.minTimelapseSecsOnFinish = min_timelapse_secs_on_finish
            settings.minTimelapseSecsOnCancel = min_timelapse_secs_on_cancel
            settings.tags = tags.flatMap { PrinterTags($0) } ?? []
            return settings
        }
    }

    struct Print: Decodable {
        struct Printer: Decodable {
            var id: Int64
            var name: String?
        }
        var id: Int64
        var printer: Printer
        var filename: String
        var started_at: String
        var ended_at: String?
        var result: PrintResult?
        var failure_reason: String?
        var alerted_at: String?
        var alert_acknowledged_at: String?
        var alert_muted_at: String?
        var paused_at: String?
        var pause_requested_at: String?
        var pause_not_confirmed_at: String?
        var alert_overwrite: AlertVerdict?
        var filament_used: Double?
        var print_time: Double?
        var print_time_approximate: Bool?
        var max_failure_probability: Double?

        /// Nil when its times cannot be read.
        var value: Farm.Print? {
            guard let started = Timestamp(rfc3339: started_at) else { return nil }
            func time(_ text: String?) -> Timestamp? { text.flatMap(Timestamp.init(rfc3339:)) }
            var print = Farm.Print(
                id: PrintID(id), printerID: PrinterID(printer.id), accountID: RemoteFarmState.account,
                filename: filename, startedAt: started)
            print.printerName = printer.name
            print.alertedAt = time(alerted_at)
            print.alertAcknowledgedAt = time(alert_acknowledged_at)
            print.alertMutedAt = time(alert_muted_at)
            print.pausedAt = time(paused_at)
            print.pauseRequestedAt = time(pause_requested_at)
            print.pauseNotConfirmedAt = time(pause_not_confirmed_at)
            print.alertOverwrite = alert_overwrite
            print.filamentUsed = filament_used
            print.printTime = print_time
            print.isPrintTimeApproximate = print_time_approximate ?? false
            print.maxFailureProbability = max_failure_probability
            if let end = time(ended_at), let result {
                print.close(Farm.Print.End(at: end, result: result, failureReason: failure_reason))
            }
            return print
        }
    }

    struct Prediction: Decodable {
        var printer: Int64
        var current_frame_num: Int64
        var lifetime_frame_num: Int64
        var current_p: Double
        var ewm_mean: Double
        var rolling_mean_long: Double
        var rolling_mean_short: Double
        var normalized_p: Double
        var failure_probability: Double?
        var created_at: String?

        var statistics: TemporalStatistics {
            var statistics = TemporalStatistics()
            statistics.predictionNum = current_frame_num
            statistics.predictionNumLifetime = lifetime_frame_num
            statistics.p = current_p
            statistics.ewmMean = ewm_mean
            statistics.rollingMeanLong = rolling_mean_long
            statistics.rollingMeanShort = rolling_mean_short
            statistics.normalizedP = normalized_p
            return statistics
        }

        var point: ScorePoint? {
            created_at.flatMap(Timestamp.init(rfc3339:)).map {
                ScorePoint(
                    at: $0, frame: current_frame_num, p: current_p, failureProbability: failure_probability,
                    ewmMean: ewm_mean, rollingMeanShort: rolling_mean_short, rollingMeanLong: rolling_mean_long,
                    normalizedP: normalized_p)
            }
        }
    }

    struct StoredPrediction: Decodable { var fields: Prediction }

    struct Event: Decodable {
        struct Actor: Decodable {
            var kind: String
            var name: String?
        }
        var id: Int64
        var event_type: FarmEvent.Kind
        var event_class: FarmEvent.Severity
        var event_title: String
        var event_text: String
        var actor: Actor
        var created_at: String
        var print: Int64?
        var printer: Int64

        var value: FarmEvent? {
            Timestamp(rfc3339: created_at).map {
                FarmEvent(
                    id: EventID(id), kind: event_type, severity: event_class,
                    actor: EventActor(kind: actor.kind, name: actor.name) ?? .farmtop, title: event_title,
                    text: event_text, createdAt: $0, accountID: RemoteFarmState.account, printerID: PrinterID(printer),
                    printID: print.map { PrintID($0) })
            }
        }
    }

    struct MachineFile: Decodable {
        var path: String
        var name: String
        var size: Int64?
        var modified_at: String?
        var estimate_s: Double?
        var filament_type: String?

        var value: RemoteFile {
            RemoteFile(
                path: path, name: name, size: size, modifiedAt: modified_at.flatMap(Timestamp.init(rfc3339:)),
                estimate: estimate_s, filamentType: filament_type)
        }
    }

    struct Removed: Decodable { var printer: Int64 }
    struct Version: Decodable { var version: String }
    struct Service: Decodable { var database_damaged: Bool? }
    struct PrinterChange: Decodable {
        var succeeded: Bool
        var printer: Printer
    }
    struct Token: Decodable {
        var access_token: String
        var scope: String?
    }
    /// An answer that nobody reads, or an empty one.
    struct Nothing: Decodable {
        init() {}
        init(from decoder: any Decoder) {}
    }
}
