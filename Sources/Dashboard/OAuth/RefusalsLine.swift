internal import Farm

/// How often a client was refused of late: an attacker, or an app with an old secret.
extension OAuthView {
    func refusals(of client: ClientID) -> ClientRefusals? {
        farm.status.refusals.first { $0.clientID == client }
    }

    /// `3 × 401, 1 × 429`, hour by hour behind it.
    func drawRefusals(of client: ClientSummary, row: Int, in rect: Rect, canvas: inout Canvas) {
        canvas.put("rejected", row: row, column: rect.column + 1, .dim)
        let start = rect.column + 12
        guard let refusals = refusals(of: client.id) else {
            canvas.put("none in 24 hours", row: row, column: start, end: rect.endColumn, .dim)
            return
        }
        let end = canvas.put(
            CellText(untrusted: "\(refusals.words) in 24 hours"), row: row, column: start, end: rect.endColumn, .warning
        )
        let hours = refusals.hourly
        guard end + 2 + hours.count < rect.endColumn, let most = hours.max(), most > 0 else { return }
        for (index, count) in hours.enumerated() {
            let sign = count == 0 ? "·" : Sparkline.blocks[max(0, count * 8 / most - 1)]
            canvas.stamp(sign, row: row, column: end + 2 + index, count == 0 ? .dim : .warning)
        }
    }
}

extension ClientRefusals {
    var hourly: [Int] { zip(unauthorized, tooMany).map { $0 + $1 } }
    var total: Int { hourly.reduce(0, +) }

    var words: String {
        [("401", unauthorized), ("429", tooMany)].compactMap { status, hours in
            let count = hours.reduce(0, +)
            return count > 0 ? "\(count) × \(status)" : nil
        }.joined(separator: ", ")
    }
}
