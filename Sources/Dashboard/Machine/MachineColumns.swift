internal import Farm
import Text

/// What machines tell, in the columns of the list.
extension ContextReader {
    func drawMachineColumns(
        _ snapshot: PrinterSnapshot, columns: TableColumns, row: Int, canvas: inout Canvas
    ) {
        guard columns.left.isShown, let facts = MachineFacts(snapshot) else { return }
        let role: Role = facts.isOld ? .stale : .text
        func put(_ text: String?, _ column: TableColumns.Column, _ role: Role) {
            guard column.isShown, let text else { return }
            canvas.putRight(CellText(untrusted: text), row: row, end: column.end, from: column.start, role)
        }
        put(facts.progress.map { facts.ageSign + percent($0) }, columns.done, role)
        put(facts.left(at: now).map { facts.ageSign + Clock.length($0) }, columns.left, role)
        put(facts.finish(at: now).map(finishTime), columns.ends, role)
        put(facts.heat, columns.heat, facts.isOld ? .stale : .dim)
        put(facts.layer, columns.layer, facts.isOld ? .stale : .dim)
    }

    /// Progress and time left in a card or at the edge of a tile; where there is little room only the progress.
    /// - Returns: the column after them; `from` when nobody tells.
    func drawJob(of snapshot: PrinterSnapshot, row: Int, from: Int, end: Int, canvas: inout Canvas) -> Int {
        guard let facts = MachineFacts(snapshot) else { return from }
        let done = facts.progress.map { facts.ageSign + percent($0) }
        let left = facts.left(at: now).map { "\(facts.ageSign)\(Clock.length($0)) left" }
        let texts = [[done, left], [done ?? left]].map {
            CellText(untrusted: $0.compactMap(\.self).joined(separator: " "))
        }
        // Room for the age of a picture, or for a short curve.
        guard let text = texts.first(where: { from + $0.width + 7 <= end }), !text.isEmpty else { return from }
        return canvas.put(text, row: row, column: from, end: end, facts.isOld ? .stale : .text) + 1
    }

    /// `14:05` within a day, else `11-25`.
    func finishTime(_ moment: Timestamp) -> String {
        moment.seconds(since: now) < 86_400 ? local(moment).hourMinute : local(moment).monthDay
    }

    /// The next ones to be done, for a line that has room for them; nil while nobody tells.
    func nextToFinish(_ most: Int) -> String? {
        let next = farm.printers.finishing(at: now)
        guard !next.isEmpty else { return nil }
        return next.prefix(most).map { "\($0.printer.name) \(finishTime($0.at))" }.joined(separator: " · ")
    }
}
