/// The list of themes: the whole screen shows the one under the cursor until it is kept or left.
struct ThemePicker: Equatable, Sendable {
    var cursor: ListCursor
    /// What `esc` goes back to.
    let before: Theme
}

extension DashboardState {
    mutating func pickTheme() {
        guard options.colors != .mono else {
            say("Colours are off here, so the theme stays mono.", .warning)
            return
        }
        var cursor = ListCursor()
        cursor.index = options.themes.firstIndex(of: theme) ?? 0
        overlay = .themes(ThemePicker(cursor: cursor, before: theme))
    }

    mutating func handle(_ picker: ThemePicker, _ key: Key) {
        var picker = picker
        switch key {
        case .escape, .character("q"), .control("c"):
            theme = picker.before
            overlay = nil
        case .enter:
            overlay = nil
            options.themeFollowsTerminal = false
            say("Theme \(theme.name). To keep it: theme = \"\(theme.name)\" in [dashboard].", .success)
        default:
            guard let step = ListCursor.Step(key) else { return }
            picker.cursor.move(step, count: options.themes.count, visible: options.themes.count)
            theme = options.themes[picker.cursor.index]
            overlay = .themes(picker)
        }
    }

    /// At the right edge, so that the screen behind it shows what the theme is like.
    func drawThemes(_ picker: ThemePicker, canvas: inout Canvas) {
        let names = options.themes.map { CellText(untrusted: $0.name) }
        let width = min(size.columns, max(24, (names.map(\.width).max() ?? 0) + 6))
        let height = min(size.rows - 1, names.count + 3)
        let rect = Rect(row: 0, column: size.columns - width, rows: height, columns: width)
        canvas.fill(rect, .text)
        canvas.target(rect, .panel)
        let room = canvas.box(rect, title: "themes")
        let visible = room.rows - 1
        let first = max(0, min(picker.cursor.index - visible + 1, names.count - visible))
        for (line, index) in (max(0, first)..<min(names.count, max(0, first) + visible)).enumerated() {
            let row = room.row + line
            let isChosen = index == picker.cursor.index
            if isChosen {
                canvas.isInSelection = true
                canvas.fill(Rect(row: row, column: room.column, rows: 1, columns: room.columns), .text)
                canvas.stamp("▌", row: row, column: room.column, .title)
                canvas.rest(row: row, column: room.column)
            }
            canvas.put(names[index], row: row, column: room.column + 2, end: room.endColumn)
            canvas.target(Rect(row: row, column: room.column, rows: 1, columns: room.columns), .line(index))
            canvas.isInSelection = false
        }
        var column = room.column + 1
        for (key, words) in [(Key.enter, CellText("keep")), (.escape, "leave")] {
            column =
                canvas.put(
                    key: key, CellText(untrusted: key.name), words, row: room.endRow - 1, column: column,
                    end: room.endColumn) + 2
        }
    }
}
