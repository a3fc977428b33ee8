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
        case .copy:
            say("The id of \(client.name) is on the clipboard, if the terminal allows it.", .success)
            return [.copy(client.publicID)]
        case .disableClient:
            let disables = client.disabledAt == nil
            return [
                request(
                    .setClientDisabled(client.publicID, disabled: disables),
                    done: disables
                        ? "\(client.name) is disabled; its tokens rest. x enables it." : "\(client.name) is enabled.")
            ]
        case .rotateSecret:
            confirm(
                "Give \(client.name) a new secret?", "The old secret stops working at once. Its tokens stay.",
                .rotateClient(client.publicID, revokeTokens: false), done: "")
        case .removeClient:
            confirm(
                "Remove \(client.name)?",
                "Its \(count(client.liveTokens, "live token")) are revoked; the app is shut out.",
                .removeClient(client.publicID), done: "Removed \(client.name).")
        case .revokeToken:
            guard oauth.isInTokens, let token = oauth.selectedToken else {
                confirm(
                    "Revoke all \(count(client.liveTokens, "token")) of \(client.name)?",
                    "Whoever uses them is refused from now on; the app may get new ones with its secret.",
                    .revokeTokens(client: client.publicID), done: "Revoked the tokens of \(client.name).")
                break
            }
            confirm(
                "Revoke token \(token.id) of \(token.clientName)?", "Whoever uses it is refused from now on.",
                .revokeToken(token.id), done: "Revoked token \(token.id).")
        default: break
        }
        return []
    }

    private mutating func confirm(_ title: String, _ line: String, _ action: FarmAction, done: String) {
        overlay = .confirm(Confirmation(title: title, lines: [line], deed: .perform([action], done: done)))
    }
}
