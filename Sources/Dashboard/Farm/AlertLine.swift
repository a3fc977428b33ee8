internal import Farm

/// The second line: what is wrong, why, and the keys that answer it; a calm word when nothing is.
extension DashboardState {
    /// Printers that call for an answer, worst first.
    var alerting: [PrinterSnapshot] { tally.alerting.compactMap(printer) }

    func drawAlert(in rect: Rect, canvas: inout Canvas) {
        if case .disconnected(let reason) = link {
            canvas.fill(rect, .alert)
            canvas.put(
                CellText(untrusted: " NOT CONNECTED  \(reason)  Trying again; what is shown is old."), row: rect.row,
                column: rect.column, end: rect.endColumn, .alert)
            return
        }
        // By id: with hundreds of them, copies of all would be felt with every key.
        let alerting = tally.alerting
        let focused = focusedPrinter?.id
        // The selected printer first: the keys answer for it.
        guard let snapshot = (alerting.first { $0 == focused } ?? alerting.first).flatMap(printer) else {
            if let consent = farm.consents.first { return drawConsentAlert(consent, in: rect, canvas: &canvas) }
            drawCalm(in: rect, canvas: &canvas)
            return
        }
        let isStale = snapshot.condition == .stale && snapshot.print?.hasStandingAlert != true
        let role: Role = isStale ? .stale : .alert
        if !isStale { canvas.fill(rect, .alert) }
        var text = " \(isStale ? "STALE" : "ALERT") \(snapshot.name)  \(WhySentences(snapshot, state: self).alert)"
        if alerting.count > 1 { text += "  +\(alerting.count - 1) more" }
        if let consent = farm.consents.first { text += "  and \(consent.clientName) waits: 3" }
        let answer = CellText(
            untrusted: snapshot.id != focused
                ? "[A] go there " : isStale ? "[m] mute " : "[a] ack  [n] not a failure  [p] pause ")
        let short = CellText(untrusted: snapshot.id != focused ? "[A] " : isStale ? "" : "[a] [n] [p] ")
        var body = CellText(untrusted: text)
        if body.width + short.width + 1 > rect.columns {
            body = CellText(
                untrusted:
                    " \(isStale ? "STALE" : "ALERT") \(snapshot.name)  \(WhySentences(snapshot, state: self).briefAlert)"
            )
        }
        let shown = body.width + answer.width + 2 <= rect.columns ? answer : short
        canvas.put(body, row: rect.row, column: rect.column, end: rect.endColumn - shown.width - 1, role)
        canvas.putRight(shown, row: rect.row, end: rect.endColumn, role)
    }

    private func drawCalm(in rect: Rect, canvas: inout Canvas) {
        let text: String
        if case .connecting = link {
            text = "opening the farm"
        } else if farm.printers.isEmpty {
            text = "no printers yet"
        } else {
            let open = tally.openPrints
            text =
                open == 0
                ? "nothing is printing" : "nothing alarms; \(tally.watchedPrints) of \(count(open, "print")) watched"
        }
        canvas.put(CellText(untrusted: text), row: rect.row, column: rect.column + 1, end: rect.endColumn, .dim)
    }
}
