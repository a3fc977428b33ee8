internal import Farm

/// What the foot of the screen offers: only what can be done now, by this client, to what is selected; the likeliest keys
/// first.
extension DashboardState {
    var keyBar: KeyBar {
        if let overlay { return KeyBar(hints(overlay), last: nil) }
        if showsFunctionKeys { return functionKeys }
        let candidates = offered(primary)
        var hints = candidates.map(KeyBar.Hint.init)
        // One hint for two keys that belong together.
        if detail != nil { hints += pageHints }
        let isSmall = FarmLayout(size).kind == .compact
        if isSmall { hints += offered(secondary).map(KeyBar.Hint.init) }
        return KeyBar(hints, tail: isSmall ? [] : offered(tail).map(KeyBar.Hint.init))
    }

    /// Beside the areas, where the line has room for them.
    var statusHints: KeyBar { KeyBar(offered(secondary).map(KeyBar.Hint.init), last: nil) }

    private func offered(_ commands: [Command]) -> [Command] { commands.filter { refusal($0) == nil } }

    private var primary: [Command] {
        switch place {
        case .farm: farm.printers.isEmpty ? [.newPrinter, .archived] : answers + forSelection
        case .printer: answers + forSelection
        case .history where history.showsPeriods: [.period, .shorterRange, .longerRange, .export]
        case .history:
            [.open] + verdicts(history.selected) + [.undo, .resultFilter, .historyPrinter, .shorterRange, .longerRange]
                + [.export]
        case .print: verdicts(detail.flatMap(print)) + [.undo]
        case .oauth where oauth.isInTokens: [.revokeToken, .back]
        case .oauth:
            (farm.consents.isEmpty ? [] : [.approveConsent, .denyConsent])
                + [.newClient, .editClient, .open, .undo, .rotateSecret, .disableClient, .removeClient, .revokeToken]
        case .log: [.open, .nextError, .logLevel, .logSource]
        case .system: []
        }
    }

    /// The keys that answer what stands at a printer; empty when nothing does.
    private var answers: [Command] {
        guard let snapshot = focusedPrinter,
            snapshot.alert == .standing || snapshot.openPrint?.pauseNotConfirmedAt != nil
                || snapshot.openPrint?.awaitsPause == true
        else { return [] }
        return [.acknowledge, .notAFailure, .wasAFailure, .confirmPause, .pause, .resume]
    }

    private var forSelection: [Command] {
        guard let snapshot = focusedPrinter else { return [.open] }
        let open: [Command] = place == .farm ? [.open] : []
        guard let print = snapshot.openPrint else {
            let verdicts: [Command] = snapshot.print?.needsVerdict == true ? [.notAFailure, .wasAFailure] : []
            return open + verdicts + [.start, .edit, .light, .archive, .undo, .remove]
        }
        let change: [Command] = answers.isEmpty ? (print.pausedAt == nil ? [.pause] : [.resume]) : []
        return open + change + [.finish, .mute, .undo, .edit, .light, .emergencyStop]
    }

    private func verdicts(_ print: Print?) -> [Command] {
        guard let print else { return [] }
        return (print.alertedAt != nil ? [.notAFailure, .wasAFailure] : []) + (print.isOpen ? [] : [.markFailed])
    }

    /// What an area is looked through with.
    private var secondary: [Command] {
        switch place {
        case .farm: farm.printers.isEmpty ? [.commandLine] : [.nextView, .filter, .mark]
        case .history: [.nextView, .filter]
        case .oauth: [.nextView, .copy]
        case .log: [.filter, .copy]
        case .system: [.copy, .commandLine]
        case .printer, .print: [.copy, .commandLine]
        }
    }

    private var tail: [Command] {
        switch place {
        case .farm: farm.printers.isEmpty ? [.pickTheme] : [.newPrinter, .sort, .pickTheme]
        case .printer, .print: [.back]
        case .history, .oauth, .log, .system: [.pickTheme]
        }
    }

    private var pageHints: [KeyBar.Hint] {
        [
            KeyBar.Hint("←→", "time"), KeyBar.Hint("+-", "span"),
            KeyBar.Hint(Command.numbers.key, detail?.showsNumbers == true ? "why" : Command.numbers.short),
            KeyBar.Hint(.zoomPicture),
        ]
    }

    /// The keys that other programs of this kind have there. Whatever the width, the way back and out is among them.
    private var functionKeys: KeyBar {
        let keys = (1...10).compactMap { number -> KeyBar.Hint? in
            guard let command = KeyMap.command(.function(number), in: place), refusal(command) == nil else {
                return nil
            }
            return KeyBar.Hint("F\(number)", command.short)
        }
        var room = size.columns - 1
        var shown: Set<String> = []
        for key in ["F1", "F9", "F10", "F3", "F5", "F4", "F7", "F6", "F8", "F2"] {
            guard let hint = keys.first(where: { $0.key == key }), hint.width + 1 < room else { continue }
            shown.insert(key)
            room -= hint.width + 2
        }
        return KeyBar(keys.filter { shown.contains($0.key) }, last: nil)
    }

    /// While something lies over the area, its keys are the only ones.
    private func hints(_ overlay: Overlay) -> [KeyBar.Hint] {
        let leave = KeyBar.Hint("esc", "leave")
        switch overlay {
        case .confirm(let question):
            let other = question.other.map { [KeyBar.Hint(String($0.key), $0.words)] } ?? []
            return [KeyBar.Hint("y", "yes")] + other + [KeyBar.Hint("N", "no")]
        case .resultKeys(let question) where question.isAtMachines:
            return [.init("c", "cancel"), .init("f", "failed"), leave]
        case .resultKeys: return [.init("s", "success"), .init("c", "cancelled"), .init("f", "failed"), leave]
        case .reasonKeys: return [.init("1…6", "the reason"), .init("o", "type it"), .init("u", "unknown"), leave]
        case .sortKeys:
            return [leave] + FarmTable.Column.allCases.map { .init(String($0.key), $0.title.description) }
        case .prompt(let prompt): return prompt.hints + [leave]
        case .form: return [.init("enter", "save"), .init("tab", "next"), leave]
        case .help: return [.init("enter", "run"), .init("↑↓", "choose"), leave]
        case .themes: return [.init("enter", "keep"), .init("↑↓", "choose"), leave]
        case .archived: return [.init("enter", "take back"), .init("↑↓", "choose"), leave]
        case .adding: return [.init("m", "connect a machine"), .init("a", "for an app"), leave]
        case .connect: return [.init("enter", "go on"), .init("shift-tab", "back"), leave]
        case .files(let panel) where panel.asked != nil:
            return [.init("y", "it is clear: start"), .init("N", "no")]
        case .files: return [.init("enter", "start"), .init("↑↓", "choose"), leave]
        case .stop: return [.init("enter", "stop it"), leave]
        case .credentials(let credentials):
            let secret = credentials.secret == nil ? [] : [KeyBar.Hint("y", "copy secret")]
            return secret + [.init("i", "copy id"), .init("esc", "done")]
        }
    }
}

extension Prompt {
    fileprivate var hints: [KeyBar.Hint] {
        switch purpose {
        case .command: [.init("enter", "run"), .init("tab", "complete"), .init("↑↓", "earlier")]
        case .filter: [.init("enter", "keep")]
        case .startPrint: [.init("enter", "start")]
        case .consentCode: [.init("enter", "give access")]
        case .denyConsent: [.init("enter", "deny")]
        case .export: [.init("enter", "export")]
        case .failureReason: [.init("enter", "mark failed")]
        }
    }
}
