/// The list of themes: the whole screen shows the one under the cursor until it is kept or left.
struct ThemePicker: DashboardOverlay, Equatable {
    var cursor = ListCursor()
    /// What `esc` goes back to.
    let before: Theme

    init(_ context: Context) {
        before = context.theme
        cursor.index = context.options.themes.firstIndex(of: context.theme) ?? 0
    }

    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .escape, .character("q"), .control("c"): return [.theme(before, isChosen: false), .close]
        case .enter: return kept(context.theme)
        default:
            guard let step = ListCursor.Step(key) else { return [] }
            let themes = context.options.themes
            cursor.move(step, count: themes.count, visible: themes.count)
            return shown(context)
        }
    }

    private func kept(_ theme: Theme) -> [DashboardRequest] {
        [
            .theme(theme, isChosen: true), .close,
            .say("Theme \(theme.name). To keep it: theme = \"\(theme.name)\" in [dashboard].", .success),
        ]
    }

    private func shown(_ context: Context) -> [DashboardRequest] {
        [.theme(context.options.themes[cursor.index], isChosen: false)]
    }

    /// A click shows a theme, a double click keeps it.
    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest] {
        switch target {
        case .key(let key): return handle(key, in: context)
        case .line(let index):
            cursor.index = index
            return isDouble ? kept(context.options.themes[index]) : shown(context)
        default: return []
        }
    }

    mutating func clickBeside(in context: Context) -> [DashboardRequest] { handle(.escape, in: context) }

    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest] {
        handle(lines > 0 ? .down : .up, in: context)
    }

    func hints(_ context: Context) -> [KeyBar.Hint] { [.init("enter", "keep"), .init("↑↓", "choose"), .leave] }

    /// At the right edge, so that the screen behind it shows what the theme is like.
    func draw(in canvas: inout Canvas, _ context: Context) {
        let size = context.size
        let names = context.options.themes.map { CellText(untrusted: $0.name) }
        let width = min(size.columns, max(24, (names.map(\.width).max() ?? 0) + 6))
        let height = min(size.rows - 1, names.count + 3)
        let rect = Rect(row: 0, column: size.columns - width, rows: height, columns: width)
        canvas.fill(rect, .text)
        canvas.target(rect, .panel)
        let room = canvas.box(rect, title: "themes")
        let visible = room.rows - 1
        let first = max(0, min(cursor.index - visible + 1, names.count - visible))
        for (line, index) in (max(0, first)..<min(names.count, max(0, first) + visible)).enumerated() {
            let row = room.row + line
            let isChosen = index == cursor.index
            if isChosen {
                canvas.select(Rect(row: row, column: room.column, rows: 1, columns: room.columns))
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
