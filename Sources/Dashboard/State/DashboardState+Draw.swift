internal import Farm

extension DashboardState {
    /// The screen. The same state gives the same grid.
    public func draw() -> Grid {
        var canvas = Canvas(size: size, theme: theme)
        guard size.rows >= 4, size.columns >= 20 else {
            canvas.put("farmtop needs 20x4", row: 0, column: 0, .dim)
            return canvas.finished(ascii: options.isASCIIOnly)
        }
        if let detail {
            drawDetail(detail, in: &canvas)
        } else {
            switch area {
            case .farm: drawFarm(in: &canvas)
            case .history: drawHistory(in: &canvas)
            case .oauth: drawOAuth(in: &canvas)
            case .log: drawLog(in: &canvas)
            case .system: drawSystem(in: &canvas)
            }
        }
        if case .disconnected = link { recede(&canvas) }
        if overlay != nil { drawOverlay(in: &canvas) } else { drawCompactMessage(in: &canvas) }
        return canvas.finished(ascii: options.isASCIIOnly)
    }

    /// What is shown is old: everything but the line that says so grows dim.
    private func recede(_ canvas: inout Canvas) {
        canvas.recede(Rect(row: 2, column: 0, rows: size.rows - 3, columns: size.columns))
        if detail != nil || area != .farm {
            drawAlert(in: Rect(row: 1, column: 0, rows: 1, columns: size.columns), canvas: &canvas)
        }
    }

    /// The line above the keys: what the last key led to, else where the other areas are.
    func drawStatus(in rect: Rect, canvas: inout Canvas) {
        if let message { return drawMessage(message, in: rect, canvas: &canvas) }
        let isElsewhere = area != .farm || detail != nil
        let alert = isElsewhere ? alertElsewhere : nil
        for tab in areaTabs {
            let start = rect.column + tab.columns.lowerBound
            canvas.put(CellText(untrusted: "\(tab.number)"), row: rect.row, column: start, .key)
            canvas.put(
                CellText(untrusted: tab.name), row: rect.row, column: start + 2, end: rect.endColumn,
                tab.area == area ? .title : .hint)
        }
        let room = besideTabs(rect)
        if let alert {
            drawAlertElsewhere(alert, in: room, canvas: &canvas)
        } else if isElsewhere, area != .oauth, let consent = farm.consents.first {
            drawConsentAlert(consent, in: room, canvas: &canvas)
        } else if overlay == nil {
            statusHints.draw(in: room, canvas: &canvas)
        }
    }

    /// The rest of the status line, behind the areas.
    func besideTabs(_ rect: Rect) -> Rect {
        let start = (areaTabs.last?.columns.upperBound ?? 0) + 1
        return Rect(
            row: rect.row, column: rect.column + start, rows: 1, columns: max(0, rect.columns - start))
    }

    /// The areas' names in the status line, and where they lie in it.
    var areaTabs: [(area: Area, number: Int, name: String, columns: Range<Int>)] {
        var column = 1
        return Area.allCases.enumerated().map { index, area in
            let name = area.title.description.lowercased()
            let columns = column..<column + 2 + name.count
            column = columns.upperBound + 2
            return (area, index + 1, name, columns)
        }
    }

    /// The worst printer that calls for an answer, other than the one that is looked at.
    var alertElsewhere: PrinterSnapshot? {
        let focused = focusedPrinter?.id
        return tally.alerting.first { $0 != focused }.flatMap(printer)
    }

    /// An alert is seen wherever one looks, beside the areas.
    private func drawAlertElsewhere(_ snapshot: PrinterSnapshot, in rect: Rect, canvas: inout Canvas) {
        let alert = AlertText(snapshot, now: now)
        canvas.fill(rect, alert.role == .alert ? .alert : .text)
        let answer = CellText("[A] go there ")
        let room = rect.columns - answer.width - 1
        let lines = ["\(alert.title) \(snapshot.name)  \(alert.text)", "\(alert.title) \(snapshot.name)"].map {
            CellText(untrusted: " " + $0)
        }
        let line = lines[0].width <= room ? lines[0] : lines[1].shortened(to: room)
        canvas.put(line, row: rect.row, column: rect.column, end: rect.column + room, alert.role)
        canvas.putRight(answer, row: rect.row, end: rect.endColumn, alert.role)
    }

    /// Small screens have no line of their own for messages.
    private func drawCompactMessage(in canvas: inout Canvas) {
        let isSmall =
            detail.map { detail in
                let kind = DetailLayout(size, isZoomed: detail.isZoomed).kind
                return kind == .compact || kind == .zoomed
            } ?? (FarmLayout(size).kind == .compact)
        guard isSmall, let message else { return }
        drawMessage(message, in: Rect(row: size.rows - 1, column: 0, rows: 1, columns: size.columns), canvas: &canvas)
    }

    func drawMessage(_ message: Message, in rect: Rect, canvas: inout Canvas) {
        canvas.fill(rect, .text)
        canvas.put(
            CellText(untrusted: message.text), row: rect.row, column: rect.column + 1, end: rect.endColumn, message.role
        )
    }
}
