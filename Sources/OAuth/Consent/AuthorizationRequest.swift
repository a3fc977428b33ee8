public import Farm
import Text

/// A request of the authorization endpoint that may be put before the operator (RFC 6749 §4.1.1, RFC 7636 §4.3).
public struct AuthorizationRequest: Equatable, Sendable {
    /// Registered here; the operator decides about its request.
    public var clientID: ClientID
    /// What is asked for, at most what the client may have.
    public var scope: Scope
    /// Where the browser goes with the answer: checked against those that the client has registered.
    public var redirectURI: String
    /// False: the client has one redirect URI and did not name it; then the token request need not either.
    public var namesRedirectURI: Bool
    /// Goes back as it came; untrusted.
    public var state: String?
    /// base64url of SHA-256 of what the app will prove to know.
    public var codeChallenge: String

    /// Reads the query for a client that has been looked up by its `client_id`.
    /// - Parameter client: nil when it is unknown, or disabled, or its account is.
    /// - Throws: `AuthorizationRefusal`: told to the app only where its redirect URI is beyond doubt.
    public init(query: FormParameters, client: OAuthClient?) throws(AuthorizationRefusal) {
        for name in ["client_id", "redirect_uri"] where query.isRepeated(name) { throw .page(.repeated(name)) }
        guard query.value("client_id") != nil else { throw .page(.noClient) }
        guard let client else { throw .page(.unknownClient) }
        clientID = client.id
        let named = query.value("redirect_uri")
        redirectURI = try Self.redirectURI(named, of: client)
        namesRedirectURI = named != nil
        state = query.value("state")
        do throws(AuthorizationError) {
            (scope, codeChallenge) = try Self.read(query, client)
        } catch {
            throw .redirect(AuthorizationResponse(redirectURI: redirectURI, state: state, result: .error(error)))
        }
    }

    private static func redirectURI(
        _ named: String?, of client: OAuthClient
    ) throws(AuthorizationRefusal) -> String {
        guard let named else {
            guard client.redirectURIs.count == 1, let only = client.redirectURIs.first else {
                throw .page(.noRedirectURI(client: client.name))
            }
            return only
        }
        let isRegistered = client.redirectURIs.contains { (try? RedirectURI($0))?.matches(named) ?? false }
        guard isRegistered else { throw .page(.unknownRedirectURI(client: client.name)) }
        return named
    }

    private static func read(
        _ query: FormParameters, _ client: OAuthClient
    ) throws(AuthorizationError) -> (Scope, String) {
        if let name = query.repeatedName { throw .invalidRequest("The parameter '\(name)' is repeated.") }
        guard client.grants.contains(.authorizationCode) else { throw .unauthorizedClient }
        guard let type = query.value("response_type") else {
            throw .invalidRequest("The parameter 'response_type' is missing.")
        }
        guard type == "code" else { throw .unsupportedResponseType }
        guard let challenge = query.value("code_challenge") else {
            throw .invalidRequest("PKCE is required: the parameter 'code_challenge' is missing.")
        }
        // Absent means plain (RFC 7636 §4.3), which is refused as well.
        guard query.value("code_challenge_method") == "S256" else {
            throw .invalidRequest("The parameter 'code_challenge_method' must be S256.")
        }
        guard challenge.utf8.count == 43, challenge.utf8.allSatisfy(BaseEncoding.isURLDigit) else {
            throw .invalidRequest("The parameter 'code_challenge' is not base64url of a SHA-256.")
        }
        do throws(OAuthError) {
            return (try TokenGrant.granted(query.value("scope"), of: client.scope), challenge)
        } catch {
            throw .invalidScope(query.value("scope") ?? "")
        }
    }

    /// True for the text that the challenge was made of (RFC 7636 §4.6).
    func isProved(by verifier: String) -> Bool {
        guard (43...128).contains(verifier.utf8.count), verifier.utf8.allSatisfy(Self.isUnreserved) else {
            return false
        }
        let made = BaseEncoding.base64URL(TokenDigest(of: verifier).bytes)
        return constantTimeEqual(Array(made.utf8), Array(codeChallenge.utf8))
    }

