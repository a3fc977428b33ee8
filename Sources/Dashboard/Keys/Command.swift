/// Everything a person can ask for with a key, on the command line, or in the palette.
enum Command: CaseIterable, Sendable {
    // The selected printer, or all the marked ones.
    case start, finish, pause, confirmPause, resume, acknowledge, notAFailure, wasAFailure, mute
    case edit, archive, remove, forgetCamera
    case newPrinter, undo
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

    /// The key as the help writes it.
    var key: StaticString {
        switch self {
        case .start: "s"
        case .finish, .markFailed: "f"
        case .pause: "p"
        case .confirmPause: "P"
        case .resume: "r"
        case .acknowledge: "a"
        case .notAFailure: "n"
        case .mute: "m"
        case .edit, .editClient: "e"
        case .archive: "x"
        case .remove: "D"
        case .forgetCamera: "C"
        case .newPrinter: "c"
        case .undo: "u"
        case .filter: "/"
        case .sort: "S"
        case .sortByRisk: "R"
        case .mark: "space"
        case .markRange: "^space"
        case .markAll: "^A"
        case .nextAlert: "A"
        case .approveConsent: "a"
        case .denyConsent: "d"
        case .newClient: "c"
        case .rotateSecret: "o"
        case .disableClient: "x"
        case .removeClient: "D"
        case .revokeToken: "X"
        case .copy: "y"
        case .resultFilter, .logLevel: "v"
        case .historyPrinter, .logSource: "b"
        case .longerRange: ">"
        case .shorterRange: "<"
        case .period: "t"
        case .export, .nextError: "e"
        case .wasAFailure: "F"
        case .numbers: "t"
        case .zoomPicture: "z"
        case .wider: "+"
        case .narrower: "-"
        case .open: "enter"
        case .back: "esc"
        case .nextView: "tab"
        case .areaFarm: "1"
        case .areaHistory: "2"
        case .areaOAuth: "3"
        case .areaLog: "4"
        case .areaSystem: "5"
        case .commandLine: ":"
        case .help: "?"
        case .mouse: "F2"
        case .functionKeys: "F9"
        case .pickTheme: "T"
        case .redraw: "^L"
        case .suspend: "^Z"
        case .quit: "q"
        }
    }

    /// One or two words for the key bar.
    var short: StaticString {
        switch self {
        case .start: "start"
        case .finish: "finish"
        case .pause: "pause"
        case .confirmPause: "paused by hand"
        case .resume: "resume"
        case .acknowledge: "ack"
        case .notAFailure: "not a failure"
        case .mute: "mute"
        case .edit, .editClient: "edit"
        case .archive: "archive"
        case .remove: "remove"
        case .forgetCamera: "forget camera"
        case .newPrinter: "new printer"
        case .undo: "undo"
        case .filter: "filter"
        case .sort: "sort"
        case .sortByRisk: "worst first"
        case .mark: "mark"
        case .markRange: "mark to here"
        case .markAll: "mark all"
        case .nextAlert: "next alert"
        case .approveConsent: "type code"
        case .denyConsent: "deny"
        case .newClient: "new client"
        case .rotateSecret: "new secret"
        case .disableClient: "disable"
        case .removeClient: "remove"
        case .revokeToken: "revoke"
        case .copy: "copy"
        case .resultFilter: "results"
        case .historyPrinter: "printer"
        case .longerRange: "longer"
        case .shorterRange: "shorter"
        case .period: "day/week/month"
        case .export: "export"
        case .wasAFailure: "a failure"
        case .markFailed: "mark failed"
        case .logLevel: "levels"
        case .logSource: "source"
        case .nextError: "next error"
        case .numbers: "numbers"
        case .zoomPicture: "zoom"
        case .wider: "more time"
        case .narrower: "less time"
        case .open: "open"
        case .back: "back"
        case .nextView: "view"
        case .areaFarm: "farm"
        case .areaHistory: "history"
        case .areaOAuth: "oauth"
        case .areaLog: "log"
        case .areaSystem: "system"
        case .commandLine: "command"
        case .help: "help"
        case .mouse: "mouse"
        case .functionKeys: "keys"
        case .pickTheme: "theme"
        case .redraw: "redraw"
        case .suspend: "suspend"
        case .quit: "quit"
        }
    }

