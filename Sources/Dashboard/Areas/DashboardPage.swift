internal import Farm

/// What fills the screen and takes the keys: an area, or a page that is open over one.
///
/// A page is a value: it is told of keys, the mouse and what has changed, and answers with requests. It reads the `Context`
/// and never writes it. Everything but the place and the drawing has a default, so that a new area begins with four members.
protocol DashboardPage: Sendable {
    /// Where `KeyMap` says what a key means here.
    var place: Place { get }

    /// Everything but the line of areas and the key bar, which the dashboard draws.
    func draw(in canvas: inout Canvas, _ context: Context)
    /// Whether the line above the key bar is left free for the areas and messages.
    func hasStatusLine(_ size: GridSize) -> Bool
    /// The passing of time alone changes what is shown.
    var showsAges: Bool { get }

    // MARK: Keys and mouse

    /// A key that `KeyMap` does not have, such as an arrow. Nil: it means nothing of its own here.
    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest]?
    /// Does a command that `refusal` has nothing against.
    mutating func perform(_ command: Command, in context: Context) -> [DashboardRequest]
    /// Why a command cannot be done now: a sentence. Nil when it can.
    func refusal(_ command: Command, in context: Context) -> String?
    /// What the foot of the screen offers.
    func offer(in context: Context) -> BarOffer
    mutating func click(_ position: Position, in context: Context) -> [DashboardRequest]
    /// - Parameter lines: below 0 for the wheel turned up.
    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest]
    /// Whether a double click there opens what is selected.
    func opens(_ position: Position, in context: Context) -> Bool

    // MARK: What is selected

    /// The printer that keys act on, and that is looked at.
    func focus(in context: Context) -> PrinterSnapshot?
    /// The printers that keys act on: the one in focus, or all the marked ones.
    func targets(in context: Context) -> [PrinterSnapshot]
    /// What `y` puts on the clipboard.
    func copied(in context: Context) -> CopiedText?
    /// The pictures that belong on the screen now.
    func pictures(in context: Context) -> WantedPictures
    /// The print whose scores are shown.
    func print(in context: Context) -> Print?

    // MARK: What happens meanwhile

    /// Something has changed; every page is told of it, shown or not.
    mutating func apply(_ change: DashboardChange, in context: Context) -> [DashboardRequest]
    /// After every event: brings selections back onto the screen, and asks for what is missing.
    mutating func settle(in context: Context) -> [DashboardRequest]
}

/// An area of the dashboard: a tab with a key, a list to move in, and words behind `:`. `Areas.all` lists them.
protocol DashboardArea: DashboardPage {
    static var area: Area { get }
    /// For the help and the table of keys: a sentence without its full stop.
    static var summary: String { get }
    /// Words behind `:`, besides the area's own name.
    static var words: [String] { get }

    init()

    /// It is gone to.
    mutating func open(in context: Context) -> [DashboardRequest]
    /// Moves the selection.
    mutating func move(_ step: ListCursor.Step, in context: Context)
    /// Moves the selection while a page is open over it. What the page shows next; nil: nothing of it has a page.
    mutating func step(_ lines: Int, in context: Context) -> PrinterDetail.Subject?
    /// The words that the list is filtered by; nil where there is no filter.
    var filter: String? { get }
    mutating func filter(by words: String, in context: Context) -> [DashboardRequest]
    /// Does what a word behind `:` says; nil when it is none of its words.
    mutating func run(_ word: String, _ rest: String, in context: Context) -> [DashboardRequest]?
    /// What may follow one of its words.
    static func completions(of word: String, _ context: Context) -> [String]
    /// What the headers of the other areas say of it.
    func notice(in context: Context) -> Notice?
}

/// What `y` copies, and what it is called.
struct CopiedText: Equatable {
    var name: String
    var text: String
}

/// What an area wants to be known wherever one looks.
struct Notice: Equatable, Sendable {
    var text: String
    var role: Role
    /// As in `Segments`.
    var priority: Int
}

/// Commands for the foot of the screen, the likeliest first; those that cannot be done now are left out.
struct BarOffer: Equatable {
    /// What is done with what is selected.
    var primary: [Command] = []
    /// Keys that are no commands, or two in one.
    var hints: [KeyBar.Hint] = []
    /// What the area is looked through with; beside the areas where there is room.
    var secondary: [Command] = [.copy, .commandLine]
    /// Kept free at the end.
    var tail: [Command] = [.pickTheme]
}

extension DashboardPage {
    func hasStatusLine(_ size: GridSize) -> Bool { FarmLayout(size).kind != .compact }
    var showsAges: Bool { false }

    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest]? { nil }
    mutating func perform(_ command: Command, in context: Context) -> [DashboardRequest] {
        switch command {
        case .open: [.say("There is nothing more to open here.")]
        case .back: [.go(Areas.first)]
        case .nextView: [.go(Areas.after(context.area))]
        default: []
        }
    }
    func refusal(_ command: Command, in context: Context) -> String? {
        PrinterCommands(targets(in: context), context).refusal(command)
    }
    func offer(in context: Context) -> BarOffer { BarOffer() }
    mutating func click(_ position: Position, in context: Context) -> [DashboardRequest] { [] }
    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest] { [] }
    func opens(_ position: Position, in context: Context) -> Bool { false }

    func focus(in context: Context) -> PrinterSnapshot? { nil }
    func targets(in context: Context) -> [PrinterSnapshot] { focus(in: context).map { [$0] } ?? [] }
    func copied(in context: Context) -> CopiedText? { nil }
    func pictures(in context: Context) -> WantedPictures { WantedPictures() }
    func print(in context: Context) -> Print? { nil }

    mutating func apply(_ change: DashboardChange, in context: Context) -> [DashboardRequest] { [] }
    mutating func settle(in context: Context) -> [DashboardRequest] { [] }
}

extension DashboardArea {
    static var words: [String] { [] }

    mutating func open(in context: Context) -> [DashboardRequest] { [] }
    mutating func move(_ step: ListCursor.Step, in context: Context) {}
    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest] {
        move(.by(lines), in: context)
        return []
    }
    mutating func step(_ lines: Int, in context: Context) -> PrinterDetail.Subject? { nil }
    var filter: String? { nil }
    mutating func filter(by words: String, in context: Context) -> [DashboardRequest] { [] }
    mutating func run(_ word: String, _ rest: String, in context: Context) -> [DashboardRequest]? { nil }
    static func completions(of word: String, _ context: Context) -> [String] { [] }
    func notice(in context: Context) -> Notice? { nil }
}
