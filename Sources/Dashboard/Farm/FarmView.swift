internal import Farm
import Text

/// The farm: worst printers first, what calls for a person, what happened.
struct FarmView: ContextReader {
    let area: FarmArea
    let context: Context

    var table: FarmTable { area.table }
    var selectedPrinter: PrinterSnapshot? { area.focus(in: context) }

    func draw(in canvas: inout Canvas) {
        let layout = FarmLayout(size)
        drawHeader(in: layout.header, filtered: FilteredPrinters(table, context), canvas: &canvas)
        AlertLine(area: area, context: context).draw(in: layout.alert, canvas: &canvas)
        if layout.kind == .standard { canvas.rule(row: layout.alert.endRow) }
        if area.isShowingCameras(size), !table.rows.isEmpty { return drawCameras(in: layout, canvas: &canvas) }
        if !layout.tableBox.isEmpty {
            canvas.box(layout.tableBox, title: "printers", note: CellText(untrusted: tableNote))
        }
        if farm.printers.isEmpty {
            if let guide = FirstStepsView(context) {
                guide.draw(in: layout.cards, canvas: &canvas)
            } else if case .live = link {
                canvas.put(
                    CellText(
                        untrusted: "No printers. \(keys.name(.newPrinter)) adds one, "
                            + "\(keys.name(.archived)) lists the archived ones."), row: layout.cards.row + 1,
                    column: layout.cards.column + TableColumns.lead, end: layout.cards.endColumn, .dim)
            }
        } else if table.view == .cards, layout.kind != .compact, !table.rows.isEmpty {
            drawCards(in: layout, canvas: &canvas)
        } else {
            drawTable(in: layout, canvas: &canvas)
        }
        drawSelectedLine(in: layout.divider, canvas: &canvas)
        if !layout.eventsBox.isEmpty { canvas.box(layout.eventsBox, title: "events") }
        drawEvents(farm.events, in: layout.events, namesPrinter: true, canvas: &canvas)
        if layout.kind == .wide { drawSide(in: layout, canvas: &canvas) }
    }

    private func drawTable(in layout: FarmLayout, canvas: inout Canvas) {
        let columns = layout.columns(machines: tally.hasMachines)
        drawHeads(columns, row: layout.heads, canvas: &canvas)
        if table.rows.isEmpty {
            canvas.put(
                CellText(untrusted: "No printer matches \(table.filter.text); \(keys.name(.back)) shows all."),
                row: layout.rows.row + 1, column: layout.rows.column + TableColumns.lead, end: layout.rows.endColumn,
                .dim)
            return
        }
        var row = layout.rows.row
        for index in table.cursor.lines(count: table.rows.count, visible: layout.rows.rows) {
            drawPrinter(
                farm.printers[table.rows[index]], columns: columns, row: row, within: layout.rows,
                isSelected: index == table.cursor.index, canvas: &canvas)
            row += 1
        }
        if let guide = FirstStepsView(context) {
            let room = Rect(
                row: row, column: layout.rows.column, rows: layout.rows.endRow - row, columns: layout.rows.columns)
            guide.draw(in: room, canvas: &canvas)
        }
    }

    private func drawHeads(_ columns: TableColumns, row rect: Rect, canvas: inout Canvas) {
        guard !rect.isEmpty else { return }
        func head(_ title: CellText, _ column: TableColumns.Column, _ sort: FarmTable.Column?, right: Bool = false) {
            guard column.isShown else { return }
            let isSorted = sort != nil && sort == table.sort
            let text = isSorted ? CellText(untrusted: "\(title)\(table.isReversed ? "▲" : "▼")") : title
            let start = right ? max(column.start, column.end - text.width) : column.start
            canvas.put(text, row: rect.row, column: start, end: column.end + 1, isSorted ? .title : .dim)
        }
        head("PRINTER", columns.name, .printer)
        head("MACHINE", columns.machine, .machine)
        head("CAMERA", columns.camera, .camera)
        head("P", columns.p, .p, right: true)
        head("FILE", columns.file, .file)
        head("TIME", columns.time, .time, right: true)
        head("FRAME", columns.frame, .frame, right: true)
        head("DONE", columns.done, nil, right: true)
        head("LEFT", columns.left, .done, right: true)
        head("ENDS", columns.ends, nil, right: true)
        head("NOZZLE/BED", columns.heat, nil, right: true)
        head("LAYER", columns.layer, nil, right: true)
        head("RECENT", columns.spark, nil)
    }

