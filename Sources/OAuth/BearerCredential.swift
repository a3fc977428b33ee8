import Text

/// The token that a request to a resource carries (RFC 6750 §2.1), not yet looked up.
public enum BearerCredential: Equatable, Sendable {
    /// Neither header, or an Authorization header of another scheme: 401 without `error`.
    case none
    case token(String)
    /// A header that should hold a token and does not: 401 `invalid_token`.
    case malformed
    /// More than one token: 400 `invalid_request`.
    case several

    /// - Parameters:
    ///   - authorization: every value of the Authorization header, as sent.
    ///   - apiKey: every value of `X-API-KEY`.
    public static func parse(authorization: [String], apiKey: [String]) -> Self {
        let bearers = authorization.compactMap(bearer) + apiKey.map { token(in: $0[...]) }
        guard bearers.count <= 1 else { return .several }
        return bearers.first ?? .none
    }

    /// Nil when the header's scheme is not Bearer.
    private static func bearer(_ header: String) -> Self? {
        let parts = header[...].trimmingSpaces().split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else { return nil }
        return parts.count == 2 ? token(in: parts[1]) : .malformed
    }

    /// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
    private static func token(in text: Substring) -> Self {
        let token = text.trimmingSpaces()
        let body = token.utf8.reversed().drop { $0 == UInt8(ascii: "=") }
        guard !body.isEmpty, token.utf8.count <= 512, body.allSatisfy(isTokenByte) else { return .malformed }
        return .token(String(token))
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || "-._~+/".utf8.contains(byte)
    }
}
