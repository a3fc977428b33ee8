public import Farm

/// A token request whose form is right; nobody is authenticated and nothing is granted yet.
public struct TokenRequest: Equatable, Sendable {
    /// By HTTP Basic or in the form, never both (RFC 6749 §2.3).
    public var client: PresentedClient
    /// From `grant_type`.
    public var grant: Grant
    /// As asked for; nil when nothing was.
    public var scope: String?
    private let form: FormParameters

    /// - Throws: `invalidRequest` for a missing `grant_type` or a repeated parameter, `unsupportedGrantType` for one
    ///   that does not exist here. Unknown parameters are ignored (RFC 6749 §3.2).
    public init(form: FormParameters, presented: PresentedClient) throws(OAuthError) {
        if let name = form.repeatedName { throw .repeated(name) }
        guard let word = form.value("grant_type") else {
            throw .invalidRequest("The parameter 'grant_type' is missing.")
        }
        guard let grant = Grant(rawValue: word) else { throw .unsupportedGrantType }
        self.client = presented
        self.grant = grant
        self.form = form
        scope = form.value("scope")
    }

    /// A parameter of the grant, once it is known that the client may use that grant.
    func value(_ name: String) -> String? { form.value(name) }

    /// - Throws: `invalidRequest` when it is missing.
    public func required(_ name: String) throws(OAuthError) -> String {
        guard let value = form.value(name) else { throw .invalidRequest("The parameter '\(name)' is missing.") }
        return value
    }
}
