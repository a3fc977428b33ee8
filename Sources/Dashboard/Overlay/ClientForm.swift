internal import Farm
import Text

/// The forms for an OAuth client: a new one, and the settings of one that is there.
extension Form {
    private enum ClientField: Int { case name, scope, grants, redirects, lifetime, machines, secret }

    private static let grantChoices: [(String, [Grant])] = [
        ("client credentials", [.clientCredentials]),
        ("authorization code + refresh", [.authorizationCode, .refreshToken]),
        ("device code + refresh", [.deviceCode, .refreshToken]),
        ("all", Grant.allCases),
    ]
    private static let scopeChoices: [Scope] = [.all, .read, .write]

    static func newClient(accounts: [String]) -> Form {
        var form = client(
            NewClient(name: ""), grants: grantChoices.map(\.0), grant: 0, purpose: .newClient, title: "New OAuth client"
        )
        form.fields.append(
            Field(
                label: "secret", value: .choice(["if the grants need one", "always"], 0),
                hint: "always: for an app on a server, which can keep it"))
        if accounts.count > 1 {
            form.fields.append(
                Field(label: "account", value: .choice(accounts, 0), hint: "whose printers it may use"))
        }
        return form
    }

    static func editClient(_ client: ClientSummary) -> Form {
        var names = grantChoices.map(\.0)
        var grant = grantChoices.firstIndex { Set($0.1) == Set(client.grants) }
        if grant == nil {
            grant = names.count
            names.append("unchanged")
        }
        return Self.client(
            NewClient(
                name: client.name, scope: client.scope, grants: client.grants, redirectURIs: client.redirectURIs,
                tokenLifetimeSeconds: client.tokenLifetimeSeconds, mayMoveMachines: client.mayMoveMachines),
            grants: names, grant: grant ?? 0, purpose: .editClient(client.publicID), title: "Edit \(client.name)")
    }

    private static func client(
        _ client: NewClient, grants: [String], grant: Int, purpose: Purpose, title: String
    ) -> Form {
        Form(
            purpose: purpose, title: title,
            fields: [
                Field(
                    label: "name", value: .text(TextField(client.name, longest: 256)), hint: "the app that will use it"),
                Field(
                    label: "scope",
                    value: .choice(
                        scopeChoices.map(\.description), scopeChoices.firstIndex(of: client.scope) ?? 0),
                    hint: "read: look; write: change"),
                Field(label: "grants", value: .choice(grants, grant), hint: "how the app gets tokens"),
                Field(
                    label: "redirects",
                    value: .text(TextField(client.redirectURIs.joined(separator: " "), longest: 2000)),
                    hint: "URIs, separated by spaces; for authorization code only"),
                Field(
                    label: "token lifetime",
                    value: .text(TextField(client.tokenLifetimeSeconds.map(TokenLifetime.text) ?? "", longest: 12)),
                    hint: "1d, 30d, 1y or seconds; empty: default (guide: 100 y)"),
                Field(
                    label: "machines", value: .choice(["no", "yes"], client.mayMoveMachines ? 1 : 0),
                    hint: "yes: it may start, pause and stop machines"),
            ])
    }

    /// The client as it stands in the form; nil when a field is faulty, which is then marked.
    mutating func client(defaultAccount: String) -> NewClient? {
        let grants = Self.grantChoices[fields[ClientField.grants.rawValue].index].1
        return checkedClient(
            NewClient(
                name: "", account: account ?? defaultAccount, grants: grants,
                isConfidential: fields[ClientField.secret.rawValue].index == 1))
    }

    /// What the form changes of a client; nil when a field is faulty, which is then marked.
    mutating func patch(of client: ClientSummary) -> ClientPatch? {
        let index = fields[ClientField.grants.rawValue].index
        let grants = Self.grantChoices.indices.contains(index) ? Self.grantChoices[index].1 : client.grants
        guard let edited = checkedClient(NewClient(name: "", grants: grants)) else { return nil }
        if grants.contains(.clientCredentials), !client.isConfidential {
            _ = check([ClientField.grants.rawValue: "client credentials need a secret, which this public client lacks"])
            return nil
        }
        return ClientPatch(edited)
    }

    /// - Parameter client: what the text fields do not tell.
    private mutating func checkedClient(_ client: NewClient) -> NewClient? {
        var client = client
        var faults: [Int: String] = [:]
        client.name = fields[ClientField.name.rawValue].text.trimmingWhitespace()
        if client.name.isEmpty { faults[ClientField.name.rawValue] = "a client needs a name" }
        client.scope = Self.scopeChoices[fields[ClientField.scope.rawValue].index]
        client.mayMoveMachines = fields[ClientField.machines.rawValue].index == 1
        client.redirectURIs = fields[ClientField.redirects.rawValue].text.split(separator: " ").map(String.init)
        if client.grants.contains(.authorizationCode), client.redirectURIs.isEmpty {
            faults[ClientField.redirects.rawValue] = "authorization code needs a redirect URI"
        }
        let lifetime = fields[ClientField.lifetime.rawValue].text.trimmingWhitespace()
        client.tokenLifetimeSeconds = TokenLifetime.seconds(lifetime)
        if !lifetime.isEmpty, client.tokenLifetimeSeconds == nil {
            faults[ClientField.lifetime.rawValue] = "1d, 30d, 1y, guide (100 years), seconds, or nothing"
        }
        return check(faults) ? client : nil
    }
}

extension ClientPatch {
    /// Everything that a client may be edited in, as `client` has it.
    init(_ client: NewClient) {
        self.init(
            name: client.name, scope: client.scope, grants: client.grants, redirectURIs: client.redirectURIs,
            tokenLifetime: client.tokenLifetimeSeconds.map { .seconds($0) } ?? .standard,
            mayMoveMachines: client.mayMoveMachines)
    }

    /// Without what `other` says as well.
    func without(_ other: ClientPatch) -> ClientPatch {
        func kept<Value: Equatable>(_ path: KeyPath<ClientPatch, Value?>) -> Value? {
            self[keyPath: path] == other[keyPath: path] ? nil : self[keyPath: path]
        }
        return ClientPatch(
            name: kept(\.name), scope: kept(\.scope), grants: kept(\.grants), redirectURIs: kept(\.redirectURIs),
            tokenLifetime: kept(\.tokenLifetime), mayMoveMachines: kept(\.mayMoveMachines))
    }

    /// What brings a client back to this.
    init(_ client: ClientSummary) {
        self.init(
            name: client.name, scope: client.scope, grants: client.grants, redirectURIs: client.redirectURIs,
            tokenLifetime: client.tokenLifetimeSeconds.map { .seconds($0) } ?? .standard,
            mayMoveMachines: client.mayMoveMachines)
    }
}
