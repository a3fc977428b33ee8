import Farm
import Text

/// What commands print: a table for people, JSON for scripts.
struct Listing {
    var text: String
    var json: JSONText

    init(text: String, json: JSONText) {
        self.text = text
        self.json = json
    }

    func show(asJSON: Bool) throws(OutputFailure) {
        guard asJSON else {
            try Console.out(text)
            return
        }
        // An empty list is no line at all.
        if !json.lines.isEmpty { try Console.out(json.lines.joined(separator: "\n")) }
    }
}

extension Listing {
    init(accounts: [Account]) {
        var table = Table("NAME", "CREATED", "STATE")
        for account in accounts {
            table.add(account.name, account.createdAt.day, account.disabledAt == nil ? "active" : "disabled")
        }
        text = table.text
        json = .list(accounts.map(JSONText.init(account:)))
    }

    init(clients: [ClientSummary]) {
        var table = Table("CLIENT ID", "NAME", "ACCOUNT", "SCOPE", "GRANTS", "MACHINES", "TOKENS#", "LAST USE", "STATE")
        for client in clients {
            table.add(
                client.publicID, client.name, client.accountName, client.scope.description,
                client.grants.map(\.shortName).joined(separator: " "), client.mayMoveMachines ? "yes" : "no",
                "\(client.liveTokens)",
                client.lastUsedAt?.minute ?? "never", client.disabledAt == nil ? "active" : "disabled")
        }
        text = clients.isEmpty ? "No clients yet. Make one: farmtop client add NAME" : table.text
        json = .list(clients.map(JSONText.init(client:)))
    }

    init(tokens: [TokenSummary]) {
        var table = Table("ID#", "KIND", "GRANT", "CLIENT", "ACCOUNT", "SCOPE", "CREATED", "EXPIRES", "LAST USE")
        for token in tokens {
            table.add(
                "\(token.id)", token.kind.rawValue, token.grant.shortName, token.clientName, token.accountName,
                token.scope.description, token.createdAt.minute,
                token.expiresAt.day, token.lastUsedAt?.minute ?? "never")
        }
        text = tokens.isEmpty ? "No live tokens." : table.text
        json = .list(tokens.map(JSONText.init(token:)))
    }

    init(consents: [PendingConsent], now: Timestamp) {
        var table = Table("ID#", "CLIENT", "ACCOUNT", "SCOPE", "FROM", "RETURNS TO", "LEFT")
        for consent in consents {
            table.add(
                "\(consent.id)", consent.clientName, consent.accountName, consent.scope.description,
                consent.address.isEmpty ? "this machine" : consent.address, consent.redirectURI ?? "a device",
                shortSpan(seconds: consent.expiresAt.seconds(since: now)))
        }
        text =
            consents.isEmpty
            ? "No app asks for access."
            : table.text
                + "\n\nThe app or browser shows a code: farmtop consent approve CODE. Or: farmtop consent deny ID, or deny CODE"
        json = .list(consents.map(JSONText.init(consent:)))
    }

    /// A client with its secret, which nobody can show again.
    init(credentials: ClientCredentials) {
        let client = credentials.client
        var lines = ["client_id      \(printable(client.publicID))"]
        if let secret = credentials.secret {
            lines += [
                "client_secret  \(printable(secret))", "", "The secret is shown this once. Give both to the app.",
            ]
        } else {
            lines += ["", "A public client: it has no secret."]
        }
        text = lines.joined(separator: "\n")
        json = .object([
            ("client_id", .string(client.publicID)), ("client_secret", JSONText(credentials.secret)),
            ("account", .string(client.accountName)), ("scope", .string(client.scope.description)),
            ("grants", .list(client.grants.map { .string($0.rawValue) })),
            ("redirect_uris", .list(client.redirectURIs.map(JSONText.string))),
        ])
    }

    /// One sentence about what was done.
    init(done sentence: String, _ members: [(String, JSONText)] = []) {
        text = printable(sentence)
        json = .object([("succeeded", .boolean(true))] + members)
    }
}

extension JSONText {
    init(account: Account) {
        self = .object([
            ("name", .string(account.name)), ("created_at", JSONText(account.createdAt)),
            ("disabled_at", JSONText(account.disabledAt)),
        ])
    }

    init(client: ClientSummary) {
        self = .object([
            ("client_id", .string(client.publicID)), ("name", .string(client.name)),
            ("account", .string(client.accountName)), ("confidential", .boolean(client.isConfidential)),
            ("scope", .string(client.scope.description)),
            ("grants", .list(client.grants.map { .string($0.rawValue) })),
            ("redirect_uris", .list(client.redirectURIs.map(JSONText.string))),
            ("token_lifetime_s", JSONText(client.tokenLifetimeSeconds)), ("created_at", JSONText(client.createdAt)),
            ("rotated_at", JSONText(client.rotatedAt)), ("disabled_at", JSONText(client.disabledAt)),
            ("last_used_at", JSONText(client.lastUsedAt)), ("live_tokens", .integer(Int64(client.liveTokens))),
            ("machines", .boolean(client.mayMoveMachines)),
        ])
    }

    init(consent: PendingConsent) {
        self = .object([
            ("id", .integer(consent.id.rawValue)), ("client_id", .string(consent.clientPublicID)),
            ("client", .string(consent.clientName)), ("account", .string(consent.accountName)),
            ("scope", .string(consent.scope.description)), ("grant", .string(consent.grant.rawValue)),
            ("redirect_uri", JSONText(consent.redirectURI)), ("address", .string(consent.address)),
            ("created_at", JSONText(consent.createdAt)), ("expires_at", JSONText(consent.expiresAt)),
        ])
    }

    init(token: TokenSummary) {
        self = .object([
            ("id", .integer(token.id.rawValue)), ("kind", .string(token.kind.rawValue)),
            ("grant", .string(token.grant.rawValue)), ("client", .string(token.clientName)),
            ("account", .string(token.accountName)), ("scope", .string(token.scope.description)),
            ("created_at", JSONText(token.createdAt)), ("expires_at", JSONText(token.expiresAt)),
            ("last_used_at", JSONText(token.lastUsedAt)),
        ])
    }
}

extension Grant {
    /// For tables: the device grant's own name is a URN.
    var shortName: String { self == .deviceCode ? "device_code" : rawValue }

    /// Nil when the word names no grant.
    init?(word: String) {
        guard let grant = Grant.allCases.first(where: { $0.rawValue == word || $0.shortName == word }) else {
            return nil
        }
        self = grant
    }
}

extension Timestamp {
    /// `2026-11-23`, UTC.
    var day: String { String(description.prefix(10)) }
    /// `2026-11-23 13:03Z`
    var minute: String { "\(day) \(description.dropFirst(11).prefix(5))Z" }
}
