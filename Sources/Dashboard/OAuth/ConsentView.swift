internal import Farm

/// Apps that ask for access: a line each above the clients. The code is never known here; the operator reads it where
/// the app shows it.
extension DashboardState {
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

    // MARK: Keys

    mutating func performOnConsents(_ command: Command) -> [DashboardEffect] {
        guard let first = farm.consents.first else { return [] }
        if case .approveConsent = command {
            overlay = .prompt(
                Prompt(purpose: .consentCode, label: "the code that the app shows: ", field: TextField("", longest: 40))
            )
            return []
        }
        guard farm.consents.count > 1 else {
            overlay = .confirm(
                Confirmation(
                    title: "Deny \(first.clientName) access?", lines: ["The app is told that its request was denied."],
                    confirmedAction: .perform([.denyConsent(first.id)], done: "")))
            return []
        }
        overlay = .prompt(
            Prompt(purpose: .denyConsent, label: "deny: code or number: ", field: TextField("", longest: 40)))
        return []
    }

    /// What was typed; nil stays with the question.
    mutating func answerConsent(_ prompt: Prompt, _ text: String) -> [DashboardEffect] {
        if case .consentCode = prompt.purpose, !text.isEmpty {
            overlay = nil
            return [request(.approveConsent(code: text), done: "")]
        }
        if case .denyConsent = prompt.purpose, !text.isEmpty {
            overlay = nil
            let number = text.hasPrefix("#") ? String(text.dropFirst()) : text
            if let id = ConsentID(pathSegment: number), farm.consents.contains(where: { $0.id == id }) {
                return [request(.denyConsent(id), done: "")]
            }
            return [request(.denyConsentCode(text), done: "")]
        }
        var prompt = prompt
        prompt.fault = "type a code, or esc to leave"
        overlay = .prompt(prompt)
        return []
    }

    /// An app that has just begun to wait is told of wherever one looks.
    /// - Returns: whether to ring: once a minute, however many ask.
    mutating func noticeConsents(since before: [PendingConsent]) -> Bool {
        guard let new = farm.consents.last(where: { consent in !before.contains { $0.id == consent.id } }) else {
            return false
        }
        say("\(new.clientName) asks for access\(area == .oauth ? "" : ": 3 shows it").", .warning)
        guard consentRangAt.map({ now.seconds(since: $0) >= Self.secondsBetweenConsentBells }) ?? true else {
            return false
        }
        consentRangAt = now
        return true
    }

    private static let secondsBetweenConsentBells = 60.0

    /// Who waits longest, for what and from where, in the place of the alert line.
    func drawConsentAlert(_ consent: PendingConsent, in rect: Rect, canvas: inout Canvas) {
        let from = consent.address.isEmpty ? "this machine" : consent.address
        let more = farm.consents.count > 1 ? "  +\(farm.consents.count - 1) more" : ""
        let answer: CellText = area == .oauth ? "[i] type its code  [d] deny " : "[3] go there "
        canvas.putRight(answer, row: rect.row, end: rect.endColumn, .warning)
        canvas.put(
            CellText(
                untrusted: " CONSENT \(consent.clientName)  asks for \(consent.scope) from \(from)"
                    + (consent.redirectURI == nil ? ", a device" : "") + more),
            row: rect.row, column: rect.column, end: rect.endColumn - answer.width - 1, .warning)
    }
}
