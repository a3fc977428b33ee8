internal import Farm

/// The farm's second line: what is wrong, why, and the keys that answer it; a calm word when nothing is.
struct AlertLine: ContextReader {
    let area: FarmArea
    let context: Context

    /// In its place, whatever is shown, while the farm cannot be reached.
    static func drawDisconnected(_ reason: String, in rect: Rect, canvas: inout Canvas) {
        canvas.fill(rect, .alert)
        canvas.put(
            CellText(untrusted: " NOT CONNECTED  \(reason)  Trying again; what is shown is old."), row: rect.row,
            column: rect.column, end: rect.endColumn, .alert)
    }

    func draw(in rect: Rect, canvas: inout Canvas) {
        guard let worst = tally.alerting.first.flatMap(printer) else {
            if let consent = farm.consents.first {
                return ConsentLine(context: context).draw(consent, in: rect, canvas: &canvas)
            }
            if let words = deadChannelWords {
                return DeadChannelLine(context: context).draw(words, in: rect, canvas: &canvas)
            }
            drawCalm(in: rect, canvas: &canvas)
            return
        }
        drawAlert(of: worst, in: rect, canvas: &canvas)
    }

    private func drawAlert(of worst: PrinterSnapshot, in rect: Rect, canvas: inout Canvas) {
        let alert = AlertText(worst, now: now)
        if alert.role == .alert { canvas.fill(rect, .alert) }
        let others = tally.alerting.count - 1
        let more =
            (others > 0 ? "  +\(others) more" : "")
            + (farm.consents.first.map { "  and \($0.clientName) asks for access: \(keys.name(.area(.oauth)))" } ?? "")
        let answers = alertKeys(worst)
        let short = CellText(untrusted: answers.map { "[\($0.key)] " }.joined())
        let long = CellText(untrusted: answers.map { "[\($0.key)] \($0.words)  " }.joined())
        let lines = [alert.text + more, alert.brief + more, alert.brief, alert.least].map {
            CellText(untrusted: " \(alert.title) \(worst.name)  \($0)")
        }
        let body = lines.first { $0.width + short.width + 1 <= rect.columns } ?? lines[3]
        let shown = body.width + long.width + 2 <= rect.columns ? long : short
        canvas.put(body, row: rect.row, column: rect.column, end: rect.endColumn - shown.width - 1, alert.role)
        canvas.putRight(shown, row: rect.row, end: rect.endColumn, alert.role)
    }

    /// Those that act on the worst printer now; from elsewhere, the one that goes there.
    private func alertKeys(_ worst: PrinterSnapshot) -> [(key: String, words: String)] {
        guard worst.id == area.focus(in: context)?.id else { return [(keys.name(.nextAlert), "go there")] }
        func applies(_ command: Command) -> Bool {
            (command.changesFarm ? context.refusalOfChanges : nil) == nil
                && area.refusal(command, in: context) == nil
        }
        return [Command.acknowledge, .notAFailure, .pause, .confirmPause, .mute].filter { command in
            if command == .mute { return worst.isBlind && worst.alert == .none && applies(command) }
            if command == .confirmPause, !worst.awaitsPause { return false }
            return applies(command) && PrinterCommands.condition(of: command, context)?(worst) == nil
                && (command != .pause || worst.alert == .standing)
        }.map { (keys.name($0), $0.short) }
    }

    private func drawCalm(in rect: Rect, canvas: inout Canvas) {
        let end = canvas.put(
            CellText(untrusted: calm), row: rect.row, column: rect.column + 1, end: rect.endColumn, .dim)
        // As many as fit; fewer than one is none.
        for most in stride(from: 5, through: 1, by: -1) {
            guard let next = nextToFinish(most).map({ CellText(untrusted: "Next to finish: \($0)") }) else { return }
            guard end + 2 + next.width < rect.endColumn else { continue }
            canvas.put(next, row: rect.row, column: end + 2, end: rect.endColumn, .dim)
            return
        }
    }

    private var calm: String {
        if case .connecting = link { return "Opening the farm." }
        if farm.printers.isEmpty { return "No printers yet." }
        guard tally.openPrints > 0 else { return "Nothing is printing." }
        let alerts = tally.acknowledged > 0 ? "\(count(tally.acknowledged, "alert")) acknowledged." : "No alerts."
        return "\(alerts) Watching \(tally.watchedPrints) of \(count(tally.openPrints, "print"))."
    }
}

/// Beside the areas, where something else is looked at: an alert is seen wherever one is.
struct AlertElsewhere: ContextReader {
    let context: Context

    func draw(_ snapshot: PrinterSnapshot, in rect: Rect, canvas: inout Canvas) {
        let alert = AlertText(snapshot, now: now)
        canvas.fill(rect, alert.role == .alert ? .alert : .text)
        let answer = CellText(untrusted: "[\(keys.name(.nextAlert))] go there ")
        let room = rect.columns - answer.width - 1
        let lines = ["\(alert.title) \(snapshot.name)  \(alert.text)", "\(alert.title) \(snapshot.name)"].map {
            CellText(untrusted: " " + $0)
        }
        let line = lines[0].width <= room ? lines[0] : lines[1].shortened(to: room)
        canvas.put(line, row: rect.row, column: rect.column, end: rect.column + room, alert.role)
        canvas.putRight(answer, row: rect.row, end: rect.endColumn, alert.role)
    }
}
