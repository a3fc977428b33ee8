internal import Farm

/// The bed of one printer: what a look at it says, and how the empty one is kept.
struct BedPanel: DashboardOverlay, Equatable {
    private(set) var glance: BedGlance
    /// What the last key did.
    private var note: String?
    /// The last key asked to keep a picture; whether one was kept is in the report.
    private var isToBeKept = false

    init(_ glance: BedGlance) { self.glance = glance }

    private static let keys: [(Key, String)] = [
        (.character("k"), "it is empty: keep"), (.character("c"), "cleared"), (.character("r"), "look again"),
        (.character("f"), "forget"), (.escape, "leave"),
    ]

    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .escape, .character("q"), .character("h"), .control("c"): return [.close]
        case .character("r"): return ask(.check, "")
        case .character("k"): return ask(.keep, "Its picture is kept as one of the empty bed.")
        case .character("c"): return ask(.cleared, "Its picture is kept as one of the empty bed.")
        case .character("f"): return ask(.forget, "The pictures of the empty bed are forgotten.")
        default: return []
        }
    }

    private mutating func ask(_ action: BedAction, _ done: String) -> [DashboardRequest] {
        guard !glance.isLooking else { return [] }
        note = done.isEmpty ? nil : done
        isToBeKept = action == .keep || action == .cleared
        return glance.ask(action)
    }

    mutating func receive(_ result: Result<FarmReply, RequestFailure>, in context: Context) -> [DashboardRequest] {
        let requests = glance.receive(result)
        // What a person said and what is seen differ.
        if let report = glance.report, isToBeKept, !report.isKept {
            note = "Nothing was kept: k keeps it all the same."
        } else if glance.report == nil {
            note = nil
        }
        return requests
    }

    mutating func receive(
        _ result: Result<Pixels, RequestFailure>, picture: Int, in context: Context
    ) -> [DashboardRequest] {
        glance.receive(result)
        return []
    }

    func clickBeside(in context: Context) -> [DashboardRequest] { [.close] }

    func hints(_ context: Context) -> [KeyBar.Hint] {
        [.init("k", "keep"), .init("c", "cleared"), .init("r", "again"), .init("f", "forget"), .leave]
    }

    func draw(in canvas: inout Canvas, _ context: Context) {
        var lines: [(text: String, role: Role)] = [(glance.sentence(context), glance.role(context))]
        if let status = glance.report?.status {
            let kept = status.keptAt.map { at in
                "\(context.count(status.kept, "picture")) of the empty bed kept, the newest \(context.local(at).monthDayHourMinute)."
            }
            lines.append((kept ?? "No picture of the empty bed is kept. Clear the bed, then press k.", .dim))
        }
        if let note, !glance.isLooking { lines.append((note, .text)) }
        BedBox(title: "Bed of \(glance.name)", lines: lines, glance: glance, keys: Self.keys).draw(in: &canvas, context)
    }
}
