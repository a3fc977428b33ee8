internal import Farm

/// Obico's statistics behind a picture, for whoever asks: nothing is decided by them.
struct NumbersPanel {
    struct Fact: Equatable {
        var label: String
        var value: String
        var meaning: String
    }
    let facts: [Fact]

    init(_ point: ScorePoint) {
        let score = Numerals.score
        facts = [
            Fact(label: "p", value: score(point.p), meaning: "sum of the confidences in the picture"),
            Fact(label: "ewm", value: score(point.ewmMean), meaning: "its mean, the newest counting most"),
            Fact(label: "short", value: score(point.rollingMeanShort), meaning: "mean of the last 310 pictures"),
            Fact(
                label: "long", value: score(point.rollingMeanLong),
                meaning: "mean of the last 7,200, earlier prints too"),
            Fact(label: "norm", value: score(point.normalizedP), meaning: "Obico's scale; falls while a failure lasts"),
            Fact(label: "frame", value: "\(point.frame)", meaning: "number of the picture"),
        ]
    }

    /// One a line with its meaning; where there are too few rows, in a row without.
    func draw(in rect: Rect, canvas: inout Canvas) {
        guard rect.rows >= facts.count else {
            let next = drawRow(in: rect, canvas: &canvas)
            return drawNote(row: next, in: rect, canvas: &canvas)
        }
        for (index, fact) in facts.enumerated() {
            let row = rect.row + index
            canvas.put(CellText(untrusted: fact.label), row: row, column: rect.column + 1, end: rect.endColumn, .dim)
            canvas.put(CellText(untrusted: fact.value), row: row, column: rect.column + 8, end: rect.endColumn)
            canvas.put(CellText(untrusted: fact.meaning), row: row, column: rect.column + 16, end: rect.endColumn, .dim)
        }
        drawNote(row: rect.row + facts.count, in: rect, canvas: &canvas)
    }

    private func drawNote(row: Int, in rect: Rect, canvas: inout Canvas) {
        guard row < rect.endRow else { return }
        WhyPanel(sentences: [WhySentences.Sentence(text: "Alerts follow the failure probability, not these.")]).draw(
            in: Rect(row: row, column: rect.column, rows: rect.endRow - row, columns: rect.columns), canvas: &canvas)
    }

    /// - Returns: the row after the last.
    private func drawRow(in rect: Rect, canvas: inout Canvas) -> Int {
        var row = rect.row
        var column = rect.column + 1
        for fact in facts {
            let label = CellText(untrusted: fact.label)
            let value = CellText(untrusted: fact.value)
            if column + label.width + 1 + value.width > rect.endColumn {
                row += 1
                column = rect.column + 1
            }
            guard row < rect.endRow else { return row }
            column = canvas.put(label, row: row, column: column, .dim) + 1
            column = canvas.put(value, row: row, column: column, end: rect.endColumn) + 2
        }
        return row + 1
    }
}
