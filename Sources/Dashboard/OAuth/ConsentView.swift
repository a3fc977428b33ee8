internal import Farm

/// Apps that ask for access: a line each above the clients. The code is never known here; the operator reads it where
/// the app shows it.
extension OAuthView {
    func drawConsents(in rect: Rect, canvas: inout Canvas) {
        for (index, consent) in farm.consents.prefix(rect.rows).enumerated() {
            let row = rect.row + index
            let isWide = rect.columns >= 100
            canvas.put("?", row: row, column: rect.column + 1, .warning)
            let start = canvas.put(
                CellText(untrusted: consent.clientName), row: row, column: rect.column + 3,
                end: rect.column + 3 + min(30, rect.columns / 4), .warning)
            let until = CellText(untrusted: "until \(local(consent.expiresAt).hourMinute)")
            canvas.putRight(until, row: row, end: rect.endColumn - 1, .dim)
            let account = farm.accounts.count > 1 ? " of \(consent.accountName)" : ""
            let from = consent.address.isEmpty ? "this machine" : consent.address
            let goal = consent.redirectURI.map { " to \(isWide ? $0 : Self.host($0))" } ?? ", a device"
            canvas.put(
                CellText(untrusted: "#\(consent.id) \(consent.scope)\(account), from \(from)\(goal)"), row: row,
                column: start + 2, end: rect.endColumn - until.width - 2)
        }
    }
}

/// An app that asks for access, where the alert line is: who waits longest, for what and from where.
struct ConsentLine: ContextReader {
    let context: Context

    func draw(_ consent: PendingConsent, in rect: Rect, canvas: inout Canvas) {
        let from = consent.address.isEmpty ? "this machine" : consent.address
        let more = farm.consents.count > 1 ? "  +\(farm.consents.count - 1) more" : ""
        let answer = CellText(
            untrusted: context.area == .oauth
                ? "[\(keys.name(.approveConsent))] type its code  [\(keys.name(.denyConsent))] deny "
                : "[\(keys.name(.area(.oauth)))] go there ")
        canvas.putRight(answer, row: rect.row, end: rect.endColumn, .warning)
        canvas.put(
            CellText(
                untrusted: " CONSENT \(consent.clientName)  asks for \(consent.scope) from \(from)"
                    + (consent.redirectURI == nil ? ", a device" : "") + more),
            row: rect.row, column: rect.column, end: rect.endColumn - answer.width - 1, .warning)
    }
}
