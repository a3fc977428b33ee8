/// Every key of the dashboard: the one table from which the keys, the key bar, the help with its palette and the page of
/// the documentation are made. A key has one meaning; where it is used, its words say what it means there.
struct KeyMap: Equatable, Sendable {
    struct Binding: Equatable, Sendable {
        /// The first one is the one that is shown.
        var keys: [Key]
        /// What the key means wherever it means anything.
        let meaning: String
        var uses: [Use]
    }

    struct Use: Equatable, Sendable {
        let command: Command
        let places: Places
        /// For the key bar.
        let short: String
        /// For the help: a sentence without its full stop.
        let title: String
        var changesFarm = false
    }

    /// In the order of the help.
    let bindings: [Binding]
    /// The key that is shown for each command.
    private let shown: [Command: Key]

    init(_ bindings: [Binding]) {
        self.bindings = bindings
        shown = Dictionary(
            bindings.flatMap { binding in binding.uses.map { ($0.command, binding.keys[0]) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The keys as they are without a configuration.
    static let standard = KeyMap(
        answering + printing + keeping + access + finding + looking + moving + areas + everywhere)

    private static let answering = [
        Binding(
            "a", .acknowledge, .printers, "ack", "Acknowledge the alert: you have seen it", changes: true),
        Binding(
            "n", .notAFailure, [.printers, .prints], "dismiss", "Dismiss the alert: not a failure", changes: true),
        Binding(
            "F", .wasAFailure, [.printers, .prints], "a failure", "Judge the alert: it was a failure", changes: true),
        Binding(
            "p", .pause, .printers, "pause", "Pause the print: asks the app or the machine", also: [.function(7)],
            changes: true),
        Binding(
            "P", .confirmPause, .printers, "paused by hand", "Say that you paused the printer by hand", changes: true),
        Binding("r", .resume, .printers, "resume", "Resume the print", also: [.function(8)], changes: true),
        Binding(
            "m", .mute, .printers, "mute", "Mute the alerts of this print, or hear them again", changes: true),
    ]

    private static let printing = [
        Binding(
            "s", .start, .printers, "start", "Start a print: lists the machine's files, or asks for the file name",
            changes: true),
        Binding(
            keys: [.character("f")], meaning: "Say how a print ended",
            uses: [
                Use(
                    command: .finish, places: .printers, short: "finish",
                    title: "Cancel or finish the print: asks how it ended",
                    changesFarm: true),
                Use(
                    command: .markFailed, places: .prints, short: "mark failed",
                    title: "Say that this print failed, and why", changesFarm: true),
            ]),
        Binding(
            "B", .bed, .printers, "bed", "Look whether the bed is clear; keep a picture of the empty one", changes: true
        ),
        Binding("L", .light, .printers, "light", "Switch the machine's light on or off", changes: true),
        Binding(
            "!", .emergencyStop, .printers, "stop", "Emergency stop of the machine: asks for a typed word",
            changes: true),
    ]

    private static let keeping = [
        Binding(
            keys: [.character("c")], meaning: "Make a new one",
            uses: [
                Use(
                    command: .newPrinter, places: .printers, short: "new",
                    title: "Add a printer: connect a machine, or one that an app drives", changesFarm: true),
                Use(
                    command: .newClient, places: .oauth, short: "new",
                    title: "Make a client; its secret is shown once", changesFarm: true),
            ]),
        Binding(
            keys: [.character("e")], meaning: "Edit",
            uses: [
                Use(
                    command: .edit, places: .printers, short: "edit",
                    title: "Edit the printer: name, sensitivity, action, watching, groups, machine", changesFarm: true),
                Use(
                    command: .editClient, places: .oauth, short: "edit",
                    title: "Edit the client: name, scope, grants, redirect URIs, token lifetime, machines",
                    changesFarm: true),
            ]),
        Binding(
            keys: [.character("x")], meaning: "Take out of use, in a way that can be taken back",
            uses: [
                Use(
                    command: .archive, places: .printers, short: "archive",
                    title: "Archive the printer; its prints are kept", changesFarm: true),
                Use(
                    command: .disableClient, places: .oauth, short: "disable",
                    title: "Disable the client, or enable it again", changesFarm: true),
            ]),
        Binding(
            keys: [.character("D")], meaning: "Remove for good; asks first",
            uses: [
                Use(
                    command: .remove, places: .printers, short: "remove",
                    title: "Remove the printer for good; its prints stay in the history", changesFarm: true),
                Use(
                    command: .removeClient, places: .oauth, short: "remove",
                    title: "Remove the client and revoke its tokens", changesFarm: true),
            ]),
        Binding(
            "C", .forgetCamera, .printers, "forget camera",
            "Forget what was learned about this camera; asks first", changes: true),
        Binding(
            "V", .verdicts, .printers, "dismissed", "List what was dismissed on this camera; forget some of it"),
        Binding(
            "u", .undo, [.printers, .prints, .oauth], "undo",
            "Undo the last thing that can be undone; says what it was",
            changes: true),
    ]

    private static let access = [
        Binding(
            "i", .approveConsent, .oauth, "type code", "Give an app access: type the code that it shows", changes: true),
        Binding("d", .denyConsent, .oauth, "deny", "Deny an app access: type its code or number", changes: true),
        Binding("o", .rotateSecret, .oauth, "new secret", "Give the client a new secret; asks first", changes: true),
        Binding(
            "X", .revokeToken, .oauth, "revoke", "Revoke the selected token, or all of a client; asks first",
            changes: true),
    ]

    private static let finding = [
        Binding(
            "/", .filter, [.farm, .history, .log], "filter",
            "Filter by words; in the farm also !words, #group, state:failing, p>40", also: [.function(3)]),
        Binding(
            keys: [.character("v")], meaning: "Choose which ones are listed",
            uses: [
                Use(
                    command: .archived, places: .farm, short: "archived",
                    title: "List the archived printers; take one back"),
                Use(
                    command: .resultFilter, places: .history, short: "results",
                    title: "List all prints, those of one result, or those with an alert to judge"),
                Use(
                    command: .logLevel, places: .log, short: "levels",
                    title: "List lines from info on, warnings on, errors only, or all"),
            ]),
        Binding(
            keys: [.character("b")], meaning: "List only what belongs to the selected line, or everything again",
            uses: [
                Use(
                    command: .historyPrinter, places: .history, short: "this printer",
                    title: "List the prints of this printer only, or of all"),
                Use(
                    command: .logSource, places: .log, short: "this source",
                    title: "List the lines of this source only, or of all"),
            ]),
        Binding("S", .sort, .farm, "sort", "Sort by a column", also: [.function(6)]),
        Binding("R", .sortByRisk, .farm, "worst first", "Sort by risk, the worst first"),
        Binding(" ", .mark, .farm, "mark", "Mark; keys then act on all that are marked"),
        Binding(
            keys: [.control(" ")], .markRange, .farm, "mark to here", "Mark all from the last mark to here"),
        Binding(keys: [.control("a")], .markAll, .farm, "mark all", "Mark all that are shown, or none"),
        Binding("A", .nextAlert, .everywhere, "next alert", "Go to the next alert"),
        Binding("N", .nextError, .log, "next error", "Go to the next error"),
    ]

    private static let looking = [
        Binding("<", .shorterRange, .history, "shorter", "List prints of a shorter time"),
        Binding(">", .longerRange, .history, "longer", "List prints of a longer time"),
        Binding(
            "t", .period, .history, "other sums", "Sum up by printer, by the quality of alerts, by day, week or month"),
        Binding("E", .export, .history, "export", "Export the prints that are shown to a .csv or .json file"),
        Binding("#", .numbers, .pages, "numbers", "Show the numbers behind the sentences, or the sentences again"),
        Binding("+", .wider, .pages, "more time", "Chart a longer time", also: [.character("=")]),
        Binding("-", .narrower, .pages, "less time", "Chart a shorter time", also: [.character("_")]),
        Binding("z", .zoomPicture, .pages, "zoom", "Fill the screen with the picture"),
        Binding(
            "O", .region, .pages, "outline",
            "Draw the bed on the picture, and areas to ignore: only what lies there is judged",
            changes: true),
        Binding("y", .copy, .everywhere, "copy", "Copy the id, or the line, to the clipboard"),
    ]

    private static let moving = [
        Binding(
            keys: [.enter, .character("l"), .function(5)], .open, .everywhere, "open", "Open what is selected"),
        Binding(keys: [.escape, .character("h")], .back, .everywhere, "back", "Leave what is open"),
        Binding(
            keys: [.tab, .backTab, .function(4)], .nextView, .everywhere, "view",
            "Next view: lines, cards, cameras; prints, sums; clients, tokens"),
    ]

    /// The areas in their order, from 1 on.
    private static let areas = Areas.all.enumerated().map { index, type in
        Binding(Character("\(index + 1)"), .area(type.area), .everywhere, type.area.name, type.summary)
    }

    private static let everywhere = [
        Binding(":", .commandLine, .everywhere, "command", "Command line: :theme NAME, :screen FILE, :quit"),
        Binding("?", .help, .everywhere, "help", "This help; type to search, enter runs", also: [.function(1)]),
        Binding("T", .pickTheme, .everywhere, "theme", "Choose a theme; the screen shows each one"),
        Binding(
            keys: [.function(2)], .mouse, .everywhere, "mouse",
            "Leave the mouse to the terminal, so that text can be selected"),
        Binding(
            keys: [.function(9)], .functionKeys, .everywhere, "keys",
            "Show the function keys, or the letters, at the foot of the screen"),
        Binding(keys: [.control("l")], .redraw, .everywhere, "redraw", "Draw the screen again"),
        Binding(keys: [.control("z")], .suspend, .everywhere, "suspend", "Back to the shell; fg returns"),
        Binding(
            keys: [.character("q"), .function(10), .control("c")], .quit, .everywhere, "quit", "Leave the dashboard"),
    ]

    // MARK: Looking things up

    /// The words of each command, which no configuration changes.
    static let uses = Dictionary(
        standard.bindings.flatMap(\.uses).map { ($0.command, $0) }, uniquingKeysWith: { first, _ in first })

    /// The key as the bar and the help write it; empty when none leads there.
    func name(_ command: Command) -> String { shown[command]?.name ?? "" }

    /// What a key asks for in a place.
    func command(_ key: Key, in place: Place) -> Command? {
        for binding in bindings where binding.keys.contains(key) {
            if let use = binding.uses.first(where: { $0.places.contains(place) }) { return use.command }
        }
        return nil
    }

    /// Where else a key means something, and what.
    func elsewhere(_ key: Key, than place: Place) -> (place: Place, command: Command)? {
        for binding in bindings where binding.keys.contains(key) {
            for use in binding.uses {
                if let other = use.places.places?.first(where: { $0 != place }) { return (other, use.command) }
            }
        }
        return nil
    }

    /// The commands of a place, in the order of the help.
    func commands(in place: Place) -> [Command] {
        bindings.flatMap { $0.uses.filter { $0.places.contains(place) }.map(\.command) }
    }
}

extension KeyMap.Binding {
    /// A key with one use, which is its meaning.
    fileprivate init(
        keys: [Key], _ command: Command, _ places: Places, _ short: String, _ title: String, changes: Bool = false
    ) {
        self.init(
            keys: keys, meaning: title,
            uses: [
                KeyMap.Use(command: command, places: places, short: short, title: title, changesFarm: changes)
            ])
    }

    fileprivate init(
        _ character: Character, _ command: Command, _ places: Places, _ short: String, _ title: String,
        also: [Key] = [], changes: Bool = false
    ) {
        self.init(keys: [.character(character)] + also, command, places, short, title, changes: changes)
    }
}
