internal import Farm

/// Whether a file is started on machines, which print it at once. Each bed is looked at meanwhile; only `y` starts.
struct StartQuestion: DashboardOverlay {
    var title: String
    /// What will happen, and to what.
    var lines: [String]
    private(set) var beds: [BedGlance]
    var confirmed: [DashboardRequest]

    init(title: String, lines: [String], beds: [BedGlance], confirmed: [DashboardRequest]) {
        self.title = title
        self.lines = lines
        self.beds = beds
        self.confirmed = confirmed
    }

    /// The overlay has one question under way at a time.
    var request: [DashboardRequest] { beds.first(where: \.isLooking)?.request ?? [] }

    mutating func receive(_ result: Result<FarmReply, RequestFailure>, in context: Context) -> [DashboardRequest] {
        guard let index = beds.firstIndex(where: \.isLooking) else { return [] }
        let decoding = beds[index].receive(result)
        // One picture has room.
        return (beds.count == 1 ? decoding : []) + request
    }

    mutating func receive(
        _ result: Result<Pixels, RequestFailure>, picture: Int, in context: Context
    ) -> [DashboardRequest] {
        if beds.count == 1 { beds[0].receive(result) }
        return []
    }

    func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .character("y"), .character("Y"): [.close] + confirmed
        case .character("n"), .character("N"), .character("q"), .escape, .control("c"): .nothingChanged
        default: [.say("Press y to do it, n or esc to leave it.", .warning)]
        }
    }

    func clickBeside(in context: Context) -> [DashboardRequest] { handle(.insert, in: context) }

    func hints(_ context: Context) -> [KeyBar.Hint] { [.init("y", "yes"), .init("N", "no")] }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let told = beds.map { bed in
            (
                text: (beds.count == 1 ? "" : "\(bed.name): ") + bed.sentence(context), role: bed.role(context)
            )
        }
        BedBox(
            title: title, lines: lines.map { ($0, .text) } + told, glance: beds.count == 1 ? beds.first : nil,
            keys: [(.character("y"), "yes"), (.character("N"), "no")]
        ).draw(in: &canvas, context)
    }
}
