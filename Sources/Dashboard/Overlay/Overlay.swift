internal import Farm

/// What lies over an area and takes the keys until it is answered or left.
enum Overlay: Equatable, Sendable {
    case help(HelpPanel)
    case confirm(Confirmation)
    case prompt(Prompt)
    case form(Form)
    case credentials(ClientCredentials)
    case sortKeys
    case themes(ThemePicker)
    case archived(ArchivedPanel)
    case resultKeys(ResultQuestion)
    case reasonKeys(ReasonQuestion)
    /// Which way a printer is added.
    case adding
    case connect(ConnectSession)
    case files(FilesPanel)
    case stop(StopQuestion)
}

/// A risky thing to do, named, that only `y` does.
struct Confirmation: Equatable, Sendable {
    enum ConfirmedAction: Equatable, Sendable {
        case perform([FarmAction], done: String, undo: Undo? = nil)
        case quit
    }
    var title: String
    /// What will happen, and to what.
    var lines: [String]
    var confirmedAction: ConfirmedAction
    /// A second way to do it, with a key of its own.
    var other: Other?

    struct Other: Equatable, Sendable {
        var key: Character
        var words: String
        /// Behind "press … to".
        var verb: String
        var confirmedAction: ConfirmedAction
    }
}

/// How a print ended: asked with one key an answer, never enter.
struct ResultQuestion: Equatable, Sendable {
    struct Subject: Equatable, Sendable {
        var printer: PrinterID
        var name: String
        var filename: String
        /// A machine that can be asked has the print: it ends there, and its record with it.
        var isAtMachine = false
    }
    var subjects: [Subject]

    /// All of them end at their machines, which cannot be told that they were done.
    var isAtMachines: Bool { subjects.allSatisfy(\.isAtMachine) }
}

/// Why a print failed: asked with one key an answer or typed, never by enter alone.
struct ReasonQuestion: Equatable, Sendable {
    enum Target: Equatable, Sendable {
        /// Prints that run: they end as failed.
        case finish([ResultQuestion.Subject])
        /// A print that has ended.
        case mark(PrintID, filename: String)
    }
    var target: Target

    static let typed: Character = "o"
    static let unknown: Character = "u"
    static let reasons: [(key: Character, text: String)] = [
        ("1", "detached from the bed"), ("2", "loose strands"), ("3", "layer shift"), ("4", "nozzle clogged"),
        ("5", "warping"), ("6", "filament ran out"),
    ]
    /// Unicode scalars.
    static let longest = 200
}

/// One line of text asked for at the foot of the screen.
struct Prompt: Equatable, Sendable {
    enum Purpose: Equatable, Sendable {
        case command
        case filter(previous: String)
        case startPrint([PrinterID])
        case consentCode
        case denyConsent
        case export
        case failureReason(ReasonQuestion)
    }
    var purpose: Purpose
    var label: String
    var field: TextField
    /// Why the last answer was not taken.
    var fault: String?
    /// How far back in the command history the field is; 0: not at all.
    var recalled = 0
}

/// The help: every command with its key, and why it cannot be had now.
struct HelpPanel: Equatable, Sendable {
    var search = TextField("", longest: 64)
    var cursor = ListCursor()

    static func rect(_ size: GridSize) -> Rect {
        Rect(size).inset(rows: size.rows > 16 ? 2 : 0, columns: size.columns > 100 ? (size.columns - 92) / 2 : 1)
    }

    /// Lines at the foot that say all of the selected command, which its own line may cut.
    static func footRows(_ size: GridSize) -> Int { size.columns < 72 ? 2 : 1 }

    /// Lines of commands.
    static func visibleRows(_ size: GridSize) -> Int { max(1, rect(size).rows - 4 - footRows(size)) }

    func matches(_ commands: [Command]) -> [Command] {
        let words = search.text.lowercased().split(separator: " ")
        guard !words.isEmpty else { return commands }
        return commands.filter { command in
            let text = "\(command.key) \(command.short) \(command.title)".lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }
}
