import Farm
import FarmService

extension MetricsText {
    /// The machines behind printers, what was asked of them, and the cameras that farmtop reads.
    mutating func addMachines(_ state: FarmState, _ traffic: TrafficCounters, at now: Timestamp) {
        let machines = state.printers.values.filter { $0.printer.deletedAt == nil && $0.printer.archivedAt == nil }
            .compactMap(\.machine)
        let states = machines.map { LinkState($0) }
        add(
            "farmtop_links", .gauge, "Links to machines of printers that are not archived, by how they are.",
            LinkState.allCases.map { link in
                (labels: [("link_state", link.rawValue)], value: states.count { $0 == link })
            })
        let ages = machines.filter { LinkState($0) == .works || LinkState($0) == .stale }.compactMap(\.reading)
            .map { max(0, now.seconds(since: $0.at)) }
        add(
            "farmtop_reading_age_seconds_max", .gauge,
            "Of the machines that answer, the oldest last reading; 0 without one.", ages.max() ?? 0)
        add(
            "farmtop_reading_age_seconds_mean", .gauge,
            "Of the machines that answer, the mean age of the last reading; 0 without one.",
            ages.isEmpty ? 0 : ages.reduce(0, +) / Double(ages.count))
        add(
            "farmtop_commands_total", .counter, "Commands to machines by what became of them.",
            state.recordedCommands.sorted { $0.key < $1.key }.map { record, count in
                (
                    labels: [("command", record.command), ("outcome", record.outcome.rawValue)],
                    value: count
                )
            })
        let cameras = state.printers.values.flatMap(\.ownCameras)
        add(
            "farmtop_camera_pictures_total", .counter, "Pictures of the cameras that farmtop reads.",
            traffic.takenPictures)
        add(
            "farmtop_camera_errors_total", .counter, "Times when such a camera gave no picture.",
            traffic.missedPictures)
        add(
            "farmtop_failing_cameras", .gauge, "Such cameras whose last picture did not come.",
            cameras.count { $0.fault != nil })
    }
}