    /// A sentence for the help.
    var title: StaticString {
        switch self {
        case .start: "Start a print: asks for the file name"
        case .finish: "End the print: asks how it went"
        case .pause: "Pause the print: asks the app or the machine"
        case .confirmPause: "Say that the printer was paused by hand"
        case .resume: "Resume the print"
        case .acknowledge: "Acknowledge the alert"
        case .notAFailure: "Dismiss the alert: not a failure"
        case .mute: "Mute or unmute the alerts of this print"
        case .edit: "Edit name, sensitivity, action, watching"
        case .archive: "Archive the printer; its prints are kept"
        case .remove: "Remove the printer for good; its prints stay in the history"
        case .forgetCamera: "Forget what was learnt of this camera"
        case .newPrinter: "Make a new printer"
        case .undo: "Undo the last thing that can be undone"
        case .filter: "Filter by words; in the farm also !words, state:failing, p>40"
        case .sort: "Sort by a column"
        case .sortByRisk: "Sort by risk, the worst first"
        case .mark: "Mark; keys then act on all the marked"
        case .markRange: "Mark all from the last mark to here"
        case .markAll: "Mark all that are shown, or none"
        case .nextAlert: "Go to the next alert"
        case .approveConsent: "Give an app access: type the code that it shows"
        case .denyConsent: "Deny access to an app that waits"
        case .newClient: "Make a client; its secret is shown once"
        case .editClient: "Edit name, scope, grants, redirect URIs, life of tokens"
        case .rotateSecret: "Give the client a new secret"
        case .disableClient: "Disable or enable the client"
        case .removeClient: "Remove the client and revoke its tokens"
        case .revokeToken: "Revoke the chosen token; among clients all of one client"
        case .copy: "Copy the id, or the line of the log, to the clipboard"
        case .resultFilter: "Show all prints, those of one result, or those with an alert to judge"
        case .historyPrinter: "Show the prints of this printer only, or of all"
        case .longerRange: "Show prints of a longer time"
        case .shorterRange: "Show prints of a shorter time"
        case .period: "Sum up by day, week, month or printer"
        case .export: "Write the prints that are shown to a .csv or .json file"
        case .wasAFailure: "Judge the alert: it was a failure"
        case .markFailed: "Say that this print failed, and why"
        case .logLevel: "Show lines from info on, warnings on, errors only, or all"
        case .logSource: "Show the lines of this source only, or of all"
        case .nextError: "Go to the next error"
        case .numbers: "Show the numbers behind the sentences, or the sentences again"
        case .zoomPicture: "Fill the screen with the picture"
        case .wider: "Chart a longer time"
        case .narrower: "Chart a shorter time"
        case .open: "Open what is selected"
        case .back: "Leave what is open"
        case .nextView: "Next view: lines, cards, cameras; prints, sums; clients, tokens"
        case .areaFarm: "The farm"
        case .areaHistory: "The history of prints"
        case .areaOAuth: "OAuth clients and tokens"
        case .areaLog: "The log: what the program and the farm report"
        case .areaSystem: "The system: API, detector, webhook, farm and screen in numbers"
        case .commandLine: "Command line: :theme NAME, :screen FILE, :quit"
        case .help: "This help; type to search, enter runs"
        case .mouse: "Leave the mouse to the terminal, so that text can be selected"
        case .functionKeys: "Show the function keys, or the letters, at the foot of the screen"
        case .pickTheme: "Choose a theme; the screen shows each one"
        case .redraw: "Draw the screen again"
        case .suspend: "Back to the shell; fg returns"
        case .quit: "Leave the dashboard"
        }
    }

