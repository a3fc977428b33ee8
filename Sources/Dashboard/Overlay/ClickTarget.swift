/// What a click means where something lies over an area.
enum ClickTarget: Equatable, Sendable {
    /// The same as a key.
    case key(Key)
    /// A line of the list.
    case line(Int)
    /// Text of a field of the form, or of the prompt: the character shown first, and in which column it begins.
    case text(field: Int, first: Int, column: Int)
    /// A choice of the form; the arrows beside it step.
    case choice(field: Int, step: Int)
    /// Part of what lies over the area, but nothing to click.
    case panel
}

extension DashboardState {
    mutating func handleOverlay(_ mouse: MouseEvent) -> [DashboardEffect] {
        switch mouse {
        case .click(let position): return clickOverlay(position, isDouble: false)
        case .doubleClick(let position): return clickOverlay(position, isDouble: true)
        case .wheelDown: scrollOverlay(by: 1)
        case .wheelUp: scrollOverlay(by: -1)
        }
        return []
    }

    /// Three lines of the help; in the themes one, as each is shown.
    private mutating func scrollOverlay(by lines: Int) {
        switch overlay {
        case .help(var help):
            let count = help.matches(KeyMap.commands(in: place)).count
            help.cursor.move(.by(3 * lines), count: count, visible: HelpPanel.visibleRows(size))
            overlay = .help(help)
        case .themes(let picker): handle(picker, lines > 0 ? .down : .up)
        case .archived(let panel): _ = handle(panel, lines > 0 ? .down : .up)
        case .files(let panel): _ = handle(panel, lines > 0 ? .down : .up)
        default: break
        }
    }

    private mutating func clickOverlay(_ position: Position, isDouble: Bool) -> [DashboardEffect] {
        clickedOverlay = true
        // What is drawn says where things are.
        var canvas = Canvas(size: size, theme: theme)
        drawOverlay(in: &canvas)
        switch canvas.targets.last(where: { $0.rect.contains(position) })?.target {
        case .key(let key): return handleOverlay(key)
        case .line(let index): return choose(line: index, isDouble: isDouble)
        case .text(let field, let first, let column):
            insert(in: field, at: first, after: position.column - column)
        case .choice(let field, let step): choose(field: field, step: step)
        case .panel: break
        case nil: clickBeside()
        }
        return []
    }

    /// What can be had again is left; what was typed, asked or is shown only once stays.
    private mutating func clickBeside() {
        switch overlay {
        case .help, .sortKeys, .themes, .archived, .adding: _ = handleOverlay(.escape)
        case .confirm, .resultKeys, .reasonKeys: _ = handleOverlay(.insert)  // says which keys answer
        case .prompt, .form, .credentials, .connect, .files, .stop, nil: break
        }
    }

    /// A click selects, a double click does it.
    private mutating func choose(line index: Int, isDouble: Bool) -> [DashboardEffect] {
        switch overlay {
        case .help(var help):
            help.cursor.index = index
            overlay = .help(help)
            return isDouble ? handleOverlay(.enter) : []
        case .themes(var picker):
            picker.cursor.index = index
            theme = options.themes[index]
            overlay = .themes(picker)
            return isDouble ? handleOverlay(.enter) : []
        case .archived(var panel):
            panel.cursor.index = index
            overlay = .archived(panel)
            return isDouble ? handleOverlay(.enter) : []
        case .files(var panel):
            panel.cursor.index = index
            overlay = .files(panel)
            return isDouble ? handleOverlay(.enter) : []
        case .connect(var session):
            session.wizard.choose(line: index)
            overlay = .connect(session)
            return isDouble ? handleOverlay(.enter) : []
        default: return []
        }
    }

    /// Puts the insertion point where the text was clicked.
    /// - Parameters:
    ///   - first: the character that is shown first.
    ///   - columns: from there to the click.
    private mutating func insert(in field: Int, at first: Int, after columns: Int) {
        switch overlay {
        case .prompt(var prompt):
            prompt.field.moveCursor(after: columns, from: first)
            overlay = .prompt(prompt)
        case .form(var form):
            form.focus = field
            if case .text(var text) = form.fields[field].value {
                text.moveCursor(after: columns, from: first)
                form.fields[field].value = .text(text)
            }
            overlay = .form(form)
        default: break
        }
    }

    /// The first click goes to the choice; once there, clicks step through it.
    private mutating func choose(field: Int, step: Int) {
        guard case .form(var form) = overlay else { return }
        if form.focus == field { _ = form.handle(step < 0 ? .left : .right) }
        form.focus = field
        overlay = .form(form)
    }
}
