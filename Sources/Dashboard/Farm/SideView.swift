internal import Farm

extension FarmView {
    /// Beside the table of a wide screen: the selected printer's picture, why, and its failure probability.
    func drawSide(in layout: FarmLayout, canvas: inout Canvas) {
        guard let snapshot = selectedPrinter else {
            canvas.box(layout.cameraBox, title: "camera")
            canvas.box(layout.factsBox, title: "why")
            canvas.box(layout.chartBox, title: "failure probability")
            return
        }
        let detail = PrinterDetail(subject: .printer(snapshot.id))
        let age =
            snapshot.openPrint == nil
            ? nil : snapshot.lastFrame.map { "\(Clock.age(now.seconds(since: $0.receivedAt))) ago" }
        canvas.box(
            layout.cameraBox, title: CellText(untrusted: snapshot.name),
            note: CellText(
                untrusted: [snapshot.lastFrame.map { "frame \($0.number)" }, age].compactMap(\.self).joined(
                    separator: "  ")))
        drawPicture(
            snapshot.lastFrameKey, missing: snapshot.withoutPicture(context),
            in: layout.cameraBox.inset(rows: 1, columns: 1), canvas: &canvas)
        var room = canvas.box(layout.factsBox, title: "why")
        // What the table has no column for.
        if let panel = machinePanel(detail), room.rows > 6 {
            panel.draw(in: room.takeBottom(3), canvas: &canvas)
        }
        why(detail, columns: room.columns, rows: room.rows).draw(in: room, canvas: &canvas)
        let inner = canvas.box(layout.chartBox, title: "failure probability")
        drawChart(detail, in: inner, canvas: &canvas)
    }
}

extension ContextReader {
    /// The chart of what is open, or why there is none.
    func drawChart(_ detail: PrinterDetail, in rect: Rect, canvas: inout Canvas) {
        guard let chart = chart(detail), chart.isKnown else {
            let why = points(detail).isEmpty ? "No pictures yet." : "Not known for prints from before 0.2."
            canvas.put(
                CellText(untrusted: why), row: rect.row + rect.rows / 2, column: rect.column + 2, end: rect.endColumn,
                .dim)
            return
        }
        chart.draw(in: rect, canvas: &canvas)
    }
}
