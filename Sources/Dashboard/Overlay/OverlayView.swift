internal import Farm

extension DashboardState {
    func drawOverlay(in canvas: inout Canvas) {
        switch overlay {
        case nil: break
        case .confirm(let confirmation):
            let other = confirmation.other.map { [(Key.character($0.key), $0.words)] } ?? []
            drawQuestion(
                title: confirmation.title, lines: confirmation.lines,
                keys: [(.character("y"), "yes")] + other + [(.character("N"), "no")], canvas: &canvas)
        case .resultKeys(let question): drawResultQuestion(question, canvas: &canvas)
        case .reasonKeys: drawReasonQuestion(canvas: &canvas)
        case .sortKeys:
            drawQuestion(
                title: "Sort by", lines: [],
                list: FarmTable.Column.allCases.map { ($0.key, $0.title.description) },
                keys: [(.escape, "leave")], canvas: &canvas)
        case .archived(let panel): drawArchived(panel, canvas: &canvas)
        case .adding:
            drawQuestion(
                title: "Add a printer", lines: [], list: Self.addingWays.map { ($0.key, $0.words) },
                keys: [(.escape, "leave")], canvas: &canvas)
        case .connect(let session): drawConnect(session, canvas: &canvas)
        case .files(let panel): drawFiles(panel, canvas: &canvas)
        case .stop(let question): drawStop(question, canvas: &canvas)
        case .themes(let picker): drawThemes(picker, canvas: &canvas)
        case .prompt(let prompt): drawPrompt(prompt, canvas: &canvas)
        case .form(let form): drawForm(form, canvas: &canvas)
        case .help(let help): drawHelp(help, canvas: &canvas)
        case .credentials(let credentials): drawCredentials(credentials, canvas: &canvas)
        }
    }

    /// A box in the middle of the screen, as wide as its text needs.
    func panel(rows: Int, columns: Int, title: String, canvas: inout Canvas) -> Rect {
        let width = min(size.columns, max(24, columns + 4))
        let height = min(size.rows, rows + 2)
        let rect = Rect(
            row: (size.rows - height) / 2, column: (size.columns - width) / 2, rows: height, columns: width)
        canvas.fill(rect, .text)
        canvas.target(rect, .panel)
        return canvas.box(rect, title: CellText(untrusted: title)).inset(rows: 0, columns: 1)
    }

    /// Keys at the foot of a panel.
    func drawKeys(_ keys: [(Key, String)], gap: Int = 2, in room: Rect, canvas: inout Canvas) {
        var column = room.column
        for (key, words) in keys {
            column =
                canvas.put(
                    key: key, CellText(untrusted: key.name), CellText(untrusted: words), row: room.endRow - 1,
                    column: column, end: room.endColumn) + gap
        }
    }

    private func drawQuestion(
        title: String, lines: [String], list: [(Character, String)] = [], keys: [(Key, String)],
        canvas: inout Canvas
    ) {
        let most = min(size.columns - 4, 70)
        let wrapped = lines.flatMap { Self.wrap($0, columns: most) }
        let widest = wrapped.map { CellText(untrusted: $0).width }.max() ?? 0
        let answers = list.map { CellText(untrusted: $0.1).width + 3 }.max() ?? 0
        let foot = keys.reduce(-3) { $0 + CellText(untrusted: $1.0.name + $1.1).width + 4 }
        // Answers side by side where they are too many for one column.
        let listRows = min(list.count, max(1, size.rows - 4 - min(wrapped.count, 1)))
        let across = listRows > 0 ? (list.count + listRows - 1) / listRows : 1
        let down = across > 1 ? (list.count + across - 1) / across : list.count
        let room = panel(
            rows: wrapped.count + down + (across > 1 ? 1 : 2),
            columns: max(widest, answers, CellText(untrusted: title).width + 4, foot, 30),
            title: title, canvas: &canvas)
        var row = room.row
        for line in Self.shortened(wrapped, to: room.rows - down - 1) {
            canvas.put(CellText(untrusted: line), row: row, column: room.column, end: room.endColumn)
            row += 1
        }
        let width = room.columns / across
        for (index, answer) in list.enumerated() where row + index % max(1, down) < room.endRow - 1 {
            let line = Rect(
                row: row + index % down, column: room.column + index / down * width, rows: 1, columns: width)
            canvas.put(CellText(untrusted: String(answer.0)), row: line.row, column: line.column, .key)
            canvas.put(CellText(untrusted: answer.1), row: line.row, column: line.column + 3, end: line.endColumn)
            canvas.target(line, .key(.character(answer.0)))
        }
        drawKeys(keys, gap: 3, in: room, canvas: &canvas)
        if let message {
            drawMessage(
                message, in: Rect(row: size.rows - 1, column: 0, rows: 1, columns: size.columns), canvas: &canvas)
        }
        canvas.rest(row: room.endRow - 1, column: room.column)
    }

