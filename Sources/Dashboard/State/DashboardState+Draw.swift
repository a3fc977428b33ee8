internal import Farm

extension DashboardState {
    /// The screen. The same state gives the same grid.
    public func draw() -> Grid {
        let (size, isASCIIOnly) = (context.size, context.options.isASCIIOnly)
        var canvas = Canvas(size: size, theme: context.theme)
        guard size.rows >= 4, size.columns >= 20 else {
            canvas.put("farmtop needs 20x4", row: 0, column: 0, .dim)
            return canvas.finished(ascii: isASCIIOnly)
        }
        let shown = shown
        shown.draw(in: &canvas, context)
        let hasStatus = shown.hasStatusLine(size)
        if hasStatus { drawStatus(in: line(size.rows - 2), canvas: &canvas) }
        keyBar.draw(in: line(size.rows - 1), canvas: &canvas)
        if case .disconnected(let reason) = context.link { recede(&canvas, reason) }
        if let overlay {
            overlay.draw(in: &canvas, context)
        } else if !hasStatus, let message = context.message {
            // Small screens have no line of their own for messages.
            message.draw(in: line(size.rows - 1), canvas: &canvas)
        }
        return canvas.finished(ascii: isASCIIOnly)
    }

    private func line(_ row: Int) -> Rect { Rect(row: row, column: 0, rows: 1, columns: context.size.columns) }

    /// What is shown is old: everything but the line that says so grows dim.
    private func recede(_ canvas: inout Canvas, _ reason: String) {
        canvas.recede(Rect(row: 2, column: 0, rows: context.size.rows - 3, columns: context.size.columns))
        AlertLine.drawDisconnected(reason, in: line(1), canvas: &canvas)
    }

    // MARK: The line above the keys

    /// What the last key led to, else where the other areas are and what calls from there.
    private func drawStatus(in rect: Rect, canvas: inout Canvas) {
        if let message = context.message { return message.draw(in: rect, canvas: &canvas) }
        for tab in areaTabs {
            let start = rect.column + tab.columns.lowerBound
            canvas.put(CellText(untrusted: tab.key), row: rect.row, column: start, .key)
            canvas.put(
                CellText(untrusted: tab.area.name), row: rect.row, column: tab.nameStart, end: rect.endColumn,
                tab.area == areas.current ? .title : .hint)
        }
        let room = besideTabs(rect)
        switch callFromElsewhere {
        case .alert(let printer): AlertElsewhere(context: context).draw(printer, in: room, canvas: &canvas)
        case .consent(let consent): ConsentLine(context: context).draw(consent, in: room, canvas: &canvas)
        case nil: if overlay == nil { statusHints.draw(in: room, canvas: &canvas) }
        }
    }

    /// The rest of the status line, behind the areas.
    func besideTabs(_ rect: Rect) -> Rect {
        let start = (areaTabs.last?.columns.upperBound ?? 0) + 1
        return Rect(
            row: rect.row, column: rect.column + start, rows: 1, columns: max(0, rect.columns - start))
    }

    /// The areas' keys and names in the status line, and where they lie in it.
    var areaTabs: [(area: Area, key: String, nameStart: Int, columns: Range<Int>)] {
        var column = 1
        return Areas.all.map { type in
            let key = context.keys.name(.area(type.area))
            let start = column + key.count + 1
            let columns = column..<start + type.area.name.count
            column = columns.upperBound + 2
            return (type.area, key, start, columns)
        }
    }

    enum Call {
        case alert(PrinterSnapshot)
        case consent(PendingConsent)
    }

    /// What is seen wherever one looks, beside the areas: the worst printer that calls for an answer, other than the one that
    /// is looked at; else an app that asks for access.
    var callFromElsewhere: Call? {
        guard areas.current != Areas.first || page != nil else { return nil }
        let focus = shown.focus(in: context)?.id
        if let alert = context.tally.alerting.first(where: { $0 != focus }).flatMap(context.printer) {
            return .alert(alert)
        }
        guard areas.current != .oauth else { return nil }
        return context.farm.consents.first.map { .consent($0) }
    }
}

extension Context.Message {
    func draw(in rect: Rect, canvas: inout Canvas) {
        canvas.fill(rect, .text)
        canvas.put(CellText(untrusted: text), row: rect.row, column: rect.column + 1, end: rect.endColumn, role)
    }
}