    /// RFC 3986 §2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        BaseEncoding.isURLDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~")
    }
}

/// Why a browser is not shown a consent page.
public enum AuthorizationRefusal: Error, Equatable, Sendable {
    /// Told to the person at the browser; the redirect URI is in doubt, so nobody is sent anywhere.
    case page(Problem)
    /// Told to the app.
    case redirect(AuthorizationResponse)
    /// Told to the person at the browser: too much waits already.
    case tooManyWaiting(ConsentLimit)

    /// Why the browser is told rather than sent back to the app (RFC 6749 §4.1.2.1).
    public enum Problem: Equatable, Sendable, CustomStringConvertible {
        case unreadable(FormError)
        case repeated(String)
        case noClient
        /// Also one that is disabled.
        case unknownClient
        case noRedirectURI(client: String)
        case unknownRedirectURI(client: String)

        public var description: String {
            switch self {
            case .unreadable(let error): "The address cannot be read. \(error)"
            case .repeated(let name): "The address names \(name) twice."
            case .noClient: "The address does not say which app asks: client_id is missing."
            case .unknownClient: "No app with this client_id may ask here: it is unknown or disabled."
            case .noRedirectURI(let client): "\(client) has not said where to send the browser back to (redirect_uri)."
            case .unknownRedirectURI(let client):
                "\(client) wants the browser sent to an address that is not registered for it (redirect_uri)."
            }
        }
    }
}

/// An error that goes to the app by redirect (RFC 6749 §4.1.2.1).
public enum AuthorizationError: Error, Equatable, Sendable {
    case invalidRequest(String)
    case unauthorizedClient
    case accessDenied(String)
    case unsupportedResponseType
    /// As asked for; untrusted.
    case invalidScope(String)

    /// `error` on the wire.
    public var code: String {
        switch self {
        case .invalidRequest: "invalid_request"
        case .unauthorizedClient: "unauthorized_client"
        case .accessDenied: "access_denied"
        case .unsupportedResponseType: "unsupported_response_type"
        case .invalidScope: "invalid_scope"
        }
    }

    /// `error_description` on the wire, within the characters that RFC 6749 allows.
    public var message: String {
        switch self {
        case .invalidRequest(let what), .accessDenied(let what):
            OAuthError.describable(what, limit: 200)
        case .unauthorizedClient: "The client may not use the authorization code grant."
        case .unsupportedResponseType: "The only response_type is 'code'."
        case .invalidScope(let scope): OAuthError.invalidScope(scope).message
        }
    }
}

/// What the browser takes back to the app.
public struct AuthorizationResponse: Equatable, Sendable {
    /// What the app is told.
    public enum Result: Equatable, Sendable {
        case code(String)
        case error(AuthorizationError)
    }
    /// That of the request, without what is added to it here.
    public var redirectURI: String
    /// As the app sent it; nil when it sent none.
    public var state: String?
    /// A code, or the error of RFC 6749 §4.1.2.1.
    public var result: Result

    public init(redirectURI: String, state: String?, result: Result) {
        self.redirectURI = redirectURI
        self.state = state
        self.result = result
    }

    /// Where to send the browser: the redirect URI with the answer in its query.
    /// - Parameter issuer: says which server answers (RFC 9207).
    public func location(issuer: String) -> String {
        var parameters: [(String, String)] =
            switch result {
            case .code(let code): [("code", code)]
            case .error(let error): [("error", error.code), ("error_description", error.message)]
            }
        if let state { parameters.append(("state", state)) }
        parameters.append(("iss", issuer))
        let query = parameters.map { "\($0)=\(PercentEncoding.component($1))" }.joined(separator: "&")
        let mark = redirectURI.contains("?") ? (redirectURI.last == "?" || redirectURI.last == "&" ? "" : "&") : "?"
        return redirectURI + mark + query
    }
}