    /// So many lines; where some are left out the last says how many.
    private static func shortened(_ lines: [String], to most: Int) -> [String] {
        guard lines.count > most, most > 0 else { return Array(lines.prefix(max(0, most))) }
        return lines.prefix(most - 1) + ["… and \(lines.count - most + 1) lines more"]
    }

    private func drawResultQuestion(_ question: ResultQuestion, canvas: inout Canvas) {
        let most = max(1, size.rows - 10)
        var lines = question.subjects.prefix(most).map { "\($0.name): \($0.filename)" }
        if question.subjects.count > most { lines.append("and \(question.subjects.count - most) more") }
        guard !question.isAtMachines else {
            lines.append("The machine is told to cancel; the record ends when it has.")
            return drawQuestion(
                title: "Cancel the print?", lines: lines,
                list: [("c", "cancel it at the machine"), ("f", "it failed: cancel it, asks why")],
                keys: [(.escape, "leave")], canvas: &canvas)
        }
        lines.append(
            question.subjects.contains(where: \.isAtMachine)
                ? "Linked machines are told to cancel; for the others this ends the record only."
                : "This ends the record only: it does not stop a machine.")
        drawQuestion(
            title: "How did it end?", lines: lines,
            list: [("s", "success"), ("c", "cancelled"), ("f", "failed: asks why")], keys: [(.escape, "leave")],
            canvas: &canvas)
    }

    private func drawReasonQuestion(canvas: inout Canvas) {
        drawQuestion(
            title: "Why did it fail?", lines: [],
            list: ReasonQuestion.reasons.map { ($0.key, $0.text) } + [(ReasonQuestion.typed, "other: type it")],
            keys: [(.character(ReasonQuestion.unknown), "unknown"), (.escape, "leave")], canvas: &canvas)
    }

