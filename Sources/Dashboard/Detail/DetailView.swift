internal import Farm
import Text

/// One printer: its last picture with what was found in it, its failure probability over time, why, and what happened.
extension DashboardState {
    func drawDetail(_ detail: PrinterDetail, in canvas: inout Canvas) {
        let layout = DetailLayout(size, isZoomed: detail.isZoomed)
        drawBreadcrumb(detail, in: layout.header, canvas: &canvas)
        switch layout.kind {
        case .zoomed: drawPicture(wantedFrame(detail), in: layout.camera, canvas: &canvas)
        case .compact: drawCompactDetail(detail, layout, canvas: &canvas)
        case .standard: drawStandardDetail(detail, layout, canvas: &canvas)
        case .wide: drawWideDetail(detail, layout, canvas: &canvas)
        }
        if layout.kind == .standard || layout.kind == .wide { drawStatus(in: layout.status, canvas: &canvas) }
        keyBar.draw(in: layout.keys, canvas: &canvas)
        canvas.rest(row: 0, column: 0)
    }

    private func drawBreadcrumb(_ detail: PrinterDetail, in rect: Rect, canvas: inout Canvas) {
        var parts = Segments()
        switch detail.subject {
        case .printer(let id):
            guard let snapshot = printer(id) else {
                canvas.put("‹ This printer is no longer here. Esc goes back.", row: rect.row, column: 1, .warning)
                return
            }
            addStates(snapshot, to: &parts)
        case .print(let print):
            parts.add(CellText(untrusted: "‹ \(print.filename)"), .title, priority: 9)
            parts.add(CellText(untrusted: HistoryWords(print).result), HistoryWords(print).role, priority: 8)
            parts.add(CellText(untrusted: "on \(printerName(print.printerID))"), .text, priority: 7)
            parts.add(CellText(untrusted: local(print.startedAt).monthDayHourMinute), .dim, priority: 6)
        }
        var service = serviceSegments
        service.fit(rect.columns / 3)
        parts.fit(rect.columns - 2)
        let end = parts.draw(row: rect.row, column: rect.column + 1, end: rect.endColumn - 1, in: &canvas)
        if end + service.width + 3 < rect.endColumn {
            service.draw(row: rect.row, column: rect.endColumn - service.width - 1, in: &canvas)
        }
    }

    private func addStates(_ snapshot: PrinterSnapshot, to parts: inout Segments) {
        let words = PrinterWords(snapshot)
        parts.add(CellText(untrusted: "‹ \(snapshot.name)"), .title, priority: 9)
        parts.add(
            CellText(untrusted: "\(words.machine.sign.character) \(words.machine.rawValue)"), words.machine.role,
            priority: 8)
        if snapshot.openPrint != nil {
            parts.add(CellText(untrusted: words.cameraAndAlert), words.camera.role, priority: 8)
            let probability = snapshot.shownProbability
            parts.add(
                CellText(untrusted: percent(probability)), snapshot.thresholds.role(probability), priority: 8)
        }
        if let print = snapshot.print { parts.add(CellText(untrusted: print.filename), .text, priority: 7) }
        if let note = PrinterWords.note(snapshot, now: now) { parts.add(CellText(untrusted: note), .dim, priority: 5) }
        if let elapsed = snapshot.elapsed(at: now) {
            parts.add(CellText(untrusted: Clock.length(elapsed)), .dim, priority: 6)
        }
    }

    private func drawCompactDetail(_ detail: PrinterDetail, _ layout: DetailLayout, canvas: inout Canvas) {
        drawPicture(wantedFrame(detail), in: layout.camera, canvas: &canvas)
        drawChart(detail, in: layout.chart, canvas: &canvas)
        drawWhy(detail, in: layout.why, canvas: &canvas)
    }

    private func drawStandardDetail(_ detail: PrinterDetail, _ layout: DetailLayout, canvas: inout Canvas) {
        drawBoxes(detail, layout, canvas: &canvas)
        drawWhy(detail, in: layout.why, canvas: &canvas)
        canvas.rule(row: layout.why.endRow)
        drawEvents(events(of: detail), in: layout.events, namesPrinter: false, canvas: &canvas)
    }

    private func drawWideDetail(_ detail: PrinterDetail, _ layout: DetailLayout, canvas: inout Canvas) {
        drawBoxes(detail, layout, canvas: &canvas)
        let why = canvas.box(
            layout.why, title: detail.showsNumbers ? "numbers" : "why",
            note: detail.showsNumbers ? "t why" : "t numbers")
        drawWhy(detail, in: why, canvas: &canvas)
        let events = canvas.box(layout.events, title: "events")
        drawEvents(self.events(of: detail), in: events, namesPrinter: false, canvas: &canvas)
    }

    /// The sentences, or in their place the numbers of the picture that is shown.
    private func drawWhy(_ detail: PrinterDetail, in rect: Rect, canvas: inout Canvas) {
        guard detail.showsNumbers else {
            return why(detail, columns: rect.columns, rows: rect.rows).draw(in: rect, canvas: &canvas)
        }
        guard let point = moment(detail) ?? points(detail).last else {
            canvas.put("No pictures yet.", row: rect.row, column: rect.column + 1, end: rect.endColumn, .dim)
            return
        }
        NumbersPanel(point).draw(in: rect, canvas: &canvas)
    }

    private func drawBoxes(_ detail: PrinterDetail, _ layout: DetailLayout, canvas: inout Canvas) {
        canvas.box(
            layout.camera, title: CellText(untrusted: cameraTitle(detail)),
            note: CellText(untrusted: cameraNote(detail)))
        drawPicture(wantedFrame(detail), in: Self.pictureRoom(layout), canvas: &canvas)
        let inner = canvas.box(
            layout.chart, title: detail.showsNumbers ? "scores: p dots, ewm area" : "failure probability",
            note: CellText(untrusted: detail.minutes.map { Clock.length(Double($0) * 60) } ?? "whole print"))
        drawChart(detail, in: inner, canvas: &canvas)
    }

    func cameraTitle(_ detail: PrinterDetail) -> String {
        guard let wanted = wantedFrame(detail) else { return "camera" }
        guard detail.moment != nil, let shown, shown.key.printID == wanted.printID, shown.key != wanted,
            pictures.failures[wanted] == nil
        else { return "frame \(wanted.number)" }
        return "frame \(shown.key.number), not yet \(wanted.number)"
    }

    private func cameraNote(_ detail: PrinterDetail) -> String {
        if let point = moment(detail) {
            return "at \(local(point.at).hourMinuteSecond)"
        }
        guard case .printer(let id) = detail.subject, let frame = printer(id)?.lastFrame else { return "" }
        guard printer(id)?.openPrint != nil else { return frame.width > 0 ? "\(frame.width)×\(frame.height)" : "" }
        return "\(Clock.age(now.seconds(since: frame.receivedAt))) ago"
    }
}
