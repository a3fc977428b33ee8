internal import Farm

/// Commands of the OAuth area.
extension DashboardState {
    mutating func performOnClients(_ command: Command) -> [DashboardEffect] {
        if case .newClient = command {
            overlay = .form(.newClient(accounts: openAccounts))
            return []
        }
        guard let client = selectedClient else { return [] }
        switch command {
        case .editClient: overlay = .form(.editClient(client))
        case .disableClient:
            let disables = client.disabledAt == nil
            undo = Undo(
                [.setClientDisabled(client.publicID, disabled: !disables)],
                "\(client.name) is \(disables ? "enabled" : "disabled") again")
            return [
                request(
                    .setClientDisabled(client.publicID, disabled: disables),
                    done: disables
                        ? "\(client.name) is disabled: its tokens do not work. u undoes, x enables it."
                        : "\(client.name) is enabled; u undoes.")
            ]
        case .rotateSecret:
            rotate(client)
        case .removeClient:
            confirm(
                "Remove \(client.name)?",
                "Its \(count(client.liveTokens, "live token")) are revoked; the app loses access.",
                .removeClient(client.publicID), done: "Removed \(client.name).")
        case .revokeToken:
            guard oauth.isInTokens, let token = oauth.selectedToken else {
                confirm(
                    "Revoke all \(count(client.liveTokens, "token")) of \(client.name)?",
                    "Requests with them are rejected from now on; the app may get new ones with its secret.",
                    .revokeTokens(client: client.publicID), done: "Revoked the tokens of \(client.name).")
                break
            }
            confirm(
                "Revoke token \(token.id) of \(token.clientName)?", "Requests with it are rejected from now on.",
                .revokeToken(token.id), done: "Revoked token \(token.id).")
        default: break
        }
        return []
    }

    /// A leaked secret may have leaked tokens with it: both answers are offered, as the command line has `--revoke`.
    private mutating func rotate(_ client: ClientSummary) {
        let tokens = count(client.liveTokens, "live token")
        let hasTokens = client.liveTokens > 0
        overlay = .confirm(
            Confirmation(
                title: "Give \(client.name) a new secret?",
                lines: ["The old secret stops working at once."]
                    + (hasTokens
                        ? ["y leaves its \(tokens) as they are; r revokes them too."] : ["It has no live tokens."]),
                confirmedAction: .perform([.rotateClient(client.publicID, revokeTokens: false)], done: ""),
                other: hasTokens
                    ? Confirmation.Other(
                        key: "r", words: "yes, and revoke", verb: "revoke its tokens too",
                        confirmedAction: .perform([.rotateClient(client.publicID, revokeTokens: true)], done: "")) : nil
            ))
    }

    private mutating func confirm(_ title: String, _ line: String, _ action: FarmAction, done: String) {
        overlay = .confirm(Confirmation(title: title, lines: [line], confirmedAction: .perform([action], done: done)))
    }
}