    /// Breaks a sentence at spaces.
    static func wrap(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, CellText(untrusted: line).width + 1 + CellText(untrusted: String(word)).width > columns {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return lines + (line.isEmpty ? [] : [line])
    }

    // MARK: Text

    private func drawPrompt(_ prompt: Prompt, canvas: inout Canvas) {
        let row = size.rows - (FarmLayout(size).kind == .compact ? 1 : 2)
        let line = Rect(row: row, column: 0, rows: 1, columns: size.columns)
        canvas.fill(line, .input)
        var label = CellText(untrusted: prompt.label)
        if label.width > size.columns / 2 { label = "file: " }
        let start = canvas.put(label, row: row, column: 1, end: size.columns / 2 + 6, .input)
        canvas.target(line, .panel)
        drawField(
            prompt.field, number: 0, row: row, column: start, end: size.columns, isFocused: true, canvas: &canvas)
        if let fault = prompt.fault, row > 0 {
            canvas.fill(Rect(row: row - 1, column: 0, rows: 1, columns: size.columns), .text)
            canvas.put(CellText(untrusted: fault), row: row - 1, column: 1, .warning)
        }
    }

    /// A text field: while it is edited, the part around the insertion point; else its beginning.
    private func drawField(
        _ field: TextField, number: Int, row: Int, column: Int, end: Int, isFocused: Bool, canvas: inout Canvas
    ) {
        let room = max(1, end - column - 1)
        var start = 0
        let before = CellText(untrusted: String(field.characters[..<field.cursor])).width
        defer {
            canvas.target(
                Rect(row: row, column: column, rows: 1, columns: end - column),
                .text(field: number, first: start, column: column))
        }
        if before > room, isFocused {
            var hidden = 0
            while start < field.cursor, hidden < before - room {
                hidden += max(1, CellText(untrusted: String(field.characters[start])).width)
                start += 1
            }
        }
        canvas.put(
            CellText(untrusted: String(field.characters[start...])), row: row, column: column, end: end, .input)
        guard isFocused else { return }
        let shown = CellText(untrusted: String(field.characters[start..<field.cursor])).width
        canvas.rest(row: row, column: min(end - 1, column + shown), isInsertion: true)
    }

    private func drawForm(_ form: Form, canvas: inout Canvas) {
        let labelWidth = (form.fields.map { CellText(untrusted: $0.label).width }.max() ?? 0) + 2
        let room = panel(
            rows: form.fields.count + 3, columns: min(size.columns - 4, 64), title: form.title, canvas: &canvas)
        for (index, field) in form.fields.enumerated() where index < room.rows - 1 {
            let row = room.row + index
            let isFocused = index == form.focus
            canvas.put(
                CellText(untrusted: field.label), row: row, column: room.column, end: room.column + labelWidth,
                isFocused ? .title : .dim)
            let start = room.column + labelWidth
            switch field.value {
            case .text(let text):
                canvas.fill(Rect(row: row, column: start, rows: 1, columns: room.endColumn - start), .input)
                drawField(
                    text, number: index, row: row, column: start, end: room.endColumn, isFocused: isFocused,
                    canvas: &canvas)
            case .choice(let choices, let chosen):
                // In one column with the text fields; the arrows lie beside it.
                let last = canvas.put(
                    CellText(untrusted: choices[chosen]), row: row, column: start,
                    end: room.endColumn - (isFocused ? 2 : 0), isFocused ? .title : .text)
                canvas.target(
                    Rect(row: row, column: start, rows: 1, columns: room.endColumn - start),
                    .choice(field: index, step: 1))
                guard isFocused else { break }
                canvas.put("‹", row: row, column: start - 2, .title)
                canvas.put("›", row: row, column: last + 1, end: room.endColumn, .title)
                canvas.target(
                    Rect(row: row, column: start - 2, rows: 1, columns: 2), .choice(field: index, step: -1))
                canvas.rest(row: row, column: start)
            }
        }
        let focused = form.fields[form.focus]
        let noteRow = room.endRow - 2
        if noteRow >= room.row + form.fields.count {
            canvas.put(
                CellText(untrusted: focused.fault ?? focused.hint), row: noteRow, column: room.column + labelWidth,
                end: room.endColumn, focused.fault == nil ? .dim : .error)
        }
        let faultShown = noteRow < room.row + form.fields.count ? focused.fault : nil
        if let faultShown {
            canvas.put(
                CellText(untrusted: faultShown), row: room.endRow - 1, column: room.column, end: room.endColumn, .error)
            return
        }
        drawKeys([(.enter, "save"), (.tab, "next"), (.escape, "leave")], in: room, canvas: &canvas)
    }

    // MARK: Help and secrets

    private func drawHelp(_ help: HelpPanel, canvas: inout Canvas) {
        let rect = HelpPanel.rect(size)
        canvas.fill(rect, .text)
        canvas.target(rect, .panel)
        let inner = canvas.box(rect, title: "help", note: "type to search, enter runs, esc leaves").inset(
            rows: 0, columns: 1)
        guard inner.rows > 3 else { return }
        let commands = help.matches(KeyMap.commands(in: place))
        canvas.fill(inner.line(0), .input)
        if help.search.isEmpty { canvas.put("search", row: inner.row, column: inner.column + 1, .placeholder) }
        drawField(
            help.search, number: 0, row: inner.row, column: inner.column + 1, end: inner.endColumn, isFocused: true,
            canvas: &canvas)
        var row = inner.row + 2
        for index in help.cursor.lines(count: commands.count, visible: HelpPanel.visibleRows(size)) {
            let command = commands[index]
            let reason = refusal(command)
            let line = Rect(row: row, column: inner.column, rows: 1, columns: inner.columns)
            canvas.target(line, .line(index))
            if index == help.cursor.index {
                canvas.isInSelection = true
                canvas.fill(line, .text)
                canvas.stamp("▌", row: row, column: inner.column, .title)
            }
            canvas.put(
                CellText(untrusted: command.key), row: row, column: inner.column + 1, reason == nil ? .key : .dim)
            let end = canvas.put(
                CellText(untrusted: command.title), row: row, column: inner.column + 8, end: inner.endColumn,
                reason == nil ? .text : .dim)
            if let reason {
                canvas.put(CellText(untrusted: reason), row: row, column: end + 2, end: inner.endColumn, .warning)
            }
            canvas.isInSelection = false
            row += 1
        }
        if commands.isEmpty {
            canvas.put("nothing found", row: row, column: inner.column + 1, end: inner.endColumn, .dim)
        }
        guard commands.indices.contains(help.cursor.index) else { return }
        drawHelpFoot(commands[help.cursor.index], in: inner, canvas: &canvas)
    }

    /// The whole of the selected command, and why it cannot be had now: its own line may be too short for both.
    private func drawHelpFoot(_ command: Command, in inner: Rect, canvas: inout Canvas) {
        let rows = HelpPanel.footRows(size)
        let reason = refusal(command)
        let text = rows > 1 ? "\(command.title)\(reason.map { ": \($0)" } ?? "")" : reason ?? ""
        for (index, line) in Self.wrap(text, columns: inner.columns - 2).prefix(rows).enumerated() {
            canvas.put(
                CellText(untrusted: line), row: inner.endRow - rows + index, column: inner.column + 1,
                end: inner.endColumn, reason == nil ? .dim : .warning)
        }
    }

    private func drawCredentials(_ credentials: ClientCredentials, canvas: inout Canvas) {
        var lines: [(String, String)] = [("name", credentials.client.name), ("id", credentials.client.publicID)]
        if let secret = credentials.secret { lines.append(("secret", secret)) }
        let widest = lines.map { CellText(untrusted: $0.1).width }.max() ?? 0
        let room = panel(rows: lines.count + 3, columns: max(widest + 8, 50), title: "Client", canvas: &canvas)
        var row = room.row
        for (label, value) in lines {
            canvas.put(CellText(untrusted: label), row: row, column: room.column, .dim)
            // A secret that does not fit goes on in the next line: half of it would be of no use.
            for part in Self.chunks(value, columns: max(8, room.columns - 8)) where row < room.endRow {
                canvas.put(CellText(untrusted: part), row: row, column: room.column + 8, end: room.endColumn, .code)
                row += 1
            }
        }
        if row < room.endRow - 1 {
            canvas.put(
                credentials.secret == nil
                    ? "A public client has no secret." : "The secret is shown this once and kept nowhere.",
                row: row, column: room.column, end: room.endColumn, .warning)
        }
        if let message {
            canvas.put(
                CellText(untrusted: message.text), row: room.endRow - 1, column: room.column, end: room.endColumn, .hint
            )
        } else {
            let secret = credentials.secret == nil ? [] : [(Key.character("y"), "copy secret")]
            drawKeys(
                secret + [(.character("i"), "copy id"), (.escape, "done")], gap: 3, in: room, canvas: &canvas)
        }
        canvas.rest(row: room.endRow - 1, column: room.column)
    }

    private static func chunks(_ text: String, columns: Int) -> [String] {
        var rest = Substring(text)
        var parts: [String] = []
        while !rest.isEmpty {
            parts.append(String(rest.prefix(columns)))
            rest = rest.dropFirst(columns)
        }
        return parts
    }
}
