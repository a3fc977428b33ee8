internal import Farm

/// What is said of a printer's state: a sign, a word and a role, never a colour alone.
struct PrinterWords {
    let sign: Grapheme
    let state: StaticString
    let role: Role

    init(_ snapshot: PrinterSnapshot) {
        role = PrinterWords.role(snapshot.condition)
        sign = PrinterWords.sign(snapshot.condition)
        state = snapshot.print?.awaitsPause == true ? "PAUSE ASKED" : PrinterWords.word(snapshot.condition)
    }

    static func sign(_ condition: PrinterCondition) -> Grapheme {
        switch condition {
        case .failing: "!"
        case .warning: "?"
        case .stale: "~"
        case .paused: "‖"
        case .printing: ">"
        case .done: "✓"
        case .idle: "·"
        }
    }

    static func word(_ condition: PrinterCondition) -> StaticString {
        switch condition {
        case .failing: "FAILING"
        case .warning: "WARN"
        case .stale: "STALE"
        case .paused: "PAUSED"
        case .printing: "PRINT"
        case .done: "DONE"
        case .idle: "IDLE"
        }
    }

    static func role(_ condition: PrinterCondition) -> Role {
        switch condition {
        case .failing: .failing
        case .warning: .warning
        case .stale: .stale
        case .paused: .paused
        case .printing: .printing
        case .done: .done
        case .idle: .idle
        }
    }

    /// A word about what keeps a running print from being watched, or what was said of its alert.
    /// - Parameter now: tells for how long it is muted; nil where that must not change by itself.
    static func note(_ snapshot: PrinterSnapshot, now: Timestamp? = nil) -> String? {
        guard let print = snapshot.print, print.isOpen else { return nil }
        if let muted = print.alertMutedAt {
            return now.map { "muted \(Clock.age($0.seconds(since: muted)))" } ?? "muted"
        }
        if !snapshot.printer.settings.watchingEnabled { return "not watched" }
        if print.hasStandingAlert { return "alert" }
        return print.alertOverwrite == .notFailed ? "no failure" : nil
    }
}

extension PrinterSnapshot {
    /// The print that is running now; nil when the last one is only shown because it has just ended.
    var openPrint: Print? { print.flatMap { $0.isOpen ? $0 : nil } }
    var name: String { printer.settings.name }

    /// Names the last frame's picture.
    var lastFrameKey: FrameKey? {
        guard let print, let lastFrame else { return nil }
        return FrameKey(printID: print.id, number: lastFrame.number)
    }

    /// Seconds that the print has run, or took.
    func elapsed(at now: Timestamp) -> Double? {
        guard let print else { return nil }
        return (print.endedAt ?? now).seconds(since: print.startedAt)
    }
}
