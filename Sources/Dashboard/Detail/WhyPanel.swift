internal import Farm

/// Sentences one below the other, each broken where it is too long.
struct WhyPanel {
    let sentences: [WhySentences.Sentence]

    func draw(in rect: Rect, canvas: inout Canvas) {
        var row = rect.row
        for sentence in sentences {
            for line in sentence.text.wrapped(columns: max(10, rect.columns - 2)) {
                guard row < rect.endRow else { return }
                canvas.put(
                    CellText(untrusted: line), row: row, column: rect.column + 1, end: rect.endColumn, sentence.role)
                row += 1
            }
        }
    }
}

extension ContextReader {
    /// Why: the sentences of what is open, of the moment under the time cursor or of now.
    func why(_ detail: PrinterDetail, columns: Int, rows: Int) -> WhyPanel {
        if let point = moment(detail) { return WhyPanel(sentences: momentSentences(detail, at: point)) }
        switch detail.subject {
        case .printer(let id):
            guard let snapshot = printer(id) else { return WhyPanel(sentences: []) }
            let room: WhySentences.Room = rows < 4 ? .scant : columns < 100 && rows < 6 ? .short : .full
            return WhyPanel(sentences: WhySentences(snapshot, context).all(room))
        case .print(let print):
            guard let end = print.end else {
                return WhyPanel(sentences: [WhySentences.Sentence(text: "Still printing.", role: .printing)])
            }
            let time = local(end.at).monthDayHourMinute
            return WhyPanel(sentences: WhySentences.end(print, end, at: time, keys))
        }
    }
}
