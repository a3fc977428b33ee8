internal import Farm

/// Commands on a client, or on one of its tokens.
struct ClientCommands: ContextReader {
    let client: ClientSummary
    /// The selected one, while the keys are among the tokens.
    let token: TokenSummary?
    let context: Context

    func perform(_ command: Command) -> [DashboardRequest] {
        switch command {
        case .editClient: [.overlay(Form.editClient(client))]
        case .disableClient: disable
        case .rotateSecret: [.overlay(rotation)]
        case .removeClient:
            confirm(
                "Remove \(client.name)?",
                "Its \(count(client.liveTokens, "live token")) are revoked; the app loses access.",
                .removeClient(client.publicID), done: "Removed \(client.name).")
        case .revokeToken: revoke
        default: []
        }
    }

    private var disable: [DashboardRequest] {
        let disables = client.disabledAt == nil
        let undo = Undo(
            [.setClientDisabled(client.publicID, disabled: !disables)],
            "\(client.name) is \(disables ? "enabled" : "disabled") again")
        let undoes = "\(keys.name(.undo)) undoes"
        let done =
            disables
            ? "\(client.name) is disabled: its tokens do not work. \(undoes), \(keys.name(.disableClient)) enables it."
            : "\(client.name) is enabled; \(undoes)."
        return [.act([.setClientDisabled(client.publicID, disabled: disables)], done: done, undo: undo)]
    }

    private var revoke: [DashboardRequest] {
        guard let token else {
            return confirm(
                "Revoke all \(count(client.liveTokens, "token")) of \(client.name)?",
                "Requests with them are rejected from now on; the app may get new ones with its secret.",
                .revokeTokens(client: client.publicID), done: "Revoked the tokens of \(client.name).")
        }
        return confirm(
            "Revoke token \(token.id) of \(token.clientName)?", "Requests with it are rejected from now on.",
            .revokeToken(token.id), done: "Revoked token \(token.id).")
    }

    /// A leaked secret may have leaked tokens with it: both answers are offered, as the command line has `--revoke`.
    private var rotation: Confirmation {
        let hasTokens = client.liveTokens > 0
        let others =
            hasTokens
            ? "y leaves its \(count(client.liveTokens, "live token")) as they are; r revokes them too."
            : "It has no live tokens."
        return Confirmation(
            title: "Give \(client.name) a new secret?", lines: ["The old secret stops working at once.", others],
            confirmed: [.act([.rotateClient(client.publicID, revokeTokens: false)], done: "")],
            other: hasTokens
                ? Confirmation.Other(
                    key: "r", words: "yes, and revoke", verb: "revoke its tokens too",
                    confirmed: [.act([.rotateClient(client.publicID, revokeTokens: true)], done: "")]) : nil)
    }

    private func confirm(_ title: String, _ line: String, _ action: FarmAction, done: String) -> [DashboardRequest] {
        [.overlay(Confirmation(title: title, lines: [line], confirmed: [.act([action], done: done)]))]
    }
}
