internal import Farm
import Text

/// Keys while something lies over the area.
extension DashboardState {
    mutating func handleOverlay(_ key: Key) -> [DashboardEffect] {
        switch overlay {
        case .confirm(let confirmation): return answer(confirmation, key)
        case .resultKeys(let question): return answer(question, key)
        case .reasonKeys(let question): return answer(question, key)
        case .prompt(let prompt): return handle(prompt, key)
        case .form(let form): return handle(form, key)
        case .help(let help): return handle(help, key)
        case .credentials(let credentials): return handle(credentials, key)
        case .themes(let picker):
            handle(picker, key)
            return []
        case .archived(let panel): return handle(panel, key)
        case .sortKeys:
            overlay = nil
            guard case .character(let character) = key,
                let column = FarmTable.Column.allCases.first(where: { $0.key == character })
            else { return [] }
            table.set(sort: column)
            arrangeTable()
            return []
        case nil: return []
        }
    }

    private mutating func answer(_ confirmation: Confirmation, _ key: Key) -> [DashboardEffect] {
        switch key {
        case .character("y"), .character("Y"):
            overlay = nil
            return perform(confirmation.confirmedAction)
        case .character(let character) where character == confirmation.other?.key:
            overlay = nil
            return confirmation.other.map { perform($0.confirmedAction) } ?? []
        case .character("n"), .character("N"), .character("q"), .escape, .control("c"):
            overlay = nil
            say("Nothing was changed.")
        default:
            let other = confirmation.other.map { ", \($0.key) to \($0.verb)" } ?? ""
            say("Press y to do it\(other), n or esc to leave it.", .warning)
        }
        return []
    }

    private mutating func perform(_ confirmedAction: Confirmation.ConfirmedAction) -> [DashboardEffect] {
        switch confirmedAction {
        case .quit: return [.quit]
        case .perform(let actions, let done, let undo):
            if actions.contains(where: Self.endsDetail) { detail = nil }
            return act(actions, done: done, undo: undo)
        }
    }

    private static func endsDetail(_ action: FarmAction) -> Bool {
        switch action {
        case .archivePrinter, .deletePrinter: true
        default: false
        }
    }

    private mutating func answer(_ question: ResultQuestion, _ key: Key) -> [DashboardEffect] {
        let result: PrintResult
        switch key {
        case .character("s"), .character("S"): result = .success
        case .character("c"), .character("C"): result = .cancelled
        case .character("f"), .character("F"):
            overlay = .reasonKeys(ReasonQuestion(target: .finish(question.subjects)))
            return []
        case .escape, .character("n"), .character("N"), .character("q"), .control("c"):
            overlay = nil
            say("Nothing was changed.")
            return []
        default:
            say("Press s, c or f for how it ended, esc to leave it.", .warning)
            return []
        }
        overlay = nil
        return finish(question.subjects, result, reason: nil)
    }

    private mutating func answer(_ question: ReasonQuestion, _ key: Key) -> [DashboardEffect] {
        switch key {
        case .escape, .character("n"), .character("N"), .character("q"), .control("c"):
            overlay = nil
            say("Nothing was changed.")
        case .character(ReasonQuestion.typed):
            overlay = .prompt(
                Prompt(
                    purpose: .failureReason(question), label: "why it failed: ",
                    field: TextField("", longest: ReasonQuestion.longest)))
        case .character(ReasonQuestion.unknown):
            overlay = nil
            return fail(question.target, reason: nil)
        case .character(let character):
            guard let reason = ReasonQuestion.reasons.first(where: { $0.key == character }) else { fallthrough }
            overlay = nil
            return fail(question.target, reason: reason.text)
        default: say("Press 1 to 6, o to type it, u if unknown; esc to leave it.", .warning)
        }
        return []
    }

