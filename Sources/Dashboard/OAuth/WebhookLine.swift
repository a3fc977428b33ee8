internal import Farm

extension OAuthView {
    /// One line: where it goes, what waits, what was heard last.
    func drawWebhook(_ webhook: ChannelStatus, in rect: Rect, canvas: inout Canvas) {
        var parts = Segments()
        parts.add(
            CellText(untrusted: "webhook \(Self.host(webhook.receiver))"), webhook.isFailing ? .warning : .dim,
            priority: 9)
        if let hold = webhook.hold {
            let words =
                hold == .printers
                ? "held until restored printers are confirmed" : "held since the restore: :notify confirm"
            parts.add(CellText(untrusted: words), .warning, priority: 9)
        }
        parts.add(CellText(untrusted: "\(webhook.pending) waiting"), webhook.pending > 0 ? .text : .dim, priority: 8)
        if webhook.isFailing, let error = webhook.lastError {
            parts.add(CellText(untrusted: error), .warning, priority: 7)
        }
        if let next = webhook.nextTryAt {
            parts.add(CellText(untrusted: "next try \(local(next).hourMinute)"), .text, priority: 6)
        }
        let success =
            webhook.lastSuccessAt.map { "last delivered \(local($0).hourMinute)" } ?? "none delivered since the start"
        parts.add(CellText(untrusted: success), .dim, priority: 5)
        if webhook.dropped > 0 {
            parts.add(CellText(untrusted: "\(webhook.dropped) dropped"), .warning, priority: 4)
        }
        parts.fit(rect.columns - 4)
        parts.draw(row: rect.row, column: rect.column + 3, end: rect.endColumn, in: &canvas)
    }
}
