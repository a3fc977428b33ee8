internal import Farm

/// Keys and clicks in the OAuth area.
extension OAuthArea {
    mutating func move(_ step: ListCursor.Step, in context: Context) {
        let layout = oauth.layout(context)
        if oauth.isInTokens {
            oauth.tokenCursor.move(step, count: oauth.tokens.count, visible: layout.tokens.rows)
        } else {
            oauth.wanted = nil
            oauth.cursor.move(step, count: context.farm.clients.count, visible: layout.rows.rows)
        }
    }

    mutating func perform(_ command: Command, in context: Context) -> [DashboardRequest] {
        switch command {
        case .open: return enterTokens(context)
        case .back:
            guard oauth.isInTokens else { return [.go(Areas.first)] }
            oauth.isInTokens = false
        case .nextView:
            guard oauth.isInTokens else { return enterTokens(context) }
            oauth.isInTokens = false
        case .newClient: return [.overlay(Form.newClient(accounts: context.openAccounts))]
        case .approveConsent, .denyConsent: return ConsentCommands(context: context).perform(command)
        default:
            guard let client = client(in: context) else { return [] }
            let token = oauth.isInTokens ? oauth.selectedToken : nil
            return ClientCommands(client: client, token: token, context: context).perform(command)
        }
        return []
    }

    /// The keys move among the tokens of the selected client, if it has any.
    private mutating func enterTokens(_ context: Context) -> [DashboardRequest] {
        oauth.isInTokens = !oauth.tokens.isEmpty
        guard !oauth.isInTokens else { return [] }
        return [.say(client(in: context).map { "\($0.name) has no live tokens." } ?? context.noClient)]
    }

    func refusal(_ command: Command, in context: Context) -> String? {
        if context.options.isRemote, command.changesFarm {
            return "Clients can be changed only on the machine that runs the farm."
        }
        let client = client(in: context)
        switch command {
        case .approveConsent, .denyConsent:
            return context.farm.consents.isEmpty ? "No app is waiting for access." : nil
        case .rotateSecret, .editClient, .disableClient, .removeClient, .revokeToken, .copy:
            guard let client else { return context.noClient }
            if command == .rotateSecret, !client.isConfidential {
                return "\(client.name) is a public client: it has no secret."
            }
            let hasNoTokens = client.liveTokens == 0 && oauth.tokens.isEmpty
            return command == .revokeToken && hasNoTokens ? "\(client.name) has no live tokens." : nil
        default: return PrinterCommands([], context).refusal(command)
        }
    }

    func offer(in context: Context) -> BarOffer {
        let consents: [Command] = context.farm.consents.isEmpty ? [] : [.approveConsent, .denyConsent]
        let clients: [Command] = [
            .newClient, .editClient, .open, .undo, .rotateSecret, .disableClient, .removeClient, .revokeToken,
        ]
        return BarOffer(
            primary: oauth.isInTokens ? [.revokeToken, .back] : consents + clients, secondary: [.nextView, .copy])
    }

    mutating func click(_ position: Position, in context: Context) -> [DashboardRequest] {
        let layout = oauth.layout(context)
        if layout.rows.contains(position) {
            oauth.isInTokens = false
            oauth.wanted = nil
            oauth.cursor.index = oauth.cursor.top + position.row - layout.rows.row
        } else if layout.tokens.contains(position), !oauth.tokens.isEmpty {
            oauth.isInTokens = true
            oauth.tokenCursor.index = oauth.tokenCursor.top + position.row - layout.tokens.row
        }
        return []
    }

    func opens(_ position: Position, in context: Context) -> Bool { oauth.layout(context).rows.contains(position) }
}

extension Context {
    fileprivate var noClient: String { "There is no client yet; \(keys.name(.newClient)) makes one." }
}