    private mutating func fail(_ target: ReasonQuestion.Target, reason: String?) -> [DashboardEffect] {
        switch target {
        case .finish(let subjects): return finish(subjects, .failed, reason: reason)
        case .mark(let id, let filename):
            let why = reason.map { ": \($0)" } ?? ""
            let undo = undoOfMarking(id)
            return act(
                [.markFailed(id, reason: reason)],
                done: "Marked as failed: \(filename)\(why)\(undo == nil ? "." : "; u undoes.")", undo: undo)
        }
    }

    private mutating func finish(
        _ subjects: [ResultQuestion.Subject], _ result: PrintResult, reason: String?
    ) -> [DashboardEffect] {
        let names = names(subjects.compactMap { printer($0.printer) })
        let how =
            switch result {
            case .success: "success"
            case .cancelled: "cancelled"
            default: "failed\(reason.map { ", \($0)" } ?? "")"
            }
        return act(
            subjects.map { .finishPrint($0.printer, result: result, reason: reason) },
            done: "Ended the print on \(names): \(how).")
    }

    // MARK: One line of text

    private mutating func handle(_ prompt: Prompt, _ key: Key) -> [DashboardEffect] {
        var prompt = prompt
        switch key {
        case .escape, .control("c"):
            overlay = nil
            if case .filter(let previous) = prompt.purpose { set(filter: previous) }
            return []
        case .backspace where prompt.field.isEmpty:
            overlay = nil
            return []
        case .enter: return submit(prompt)
        case .up, .down: recall(&prompt, older: key == .up)
        case .tab: complete(&prompt)
        default:
            _ = prompt.field.handle(key)
            prompt.fault = nil
        }
        overlay = .prompt(prompt)
        follow(prompt)
        return []
    }

    /// A filter works while it is typed.
    mutating func follow(_ prompt: Prompt) {
        guard case .filter = prompt.purpose, prompt.field.text != filterText else { return }
        set(filter: prompt.field.text)
    }

    /// Of the list that is shown.
    private mutating func set(filter text: String) {
        switch area {
        case .history: search(history: text)
        case .log:
            log.search = text
            arrangeLog()
        case .farm, .oauth, .system:
            table.set(filter: text)
            arrangeTable()
        }
    }

    private mutating func submit(_ prompt: Prompt) -> [DashboardEffect] {
        let text = prompt.field.text.trimmingWhitespace()
        switch prompt.purpose {
        case .filter(let previous):
            overlay = nil
            // As in less: nothing typed means the last words once more. What was rubbed out stays so.
            if text.isEmpty, previous.isEmpty { set(filter: lastFilter) }
            if !text.isEmpty { lastFilter = text }
            return []
        case .command:
            overlay = nil
            return run(text)
        case .consentCode, .denyConsent: return answerConsent(prompt, text)
        case .export:
            overlay = nil
            return text.isEmpty ? [] : export(to: text)
        case .startPrint(let ids):
            guard !text.isEmpty else {
                var prompt = prompt
                prompt.fault = "a print needs a file name; esc leaves"
                overlay = .prompt(prompt)
                return []
            }
            overlay = nil
            return start(text, on: ids)
        case .failureReason(let question):
            guard !text.isEmpty else {
                var prompt = prompt
                prompt.fault = "type why it failed; esc leaves"
                overlay = .prompt(prompt)
                return []
            }
            overlay = nil
            return fail(question.target, reason: text)
        }
    }

    private func recall(_ prompt: inout Prompt, older: Bool) {
        guard case .command = prompt.purpose else { return }
        prompt.recalled = min(max(0, prompt.recalled + (older ? 1 : -1)), commandHistory.count)
        let text = prompt.recalled == 0 ? "" : commandHistory[commandHistory.count - prompt.recalled]
        prompt.field = TextField(text, longest: prompt.field.longest)
    }

