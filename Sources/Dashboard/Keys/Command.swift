/// Everything a person can ask for with a key, on the command line, or in the palette. `KeyMap` says with which key, where,
/// and in which words.
enum Command: Int, CaseIterable, Sendable {
    // The selected printer, or all the marked ones.
    case start, finish, pause, confirmPause, resume, acknowledge, notAFailure, wasAFailure, mute
    case edit, archive, remove, forgetCamera
    // The machine behind it.
    case light, emergencyStop
    case newPrinter, archived, undo
    // Finding.
    case filter, sort, sortByRisk, mark, markRange, markAll, nextAlert
    // The OAuth area.
    case approveConsent, denyConsent, newClient, editClient, rotateSecret, disableClient, removeClient, revokeToken,
        copy
    // The history and detail areas.
    case resultFilter, historyPrinter, longerRange, shorterRange, period, export, markFailed
    case numbers, zoomPicture, wider, narrower
    // The log area.
    case logLevel, logSource, nextError
    // Everywhere.
    case open, back, nextView, areaFarm, areaHistory, areaOAuth, areaLog, areaSystem
    case commandLine, help, mouse, functionKeys, pickTheme, redraw, suspend, quit
}

extension Command {
    /// Its line in the key map.
    private var use: (binding: KeyMap.Binding, use: KeyMap.Use) { KeyMap.uses[rawValue] }

    /// The key as the help writes it.
    var key: String { use.binding.keys[0].name }
    /// One or two words for the key bar.
    var short: String { use.use.short }
    /// A sentence for the help.
    var title: String { use.use.title }
    /// Needs the right to change the farm.
    var changesFarm: Bool { use.use.changesFarm }
}

/// The main views.
enum Area: CaseIterable, Sendable {
    case farm, history, oauth, log, system

    var title: StaticString {
        switch self {
        case .farm: "FARM"
        case .history: "HISTORY"
        case .oauth: "OAUTH"
        case .log: "LOG"
        case .system: "SYSTEM"
        }
    }
}

/// Where a key is pressed: an area, or a page that is open over one.
enum Place: Int, CaseIterable, Sendable {
    case farm, printer, history, print, oauth, log, system

    /// Behind "does nothing here".
    var `where`: String {
        switch self {
        case .farm: "in 1 farm"
        case .printer: "on a printer's page"
        case .history: "in 2 history"
        case .print: "on a print's page"
        case .oauth: "in 3 oauth"
        case .log: "in 4 log"
        case .system: "in 5 system"
        }
    }

    var name: String {
        switch self {
        case .farm: "farm"
        case .printer: "a printer's page"
        case .history: "history"
        case .print: "a print's page"
        case .oauth: "OAuth"
        case .log: "log"
        case .system: "system"
        }
    }
}

struct Places: OptionSet, Sendable {
    let rawValue: Int
    init(rawValue: Int) { self.rawValue = rawValue }
    init(_ place: Place) { rawValue = 1 << place.rawValue }

    static let farm = Places(.farm)
    /// The list of printers, and a printer's page.
    static let printers: Places = [farm, Places(.printer)]
    static let history = Places(.history)
    /// The list of prints, and a print's page.
    static let prints: Places = [history, Places(.print)]
    static let pages: Places = [Places(.printer), Places(.print)]
    static let oauth = Places(.oauth)
    static let log = Places(.log)
    static let everywhere = Places(rawValue: (1 << Place.allCases.count) - 1)

    var all: [Place] { Place.allCases.filter { contains(Places($0)) } }
}

extension DashboardState {
    var place: Place {
        if let detail {
            return if case .printer = detail.subject { .printer } else { .print }
        }
        return switch area {
        case .farm: .farm
        case .history: .history
        case .oauth: .oauth
        case .log: .log
        case .system: .system
        }
    }
}
