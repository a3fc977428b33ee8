internal import Farm

/// The commands that mean the same everywhere; the others are the page's.
extension DashboardState {
    /// Does a command, or says why it cannot be done now.
    mutating func perform(_ command: Command) -> [DashboardEffect] {
        if let reason = refusal(command) {
            say(reason, .warning)
            return []
        }
        switch command {
        case .archived: return [requests.add(.listPrinters(includeArchived: true), done: "")]
        case .undo: return undoLast()
        case .copy: return copySelected()
        case .filter:
            let words = areas.shown.filter ?? ""
            overlay = Prompt(purpose: .filter(previous: words), label: "/", field: TextField(words, longest: 200))
        case .nextAlert: return goToNextAlert()
        case .functionKeys: showsFunctionKeys.toggle()
        case .pickTheme: pickTheme()
        case .commandLine: overlay = Prompt(purpose: .command, label: ":", field: TextField("", longest: 1000))
        case .help: overlay = HelpPanel()
        case .mouse: return toggleMouse()
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .quit: return quit()
        default:
            if let type = Areas.all.first(where: { command == .area($0.area) }) { return go(to: type.area) }
            return carryOut(withShown { $0.perform(command, in: $1) })
        }
        return []
    }

    /// Why a command cannot be done now; nil when it can.
    func refusal(_ command: Command) -> String? {
        if command.changesFarm, let reason = context.refusalOfChanges { return reason }
        if let reason = shown.refusal(command, in: context) { return reason }
        switch command {
        case .copy: return shown.copied(in: context) == nil ? "There is nothing to copy." : nil
        case .undo: return undoable == nil ? "There is nothing to undo." : nil
        case .nextAlert: return context.tally.alerting.isEmpty ? "There is no alert." : nil
        default: return nil
        }
    }

    /// Selects the next printer that calls for a person; opens it where another view is open.
    private mutating func goToNextAlert() -> [DashboardEffect] {
        let alerting = context.tally.alerting
        let focus = shown.focus(in: context)?.id
        let next = alerting[alerting.firstIndex { $0 == focus }.map { ($0 + 1) % alerting.count } ?? 0]
        let old = page
        let wasElsewhere = old != nil || areas.current != Areas.first
        let effects = tell(.chosen(next)) + go(to: Areas.first)
        return effects + (wasElsewhere ? open(.printer(next), like: old) : [])
    }

    private mutating func copySelected() -> [DashboardEffect] {
        guard let copied = shown.copied(in: context) else { return [] }
        say("The \(copied.name) is on the clipboard, if the terminal allows it.", .success)
        return [.copy(copied.text)]
    }

    /// - Parameter isConfirmed: a person was told what it undoes.
    mutating func undoLast(isConfirmed: Bool = false) -> [DashboardEffect] {
        guard let last = undoable else { return [] }
        if last.isOlder, !isConfirmed {
            overlay = Confirmation(
                title: "Undo an earlier change?",
                lines: [
                    "What you did last cannot be undone. This undoes what you did before:", "\(last.what).",
                ], confirmed: [.undoEarlier])
            return []
        }
        if last == context.undo { context.undo = nil }
        return carryOut([.act(last.actions, done: "Undone: \(last.what).")])
    }

    private mutating func toggleMouse() -> [DashboardEffect] {
        context.reportsMouse.toggle()
        say(
            context.reportsMouse
                ? "The mouse is on."
                : "The mouse is off, so that text can be selected. \(context.keys.name(.mouse)) turns it on.")
        return [.mouse(context.reportsMouse)]
    }

    private mutating func pickTheme() {
        guard context.options.colors != .mono else {
            return say("Colours are off here, so the theme stays mono.", .warning)
        }
        overlay = ThemePicker(context)
    }

    mutating func quit() -> [DashboardEffect] {
        let open = context.tally.openPrints
        guard context.options.ownsFarm, open > 0 else { return [.quit] }
        guard !context.options.isSimulated else {
            overlay = Confirmation(
                title: "Quit?",
                lines: ["The simulated farm ends, and nothing of it is kept. No real printer is affected."],
                confirmed: [.quit])
            return []
        }
        overlay = Confirmation(
            title: "Quit?",
            lines: [
                "\(context.count(open, "print")) \(open == 1 ? "reports" : "report") to this process. Until it "
                    + "runs again, no picture is judged and nobody is alerted.", "The prints themselves go on.",
            ], confirmed: [.quit])
        return []
    }
}
