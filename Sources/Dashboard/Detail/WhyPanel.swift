internal import Farm

/// The rule, clause by clause, with its numbers: which hold, which settled it, what happens next.
struct WhyPanel {
    struct Line {
        var label: String
        var text: String
        /// Nil: a statement, not a clause.
        var holds: Bool?
        var settles = false
        var role = Role.text
    }
    let lines: [Line]

    init(_ snapshot: PrinterSnapshot, state: DashboardState) {
        let sentences = WhySentences(snapshot, state: state)
        guard let decision = snapshot.decision, snapshot.openPrint != nil else {
            lines = [Line(label: "next", text: sentences.next, role: .dim)]
            return
        }
        var lines = Self.clauses(decision, snapshot: snapshot)
        lines.append(
            Line(
                label: "result", text: decision.isFailing ? "FAILING" : "clean",
                role: decision.isFailing ? .failing : .success))
        if let pause = snapshot.pauseDecision, decision.clause != .warmingUp {
            let settings = snapshot.printer.settings
            lines.append(
                Line(
                    label: "pause",
                    text: settings.actionOnFailure == .none
                        ? "never asked: set to alert only"
                        : "score / \(WhySentences.number(pause.escalation)) = \(WhySentences.number(pause.score)): "
                            + (pause.isFailing ? "yes" : "not yet"),
                    role: pause.isFailing && settings.actionOnFailure == .pause ? .failing : .dim))
        }
        lines.append(Line(label: "next", text: sentences.next))
        self.lines = lines
    }

    private static func clauses(_ decision: Decision, snapshot: PrinterSnapshot) -> [Line] {
        let number = WhySentences.number
        let statistics = snapshot.printer.statistics
        let sensitivity = snapshot.printer.settings.detectiveSensitivity
        let score = decision.score
        let isWarm = decision.frame >= decision.safeFrames
        return [
            Line(
                label: "frames", text: "\(decision.frame) ≥ \(decision.safeFrames)", holds: isWarm,
                settles: decision.clause == .warmingUp),
            Line(
                label: "score",
                text:
                    "(ewm \(number(statistics.ewmMean)) − normal \(number(decision.longMean))) × \(number(sensitivity)) = \(number(score))"
            ),
            Line(
                label: "low", text: "\(number(score)) ≥ \(number(decision.lowThreshold))",
                holds: score >= decision.lowThreshold, settles: decision.clause == .belowLow),
            Line(
                label: "high", text: "\(number(score)) > \(number(decision.highThreshold))",
                holds: score > decision.highThreshold, settles: decision.clause == .aboveHigh),
            Line(
                label: "own",
                text:
                    "\(number(score)) > (short \(number(statistics.rollingMeanShort)) − normal) × 3.8 = \(number(decision.historyThreshold))",
                holds: score > decision.historyThreshold,
                settles: decision.clause == .aboveHistory || decision.clause == .explainedByHistory),
        ]
    }

    /// The last statement goes on in another line where there is one.
    private func broken(_ rect: Rect) -> [Line] {
        guard let last = lines.last, last.holds == nil else { return lines }
        let parts = DashboardState.wrap(last.text, columns: max(10, rect.columns - 11))
        let rest = parts.dropFirst().prefix(max(0, rect.rows - lines.count))
        guard rest.count == parts.count - 1 else { return lines }
        return lines.dropLast() + [Line(label: last.label, text: parts.first ?? "", role: last.role)]
            + rest.map { Line(label: "", text: $0, role: last.role) }
    }

    func draw(in rect: Rect, canvas: inout Canvas) {
        for (index, line) in broken(rect).prefix(rect.rows).enumerated() {
            let row = rect.row + index
            canvas.put(CellText(untrusted: line.label), row: row, column: rect.column + 1, end: rect.endColumn, .dim)
            let start = rect.column + 8
            if let holds = line.holds {
                canvas.put(holds ? "✓" : "·", row: row, column: start, end: rect.endColumn, holds ? .title : .dim)
            }
            let end = canvas.put(
                CellText(untrusted: line.text), row: row, column: start + 2, end: rect.endColumn,
                line.settles ? .title : line.role)
            if line.settles { canvas.put("‹ settles it", row: row, column: end + 1, end: rect.endColumn, .info) }
        }
    }
}
