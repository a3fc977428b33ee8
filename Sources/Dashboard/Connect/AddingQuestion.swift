/// Which way a printer is added. Both have a letter; nothing is chosen by enter alone.
struct AddingQuestion: DashboardOverlay, Equatable {
    private static let ways: [(key: Character, words: String)] = [
        ("m", "connect a machine: OctoPrint, Moonraker, PrusaLink"), ("a", "one that an app drives over the API"),
    ]

    func draw(in canvas: inout Canvas, _ context: Context) {
        QuestionBox(
            title: "Add a printer", list: Self.ways.map { ($0.key, $0.words) }, keys: [(.escape, "leave")]
        ).draw(in: &canvas, context)
    }

    func hints(_ context: Context) -> [KeyBar.Hint] {
        [.init("m", "connect a machine"), .init("a", "for an app"), .leave]
    }

    func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .character("m"), .character("M"):
            context.options.isRemote
                ? [.say("Machines can be connected only on the machine that runs the farm.", .warning)]
                : [.overlay(ConnectOverlay(context))]
        case .character("a"), .character("A"): [.overlay(Form.newPrinter(accounts: context.openAccounts))]
        case .escape, .character("q"), .control("c"): [.close]
        default: [.say("Press m to connect a machine, a for one that an app drives; esc leaves.", .warning)]
        }
    }

    /// Says which keys answer: the second of a double click on the key that asks comes here.
    func clickBeside(in context: Context) -> [DashboardRequest] { handle(.insert, in: context) }
}