    private func complete(_ prompt: inout Prompt) {
        guard case .command = prompt.purpose else { return }
        let candidates = CommandLine.completions(
            of: prompt.field.text, themes: options.themes.map(\.name), printers: farm.printers.map(\.name))
        guard let first = candidates.first else { return }
        let common = candidates.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        let text = candidates.count == 1 ? first + (first.contains(" ") ? "" : " ") : common
        if text.count > prompt.field.text.count { prompt.field = TextField(text, longest: prompt.field.longest) }
        if candidates.count > 1 { prompt.fault = candidates.prefix(8).joined(separator: "  ") }
    }

    // MARK: Forms

    private mutating func handle(_ form: Form, _ key: Key) -> [DashboardEffect] {
        var form = form
        switch form.handle(key) {
        case .left:
            overlay = nil
            return []
        case .stays:
            overlay = .form(form)
            return []
        case .saved: break
        }
        guard let action = action(of: &form) else {
            overlay = .form(form)
            return []
        }
        overlay = nil
        let effect = request(action.0, done: action.1)
        submitted = SubmittedForm(request: RequestID(rawValue: lastRequest), form: form)
        return [effect]
    }

    /// What the form asks for; nil when a field is faulty.
    private mutating func action(of form: inout Form) -> (FarmAction, String)? {
        switch form.purpose {
        case .newPrinter:
            let account = form.account ?? openAccounts[0]
            return form.printerSettings(over: PrinterSettings(name: "")).map {
                (.createPrinter(account: account, settings: $0), "Added printer \($0.name).")
            }
        case .editPrinter(let id):
            guard var current = printer(id)?.printer.settings else {
                form.fields[0].fault = "this printer is no longer here"
                return nil
            }
            current.name = twinNames[id] ?? current.name
            return form.printerSettings(over: current).map {
                undo = Undo([.updatePrinter(id, settings: current)], "the settings of \(current.name) are as before")
                return (.updatePrinter(id, settings: $0), "Saved \($0.name); u undoes.")
            }
        case .newClient:
            return form.client(defaultAccount: openAccounts[0]).map { (.addClient($0), "") }
        case .editClient(let id):
            guard let current = farm.clients.first(where: { $0.publicID == id }) else {
                form.fields[0].fault = "this client is no longer here"
                return nil
            }
            return form.patch(of: current).map {
                undo = Undo([.editClient(id, ClientPatch(current))], "the settings of \(current.name) are as before")
                return (.editClient(id, $0), "Saved \($0.name ?? current.name); u undoes.")
            }
        }
    }

    // MARK: Help and secrets

    private mutating func handle(_ help: HelpPanel, _ key: Key) -> [DashboardEffect] {
        var help = help
        let commands = help.matches(KeyMap.commands(in: place))
        switch key {
        case .escape, .function(1), .control("c"):
            overlay = nil
            return []
        case .character("?") where help.search.isEmpty, .character("q") where help.search.isEmpty:
            overlay = nil
            return []
        case .enter:
            guard commands.indices.contains(help.cursor.index) else { return [] }
            overlay = nil
            return perform(commands[help.cursor.index])
        case .up, .down, .pageUp, .pageDown, .home, .end:
            if let step = ListCursor.Step(key) {
                help.cursor.move(step, count: commands.count, visible: HelpPanel.visibleRows(size))
            }
        default:
            if help.search.handle(key) { help.cursor = ListCursor() }
        }
        overlay = .help(help)
        return []
    }

    private mutating func handle(_ credentials: ClientCredentials, _ key: Key) -> [DashboardEffect] {
        switch key {
        case .character("y"):
            guard let secret = credentials.secret else { return [] }
            say("The secret is on the clipboard, if the terminal allows it.", .success)
            return [.copy(secret)]
        case .character("i"):
            say("The id is on the clipboard, if the terminal allows it.", .success)
            return [.copy(credentials.client.publicID)]
        case .escape, .control("c"): overlay = nil
        default: say("y copies the secret, i the id; esc hides them for good.", .warning)
        }
        return []
    }
}
