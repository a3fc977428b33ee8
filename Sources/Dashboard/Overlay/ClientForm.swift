internal import Farm

/// The form for a new OAuth client.
extension Form {
    private enum ClientField: Int { case name, scope, grants, redirects, lifetime }

    private static let grantChoices: [(String, [Grant])] = [
        ("client credentials", [.clientCredentials]),
        ("authorization code + refresh", [.authorizationCode, .refreshToken]),
        ("device code + refresh", [.deviceCode, .refreshToken]),
        ("all", Grant.allCases),
    ]
    private static let scopeChoices: [Scope] = [.all, .read, .write]

    static func newClient(accounts: [String]) -> Form {
        var form = Form(
            purpose: .newClient, title: "New OAuth client",
            fields: [
                Field(label: "name", value: .text(TextField("", longest: 256)), hint: "the app that will use it"),
                Field(
                    label: "scope", value: .choice(scopeChoices.map(\.description), 0),
                    hint: "read looks; write changes"),
                Field(label: "grants", value: .choice(grantChoices.map(\.0), 0), hint: "how the app gets tokens"),
                Field(
                    label: "redirects", value: .text(TextField("", longest: 2000)),
                    hint: "URIs, separated by spaces; for authorization code only"),
                Field(
                    label: "token life", value: .text(TextField("", longest: 12)),
                    hint: "seconds; empty: as configured"),
            ])
        if accounts.count > 1 {
            form.fields.append(
                Field(label: "account", value: .choice(accounts, 0), hint: "whose printers it may use"))
        }
        return form
    }

    /// The client as it stands in the form; nil when a field is faulty, which is then marked.
    mutating func client(defaultAccount: String) -> NewClient? {
        var faults: [Int: String] = [:]
        let name = fields[ClientField.name.rawValue].text.trimmingWhitespace
        if name.isEmpty { faults[ClientField.name.rawValue] = "a client needs a name" }
        let grants = Self.grantChoices[fields[ClientField.grants.rawValue].index].1
        let redirects = fields[ClientField.redirects.rawValue].text.split(separator: " ").map(String.init)
        if grants.contains(.authorizationCode), redirects.isEmpty {
            faults[ClientField.redirects.rawValue] = "authorization code needs a redirect URI"
        }
        let lifetime = fields[ClientField.lifetime.rawValue].text.trimmingWhitespace
        let seconds = Int64(lifetime)
        if !lifetime.isEmpty, (seconds ?? 0) < 1 {
            faults[ClientField.lifetime.rawValue] = "whole seconds, 1 or more, or nothing"
        }
        guard check(faults) else { return nil }
        return NewClient(
            name: name, account: account ?? defaultAccount,
            scope: Self.scopeChoices[fields[ClientField.scope.rawValue].index], grants: grants,
            redirectURIs: redirects, tokenLifetimeSeconds: lifetime.isEmpty ? nil : seconds)
    }
}
