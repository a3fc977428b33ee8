public import Farm
import Text

/// Who a request says it is from, before anything is believed (RFC 6749 §2.3.1).
public struct PresentedClient: Equatable, Sendable {
    public var id: String
    /// Nil: none given, as a public client does.
    public var secret: String?
    /// The Authorization header was used, so a refusal must carry a `Basic` challenge.
    public var usedBasic: Bool

    public init(id: String, secret: String?, usedBasic: Bool) {
        self.id = id
        self.secret = secret
        self.usedBasic = usedBasic
    }

    /// Reads the client from the Authorization header or the body.
    /// - Throws: `invalidRequest` when both are used, or disagree; `invalidClient` when neither names a client, the
    ///   header's scheme is not Basic, or its content cannot be decoded.
    public static func parse(authorizationHeader: String?, form: FormParameters) throws(OAuthError) -> Self {
        if let name = form.repeatedName { throw .repeated(name) }
        guard let header = authorizationHeader else {
            guard let id = form.value("client_id") else { throw .invalidClient(usedBasic: false) }
            return Self(id: id, secret: form.value("client_secret"), usedBasic: false)
        }
        guard form.value("client_secret") == nil else {
            throw .invalidRequest("Authenticate by the Authorization header or by the body, not by both.")
        }
        guard let client = basic(header) else { throw .invalidClient(usedBasic: true) }
        if let id = form.value("client_id"), id != client.id {
            throw .invalidRequest("The client_id of the body is not that of the Authorization header.")
        }
        return client
    }

    /// `Basic` + base64 of id, colon, secret, each form-encoded before (RFC 6749 §2.3.1, RFC 7617).
    private static func basic(_ header: String) -> Self? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic", header.utf8.count <= 4096,
            let bytes = BaseEncoding.decodeBase64(parts[1].trimmingSpaces()),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let id = try? FormParameters.decode(bytes[..<colon], parameter: 1),
            let secret = try? FormParameters.decode(bytes[(colon + 1)...], parameter: 2), !id.isEmpty
        else { return nil }
        return Self(id: id, secret: secret.isEmpty ? nil : secret, usedBasic: true)
    }
}

extension PresentedClient {
    /// Compares with the registered client of that id.
    ///
    /// An unknown client costs the same hash and comparison as a known one, so that the two cannot be told apart
    /// by time (RFC 6749 §10.10). A public client has no secret and must present none.
    /// - Throws: `invalidClient`, whatever the reason.
    public func authenticate(as client: OAuthClient?, of account: Account?) throws(OAuthError) {
        let matches = (client?.secret ?? .ofNobody).matches(secret ?? "")
        guard let client, let account, client.publicID == id, client.accountID == account.id,
            client.secret == nil ? secret == nil : matches,
            client.disabledAt == nil, account.disabledAt == nil
        else { throw .invalidClient(usedBasic: usedBasic) }
    }
}

extension OAuthError {
    /// A parameter that came more than once (RFC 6749 §3.2).
    static func repeated(_ name: String) -> Self { .invalidRequest("The parameter '\(name)' is repeated.") }
}
