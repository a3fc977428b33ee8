import Farm
import FarmService
import Hummingbird

extension FarmRoutes {
    /// Numbers since the start of this process, for Prometheus. No names of printers, files, apps or accounts.
    func metrics(_: APIRequest) -> Response {
        let snapshot = service.snapshot()
        var metrics = MetricsText()
        addRequests(to: &metrics, snapshot.status)
        addFarm(to: &metrics, snapshot)
        metrics.addMachines(service.state, service.traffic, at: now())
        addDetector(to: &metrics, snapshot.status)
        addStorage(to: &metrics)
        if let webhook = snapshot.status.webhook { addWebhook(webhook, to: &metrics) }
        addNotifications(snapshot.status.channels, to: &metrics)
        addProcess(to: &metrics)
        return .bytes(type: "text/plain; version=0.0.4; charset=utf-8", Array(metrics.text.utf8))
    }

    private func addRequests(to metrics: inout MetricsText, _ status: ServiceStatus) {
        let calls = meter.all.map { (labels: [("method", $0.call.method), ("route", $0.call.path)], $0.figures) }
        metrics.add("farmtop_requests_total", .counter, "Requests of apps.", service.traffic.totalRequests)
        metrics.add(
            "farmtop_responses_total", .counter, "Answers to apps by route and kind of status.",
            calls.flatMap { call in
                call.1.answers.sorted { $0.key < $1.key }.map { status, count in
                    (labels: call.labels + [("status", "\(status)xx")], value: count)
                }
            })
        metrics.add(
            "farmtop_response_seconds", "From a request's head to its answer's; a predict waits for its frame.",
            calls.map { (labels: $0.labels, value: $0.1.time) })
        metrics.add(
            "farmtop_rejected_credentials_total", .counter, "Wrong tokens and secrets.", status.rejectedCredentials)
        metrics.add("farmtop_connections", .gauge, "Open connections of apps.", connections.open)
        metrics.add(
            "farmtop_refused_connections_total", .counter, "Connections over the limits.", connections.refused)
        metrics.add(
            "farmtop_evicted_connections_total", .counter,
            "Connections that only waited and were closed to make room for new ones.", connections.evicted)
        metrics.add(
            "farmtop_bytes_in_flight", .gauge, "Bodies that are read or waited for, and answers that have not left.",
            bytesInFlight.current)
        metrics.add("farmtop_event_streams", .gauge, "Open event streams of apps.", streams.open)
    }

    private func addFarm(to metrics: inout MetricsText, _ snapshot: FarmSnapshot) {
        let state = service.state
        metrics.add(
            "farmtop_printers", .gauge, "Printers that are not archived, by what the machine does.",
            MachineState.allCases.map { machine in
                let count = snapshot.printers.count { $0.states.machine == machine }
                return (labels: [("machine_state", machine.rawValue)], value: count)
            })
        metrics.add(
            "farmtop_cameras", .gauge, "Printers that are not archived, by what the camera shows.",
            CameraState.allCases.map { camera in
                let count = snapshot.printers.count { $0.states.camera == camera }
                return (labels: [("camera_state", camera.rawValue)], value: count)
            })
        metrics.add(
            "farmtop_alerts", .gauge, "Open prints by the state of their alert.",
            AlertState.allCases.map { alert in
                let count = snapshot.printers.count { $0.print?.isOpen == true && $0.states.alert == alert }
                return (labels: [("alert_state", alert.rawValue)], value: count)
            })
        metrics.add(
            "farmtop_pauses_requested", .gauge, "Open prints with a pause that is asked and not confirmed yet.",
            snapshot.printers.count { $0.print?.awaitsPause == true })
        metrics.add(
            "farmtop_pauses_not_confirmed", .gauge, "Open prints with a pause whose deadline passed unconfirmed.",
            snapshot.printers.count { $0.print?.pauseNotConfirmedAt != nil })
        metrics.add(
            "farmtop_failure_probability_max", .gauge,
            "The highest failure probability of the open prints; 0 without one.",
            snapshot.printers.compactMap(\.failureProbability).max() ?? 0)
        metrics.add(
            "farmtop_events_total", .counter, "Events of prints and printers, by type.",
            FarmEvent.Kind.allCases.map { kind in
                (labels: [("type", kind.rawValue)], value: state.recordedEvents[kind, default: 0])
            })
        metrics.add(
            "farmtop_standing_alerts", .gauge, "Prints with an alert that nobody has acknowledged.",
            state.printers.values.count { $0.currentPrint?.hasStandingAlert == true })
        metrics.add(
            "farmtop_waiting_consents", .gauge, "Apps that wait for consent.", snapshot.consents.count)
    }

