/// Something that a person can ask for with a key, on the command line, or in the palette. `KeyMap` says with which key,
/// where, and in which words. A table of names and no enumeration, so that the areas have a command each.
struct Command: Hashable, Sendable {
    /// In the configuration.
    let name: String

    private init(_ name: String) { self.name = name }

    // The selected printer, or all the marked ones.
    static let start = Command("start")
    static let finish = Command("finish")
    static let pause = Command("pause")
    static let confirmPause = Command("confirm_pause")
    static let resume = Command("resume")
    static let acknowledge = Command("acknowledge")
    static let notAFailure = Command("dismiss")
    static let wasAFailure = Command("was_a_failure")
    static let mute = Command("mute")
    static let edit = Command("edit")
    static let archive = Command("archive")
    static let remove = Command("remove")
    static let forgetCamera = Command("forget_camera")
    static let region = Command("region")
    static let bed = Command("bed")
    static let verdicts = Command("verdicts")
    // The machine behind it.
    static let light = Command("light")
    static let emergencyStop = Command("emergency_stop")
    static let newPrinter = Command("new_printer")
    static let archived = Command("archived")
    static let undo = Command("undo")
    // Finding.
    static let filter = Command("filter")
    static let sort = Command("sort")
    static let sortByRisk = Command("sort_by_risk")
    static let mark = Command("mark")
    static let markRange = Command("mark_range")
    static let markAll = Command("mark_all")
    static let nextAlert = Command("next_alert")
    // The OAuth area.
    static let approveConsent = Command("approve_consent")
    static let denyConsent = Command("deny_consent")
    static let newClient = Command("new_client")
    static let editClient = Command("edit_client")
    static let rotateSecret = Command("rotate_secret")
    static let disableClient = Command("disable_client")
    static let removeClient = Command("remove_client")
    static let revokeToken = Command("revoke_token")
    static let copy = Command("copy")
    // The history, and a printer's or print's page.
    static let resultFilter = Command("result_filter")
    static let historyPrinter = Command("history_printer")
    static let longerRange = Command("longer_range")
    static let shorterRange = Command("shorter_range")
    static let period = Command("period")
    static let export = Command("export")
    static let markFailed = Command("mark_failed")
    static let numbers = Command("numbers")
    static let zoomPicture = Command("zoom")
    static let wider = Command("more_time")
    static let narrower = Command("less_time")
    // The log area.
    static let logLevel = Command("log_level")
    static let logSource = Command("log_source")
    static let nextError = Command("next_error")
    // Everywhere.
    static let open = Command("open")
    static let back = Command("back")
    static let nextView = Command("next_view")
    static let commandLine = Command("command_line")
    static let help = Command("help")
    static let mouse = Command("mouse")
    static let functionKeys = Command("function_keys")
    static let pickTheme = Command("theme")
    static let redraw = Command("redraw")
    static let suspend = Command("suspend")
    static let quit = Command("quit")

    /// Goes to an area.
    static func area(_ area: Area) -> Command { Command("area_" + area.name) }
}

extension Command {
    private var use: KeyMap.Use? { KeyMap.uses[self] }

    /// One or two words for the key bar.
    var short: String { use?.short ?? name }
    /// A sentence for the help, without its full stop.
    var title: String { use?.title ?? name }
    /// Needs the right to change the farm.
    var changesFarm: Bool { use?.changesFarm ?? false }
}
