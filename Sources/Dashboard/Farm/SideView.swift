internal import Farm

extension DashboardState {
    /// Beside the table of a wide screen: the selected printer's picture, the rule, its scores.
    func drawSide(in layout: FarmLayout, canvas: inout Canvas) {
        guard let snapshot = selectedPrinter else {
            canvas.box(layout.cameraBox, title: "camera")
            canvas.box(layout.factsBox, title: "why")
            canvas.box(layout.chartBox, title: "score")
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
        drawPicture(snapshot.lastFrameKey, in: layout.cameraBox.inset(rows: 1, columns: 1), canvas: &canvas)
        let why = canvas.box(layout.factsBox, title: "why")
        WhyPanel(snapshot, state: self).draw(in: why, canvas: &canvas)
        let inner = canvas.box(layout.chartBox, title: "score", note: "ewm area, p dots")
        if let chart = chart(detail) {
            chart.draw(in: inner, canvas: &canvas)
        } else {
            canvas.put(
                "no scores yet", row: inner.row + inner.rows / 2, column: inner.column + 2, end: inner.endColumn, .dim)
        }
    }
}
