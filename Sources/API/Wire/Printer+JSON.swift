import Farm
import Text

extension JSONWriter {
    /// The keys of a printer that its prints carry too.
    private mutating func members(of printer: Printer, notWatchingReason: String?) {
        let settings = printer.settings
        member("id", printer.id)
        member("name", settings.name)
        member("created_at", printer.createdAt)
        member("action_on_failure", settings.actionOnFailure.rawValue)
        member("watching_enabled", settings.watchingEnabled)
        member("not_watching_reason", notWatchingReason)
        member("tools_off_on_pause", settings.toolsOffOnPause)
        member("bed_off_on_pause", settings.bedOffOnPause)
        member("retract_on_pause", settings.retractOnPause)
        member("lift_z_on_pause", settings.liftZOnPause)
        member("detective_sensitivity", settings.detectiveSensitivity)
        member("min_timelapse_secs_on_finish", settings.minTimelapseSecsOnFinish)
        member("min_timelapse_secs_on_cancel", settings.minTimelapseSecsOnCancel)
        member("auth_token", printer.authToken)
        member("archived_at", printer.archivedAt)
        null("agent_name")
        null("agent_version")
    }

    /// A printer, every key always present.
    mutating func printer(_ view: PrinterSnapshot, pictureURL: String?) {
        object { json in
            json.members(of: view.printer, notWatchingReason: view.notWatchingReason)
            json.member("pic") { json in
                guard let pictureURL else { return json.null() }
                json.object { $0.member("img_url", pictureURL) }
            }
            json.member("status") { json in
                guard let machine = view.machine, let reading = machine.reading else { return json.null() }
                json.status(reading, state: view.states.machine)
            }
            json.member("settings") { json in
                json.object { json in
                    json.member("webcam_flipV", false)
                    json.member("webcam_flipH", false)
                    json.member("webcam_rotate90", false)
                    json.member("webcam_rotation", Int64(0))
                    json.member("webcam_streamRatio", "16:9")
                    json.member("ratio169", true)
                }
            }
            json.member("current_print") { json in
                guard let print = view.print, print.isOpen else { return json.null() }
                json.object { json in
                    json.members(
                        of: print, printer: view.printer, notWatchingReason: view.notWatchingReason)
                }
            }
            json.member("normalized_p", view.printer.statistics.normalizedP)
            json.states(of: view)
            // Only there where it says something: the keys of a printer are a contract.
            if let machine = view.machine { json.member("machine") { $0.machine(machine) } }
            json.member("ended_print") { json in
                guard let print = view.print, !print.isOpen else { return json.null() }
                json.object { json in
                    json.members(
                        of: print, printer: view.printer, notWatchingReason: view.notWatchingReason)
                }
            }
            json.member("tags") { json in
                json.array { json in
                    for tag in view.printer.settings.tags.all { json.value(tag) }
                }
            }
        }
    }

    /// farmtop's own: decided in the core, so that no reader decides anew.
    private mutating func states(of view: PrinterSnapshot) {
        member("failure_probability", view.failureProbability)
        member("machine_state", view.states.machine.rawValue)
        member("camera_state", view.states.camera.rawValue)
        member("alert_state", view.states.alert.rawValue)
        member("pause_deadline", view.pauseDeadline)
        member("habit") { json in
            guard let habit = view.habit else { return json.null() }
            json.object { json in
                json.member("usual", habit.usual)
                json.member("seldom_over", habit.seldomOver)
                json.member("hours", habit.hours)
            }
        }
    }

    /// A print as the prints endpoints give it.
    mutating func print(_ print: Print, printer: Printer, notWatchingReason: String?) {
        object { json in
            json.members(of: print, printer: printer, notWatchingReason: notWatchingReason)
            json.member("prediction_json_url", "/api/v1/prints/\(print.id)/prediction_json/")
            json.member("printshotfeedback_set") { $0.array { _ in } }
            json.member("firstlayerinspection_set") { $0.array { _ in } }
        }
    }

    private mutating func members(of print: Print, printer: Printer, notWatchingReason: String?) {
        member("id", print.id)
        member("printer") { json in
            json.object { $0.members(of: printer, notWatchingReason: notWatchingReason) }
        }
        null("g_code_file")
        member("filename", print.filename)
        member("started_at", print.startedAt)
        member("ended_at", print.endedAt)
        member("finished_at", print.finishedAt)
        member("cancelled_at", print.cancelledAt)
        null("uploaded_at")
        member("alerted_at", print.alertedAt)
        member("alert_acknowledged_at", print.alertAcknowledgedAt)
        member("alert_muted_at", print.alertMutedAt)
        member("paused_at", print.pausedAt)
        null("video_url")
        null("tagged_video_url")
        null("poster_url")
        member("alert_overwrite", print.alertOverwrite?.rawValue)
        member("filament_used", print.filamentUsed)
        member("print_time", print.printTime)
        null("access_consented_at")
        null("video_archived_at")
        member("need_alert_overwrite", print.needsVerdict)
        member("need_print_shot_feedback", false)
        member("result", print.result?.rawValue)
        member("failure_reason", print.failureReason)
        member("max_failure_probability", print.maxFailureProbability)
        member("pause_requested_at", print.pauseRequestedAt)
        member("pause_not_confirmed_at", print.pauseNotConfirmedAt)
        // Only there where it says something: the keys of a print are a contract.
        if print.isPrintTimeApproximate { member("print_time_approximate", true) }
    }
}
