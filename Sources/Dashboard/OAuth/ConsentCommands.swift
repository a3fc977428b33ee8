internal import Farm

/// Answers to apps that ask for access. The code is never known here; the operator reads it where the app shows it.
struct ConsentCommands: ContextReader {
    let context: Context

    func perform(_ command: Command) -> [DashboardRequest] {
        guard let first = farm.consents.first else { return [] }
        if command == .approveConsent {
            return [.overlay(Prompt(.consentCode, "the code that the app shows: "))]
        }
        guard farm.consents.count > 1 else {
            return [
                .overlay(
                    Confirmation(
                        title: "Deny \(first.clientName) access?",
                        lines: ["The app is told that its request was denied."],
                        confirmed: [.act([.denyConsent(first.id)], done: "")]))
            ]
        }
        return [.overlay(Prompt(.denyConsent, "deny: code or number: "))]
    }

    /// Denies the app of this code, or of this number in the list.
    func deny(_ text: String) -> FarmAction {
        let number = text.hasPrefix("#") ? String(text.dropFirst()) : text
        guard let id = ConsentID(pathSegment: number), farm.consents.contains(where: { $0.id == id }) else {
            return .denyConsentCode(text)
        }
        return .denyConsent(id)
    }
}

extension Prompt {
    fileprivate init(_ purpose: Purpose, _ label: String) {
        self.init(purpose: purpose, label: label, field: TextField("", longest: 40))
    }
}