    /// Needs the right to change the farm.
    var changesFarm: Bool {
        switch self {
        case .start, .finish, .pause, .confirmPause, .resume, .acknowledge, .notAFailure, .wasAFailure, .mute, .edit,
            .archive, .remove, .forgetCamera, .markFailed, .newPrinter, .undo, .approveConsent, .denyConsent,
            .newClient, .editClient, .rotateSecret, .disableClient,
            .removeClient, .revokeToken:
            true
        default: false
        }
    }

    /// The commands that make sense in an area, in the order of the help.
    static func all(in area: Area, isDetail: Bool) -> [Command] {
        let everywhere: [Command] = [
            .open, .back, .nextAlert, .areaFarm, .areaHistory, .areaOAuth, .areaLog, .areaSystem, .commandLine, .help,
            .mouse,
            .functionKeys, .pickTheme, .redraw, .suspend, .quit,
        ]
        let printer: [Command] = [
            .acknowledge, .notAFailure, .wasAFailure, .pause, .confirmPause, .resume, .mute, .start, .finish, .edit,
            .archive, .remove, .forgetCamera, .undo,
        ]
        switch area {
        case .farm where isDetail:
            return printer + [.numbers, .wider, .narrower, .zoomPicture, .copy] + everywhere
        case .farm:
            return printer + [
                .newPrinter, .nextView, .filter, .sort, .sortByRisk, .mark, .markRange, .markAll, .copy,
            ] + everywhere
        case .history where isDetail:
            return [
                .notAFailure, .wasAFailure, .markFailed, .undo, .numbers, .wider, .narrower, .zoomPicture, .copy,
            ] + everywhere
        case .history:
            return [
                .notAFailure, .wasAFailure, .markFailed, .undo, .nextView, .resultFilter, .historyPrinter,
                .shorterRange,
                .longerRange, .filter, .period, .export, .copy,
            ] + everywhere
        case .log: return [.nextError, .logLevel, .logSource, .filter, .copy] + everywhere
        case .system: return [.copy] + everywhere
        case .oauth:
            return [
                .approveConsent, .denyConsent, .newClient, .editClient, .rotateSecret, .disableClient, .removeClient,
                .revokeToken, .undo, .copy, .nextView,
            ]
                + everywhere
        }
    }

    /// What a key asks for in an area.
    static func named(by key: Key, in area: Area, isDetail: Bool) -> Command? {
        switch key {
        case .enter, .character("l"): return .open
        case .escape, .character("h"): return .back
        case .tab, .backTab: return .nextView
        case .function(1), .character("?"): return .help
        case .function(2): return .mouse
        case .function(3): return command(.filter, in: area, isDetail)
        case .function(4): return .nextView
        case .function(5): return .open
        case .function(6): return command(.sort, in: area, isDetail)
        case .function(7): return command(.pause, in: area, isDetail)
        case .function(8): return command(.resume, in: area, isDetail)
        case .function(9): return .functionKeys
        case .function(10), .character("q"), .control("c"): return .quit
        case .control("l"): return .redraw
        case .control("z"): return .suspend
        case .control("a"): return command(.markAll, in: area, isDetail)
        case .control(" "): return command(.markRange, in: area, isDetail)
        case .character(" "): return command(.mark, in: area, isDetail)
        case .character("1"): return .areaFarm
        case .character("2"): return .areaHistory
        case .character("3"): return .areaOAuth
        case .character("4"): return .areaLog
        case .character("5"): return .areaSystem
        case .character(":"): return .commandLine
        case .character("="): return named(by: .character("+"), in: area, isDetail: isDetail)
        case .character("_"): return named(by: .character("-"), in: area, isDetail: isDetail)
        case .character(let character):
            return all(in: area, isDetail: isDetail).first { $0.key.description == String(character) }
        default: return nil
        }
    }

    /// The command where it makes sense.
    private static func command(_ command: Command, in area: Area, _ isDetail: Bool) -> Command? {
        all(in: area, isDetail: isDetail).contains(command) ? command : nil
    }
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
