public import Farm

extension NewClient {
    /// What is wrong with the client to be made, all at once; empty when nothing is. That the account exists is for
    /// the caller to check.
    public var faults: [FieldError] {
        let checks: [(String, [String])] = [
            ("name", nameFaults), ("scope", scope.isEmpty ? ["At least one of read and write is needed."] : []),
            ("grants", grantFaults), ("redirect_uris", redirectFaults), ("token_lifetime", lifetimeFaults),
        ]
        return checks.filter { !$0.1.isEmpty }.map { name, messages in
            var error = FieldError(name)
            error.messages = messages
            return error
        }
    }

    private var nameFaults: [String] {
        let scalars = name.unicodeScalars
        if scalars.allSatisfy(\.properties.isWhitespace) { return ["This field may not be blank."] }
        if scalars.count > 256 { return ["Ensure this field has no more than 256 characters."] }
        return scalars.contains("\0") ? ["Null characters are not allowed."] : []
    }

    private var grantFaults: [String] {
        if grants.isEmpty { return ["At least one grant is needed."] }
        if Set(grants).count < grants.count { return ["A grant is named twice."] }
        let first: [Grant] = [.authorizationCode, .deviceCode]
        if grants.contains(.refreshToken) && !grants.contains(where: first.contains) {
            return ["refresh_token needs authorization_code or the device grant beside it, which give the first one."]
        }
        return []
    }

    private var redirectFaults: [String] {
        if grants.contains(.authorizationCode) && redirectURIs.isEmpty {
            return ["authorization_code needs at least one redirect URI."]
        }
        if redirectURIs.count > 20 { return ["At most 20 redirect URIs are kept."] }
        return redirectURIs.compactMap { text in
            do {
                _ = try RedirectURI(text)
                return nil
            } catch {
                return "\(text.debugDescription): \(error)"
            }
        }
    }

    private var lifetimeFaults: [String] {
        guard let tokenLifetimeSeconds else { return [] }
        if tokenLifetimeSeconds < 1 { return ["Ensure this value is greater than or equal to 1."] }
        if tokenLifetimeSeconds > TokenGrant.longestLifetimeSeconds {
            return ["Ensure this value is less than or equal to \(TokenGrant.longestLifetimeSeconds)."]
        }
        return []
    }
}