    private func addDetector(to metrics: inout MetricsText, _ status: ServiceStatus) {
        let load = status.load
        metrics.add("farmtop_detector_ready", .gauge, "1 when the model is loaded.", status.model == nil ? 0 : 1)
        metrics.add("farmtop_detector_queued_frames", .gauge, "Frames that wait.", load.queuedFrames)
        metrics.add("farmtop_detector_queued_bytes", .gauge, "Bytes of the frames that wait.", load.queuedBytes)
        metrics.add("farmtop_detector_frames_total", .counter, "Frames analysed.", load.analysedFrames)
        metrics.add(
            "farmtop_detector_rejected_frames_total", .counter, "Frames rejected: no room, or no usable picture.",
            load.rejectedFrames)
        metrics.add(
            "farmtop_detector_cancelled_frames_total", .counter,
            "Frames that left the queue because their clients went away.", load.cancelledFrames)
        metrics.add(
            "farmtop_detector_busy_seconds_total", .counter, "Decoding and network of all frames, over all threads.",
            load.busyMilliseconds / 1000)
        metrics.add(
            "farmtop_detector_last_frame_seconds", .gauge, "Decoding and network of the last frame.",
            load.lastMilliseconds / 1000)
    }

    private func addStorage(to metrics: inout MetricsText) {
        let writer = service.writerFigures
        metrics.add("farmtop_changes_total", .counter, "Changes that were stored or answered.", writer.changes)
        metrics.add(
            "farmtop_refused_changes_total", .counter, "Changes rejected because too many were waiting.",
            writer.refusedChanges)
        metrics.add("farmtop_waiting_changes", .gauge, "Changes that wait to be stored.", writer.waitingChanges)
        metrics.add("farmtop_commits_total", .counter, "Transactions that are on disk.", writer.commits)
        metrics.add("farmtop_failed_commits_total", .counter, "Transactions that failed.", writer.failedCommits)
        metrics.add(
            "farmtop_commit_seconds", "From the start of a transaction until it is on disk.",
            [(labels: [], value: writer.commitTime)])
        guard let storage = storageFigures() else { return }
        metrics.add("farmtop_database_bytes", .gauge, "The database's files.", storage.databaseBytes)
        if let isDamaged = storage.isDatabaseDamaged {
            metrics.add(
                "farmtop_database_damaged", .gauge, "1 when the last check of the whole database found damage.",
                isDamaged ? 1 : 0)
        }
        metrics.add(
            "farmtop_data_folder_free_bytes", .gauge, "Room left where the data folder is.", storage.freeBytes)
    }

    private func addWebhook(_ webhook: ChannelStatus, to metrics: inout MetricsText) {
        metrics.add("farmtop_webhook_pending", .gauge, "Messages that wait for the webhook.", webhook.pending)
        metrics.add("farmtop_webhook_delivered_total", .counter, "Messages delivered.", webhook.delivered)
        metrics.add("farmtop_webhook_dropped_total", .counter, "Messages dropped after all tries.", webhook.dropped)
        metrics.add("farmtop_webhook_failed_tries_total", .counter, "Tries that failed.", webhook.failedTries)
        metrics.add("farmtop_webhook_try_seconds_total", .counter, "Time of all tries.", webhook.trySeconds)
        metrics.add("farmtop_webhook_failing", .gauge, "1 when the last try failed.", webhook.isFailing ? 1 : 0)
        if let success = webhook.lastSuccessAt {
            metrics.add(
                "farmtop_webhook_last_success_timestamp_seconds", .gauge, "When the last message was delivered.",
                success.secondsSince1970)
        }
    }

    /// Nothing without a channel. Names of channels are the configuration's own.
    private func addNotifications(_ channels: [ChannelStatus], to metrics: inout MetricsText) {
        guard !channels.isEmpty else { return }
        metrics.add(
            "farmtop_notifications_total", .counter, "Messages by channel and outcome; failed ones are tried again.",
            channels.flatMap { channel in
                [("delivered", channel.delivered), ("dropped", channel.dropped), ("failed_try", channel.failedTries)]
                    .map { (labels: [("channel", channel.name), ("outcome", $0.0)], value: $0.1) }
            })
        metrics.add(
            "farmtop_notifications_pending", .gauge, "Messages that wait, by channel.",
            channels.map { (labels: [("channel", $0.name)], value: $0.pending) })
        metrics.add(
            "farmtop_notification_channel_failing", .gauge, "1 when the last try of the channel failed.",
            channels.map { (labels: [("channel", $0.name)], value: $0.isFailing ? 1 : 0) })
        metrics.add(
            "farmtop_notification_answer_seconds", "From the first message to the answer, by who answered.",
            service.answerFigures.times.sorted { $0.key < $1.key }.map {
                (labels: [("actor", $0.key)], value: $0.value)
            })
    }

    private func addProcess(to metrics: inout MetricsText) {
        let process = ProcessFigures()
        metrics.add("farmtop_build_info", .gauge, "1.", [(labels: [("version", holder.version)], value: 1)])
        metrics.add(
            "process_start_time_seconds", .gauge, "When this process started, in seconds since 1970.",
            holder.startedAt.secondsSince1970)
        metrics.add("process_cpu_seconds_total", .counter, "User and system time.", process.processorSeconds)
        if let bytes = process.residentBytes {
            metrics.add("process_resident_memory_bytes", .gauge, "Resident memory.", bytes)
        }
        if let count = process.openDescriptors { metrics.add("process_open_fds", .gauge, "Open descriptors.", count) }
        metrics.add("process_max_fds", .gauge, "The limit of open descriptors.", process.maximumDescriptors)
    }
}