    private func drawPrinter(
        _ snapshot: PrinterSnapshot, columns: TableColumns, row: Int, within rect: Rect, isSelected: Bool,
        canvas: inout Canvas
    ) {
        let words = PrinterWords(snapshot)
        if isSelected {
            canvas.isInSelection = true
            canvas.fill(Rect(row: row, column: rect.column, rows: 1, columns: rect.columns), .text)
            canvas.stamp("▌", row: row, column: rect.column, words.role)
            canvas.rest(row: row, column: rect.column)
        }
        defer { canvas.isInSelection = false }
        if table.marked.contains(snapshot.id) { canvas.stamp("*", row: row, column: rect.column, .mark) }
        let isClosed = snapshot.print == nil
        canvas.stamp(words.sign, row: row, column: rect.column + 1, words.role)
        canvas.put(
            CellText(untrusted: snapshot.name).shortened(to: columns.name.width), row: row, column: columns.name.start,
            end: columns.name.end, isClosed ? .dim : .text)
        canvas.put(
            CellText(untrusted: words.machine.rawValue), row: row, column: columns.machine.start,
            end: columns.machine.end, snapshot.machine?.isStale == true ? .stale : words.machine.role)
        drawCamera(words, column: columns.camera, row: row, canvas: &canvas)
        let probability = snapshot.shownProbability
        canvas.putRight(
            CellText(untrusted: percent(probability)), row: row, end: columns.p.end,
            snapshot.thresholds.role(probability))
        guard let print = snapshot.print else {
            drawMachineColumns(snapshot, columns: columns, row: row, canvas: &canvas)
            return
        }
        if columns.file.isShown { drawFile(print, snapshot, columns: columns, row: row, canvas: &canvas) }
        drawMachineColumns(snapshot, columns: columns, row: row, canvas: &canvas)
        if columns.time.isShown, let elapsed = snapshot.elapsed(at: now) {
            canvas.putRight(
                CellText(untrusted: Clock.length(elapsed)), row: row, end: columns.time.end,
                print.isOpen ? .text : .dim)
        }
        if columns.frame.isShown, print.isOpen {
            drawFrameAge(snapshot, column: columns.frame, row: row, canvas: &canvas)
        }
        if columns.spark.isShown {
            Sparkline.draw(
                snapshot.recent, thresholds: snapshot.thresholds, row: row, column: columns.spark.start,
                columns: columns.spark.width, in: &canvas)
        }
    }

    /// The camera's word, and the alert's sign in the last place, or after the longest word in the gap behind it: never at the word.
    private func drawCamera(_ words: PrinterWords, column: TableColumns.Column, row: Int, canvas: inout Canvas) {
        let end = canvas.put(
            CellText(stringLiteral: words.cameraWord), row: row, column: column.start, end: column.end - 1,
            words.camera.role)
        guard let sign = words.alert.sign else { return }
        canvas.stamp(Grapheme(sign), row: row, column: max(column.end - 1, end + 1), words.alert.role)
    }

    /// The file, and what is to be noted of the print.
    private func drawFile(
        _ print: Print, _ snapshot: PrinterSnapshot, columns: TableColumns, row: Int, canvas: inout Canvas
    ) {
        var end = columns.file.end
        if let note = PrinterWords.note(snapshot, now: now), columns.file.width >= 16 {
            let text = CellText(untrusted: note)
            canvas.putRight(text, row: row, end: end, .dim)
            end -= text.width + 1
        }
        canvas.put(
            CellText(untrusted: print.filename), row: row, column: columns.file.start, end: end,
            print.isOpen ? .text : .dim)
    }

    private func drawFrameAge(
        _ snapshot: PrinterSnapshot, column: TableColumns.Column, row: Int, canvas: inout Canvas
    ) {
        let isStale = snapshot.states.camera == .stale
        guard let frame = snapshot.lastFrame else {
            canvas.putRight("none", row: row, end: column.end, isStale ? .stale : .dim)
            return
        }
        let age = Clock.age(now.seconds(since: frame.receivedAt))
        canvas.putRight(
            CellText(untrusted: isStale ? "~" + age : age), row: row, end: column.end, isStale ? .stale : .dim)
    }

    private var tableNote: String {
        var parts = ["sort \(table.sort.title)\(table.isReversed ? " reversed" : "")"]
        if !table.filter.isEmpty { parts.append("filter \(table.filter.text)") }
        if !table.marked.isEmpty { parts.append("\(table.marked.count) marked") }
        parts.append(table.rows.isEmpty ? "0" : "\(table.cursor.index + 1) of \(table.rows.count)")
        return parts.joined(separator: "  ")
    }

    /// A rule that says what of the selected printer has no column, and where in the list it is.
    private func drawSelectedLine(in rect: Rect, canvas: inout Canvas) {
        guard !rect.isEmpty else { return }
        canvas.rule(row: rect.row)
        guard !farm.printers.isEmpty else { return }
        let note = CellText(untrusted: " \(tableNote) ")
        canvas.put(note, row: rect.row, column: rect.endColumn - note.width - 2, .dim)
        guard let snapshot = selectedPrinter else { return }
        canvas.put(
            CellText(untrusted: " \(snapshot.name): \(WhySentences(snapshot, context).short) "), row: rect.row,
            column: rect.column + 2, end: rect.endColumn - note.width - 4, .dim)
    }
}
