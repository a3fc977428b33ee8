import Farm
import FarmService
import HTTPTypes
import Hummingbird
import OAuth
import Text

extension FarmRoutes {
    var tokenRoutes: [Route] {
        [
            .post(
                "/o/token/", "Issues tokens (RFC 6749 §4.1.3, §4.4, §6; RFC 8628 §3.4).", access: .open,
                RouteShape(body: "TokenRequest", reply: "TokenResponse", errors: [401, 429]), issueToken),
            .post(
                "/o/revoke_token/", "Revokes a token of the calling client (RFC 7009).", access: .open,
                RouteShape(body: "TokenQuery", errors: [401, 429]), revokeToken),
            .post(
                "/o/introspect/", "Describes a token of the calling client (RFC 7662).", access: .open,
                RouteShape(body: "TokenQuery", reply: "Introspection", errors: [401, 429]), introspect),
            .get(
                "/.well-known/oauth-authorization-server", "Describes the token endpoints (RFC 8414).",
                access: .open, RouteShape(reply: "AuthorizationServer"), metadata),
        ]
    }

    private func issueToken(_ request: APIRequest) async throws -> Response {
        let form = try await oauthForm(request)
        if let name = form.repeatedName { throw OAuthError.invalidRequest("The parameter '\(name)' is repeated.") }
        guard form.value("grant_type") != nil else {
            throw OAuthError.invalidRequest("The parameter 'grant_type' is missing.")
        }
        let presented = try PresentedClient.parse(authorizationHeader: request.headers[.authorization], form: form)
        let client = try service.authenticateClient(presented, address: request.address)
        let response = try await service.issueToken(try TokenRequest(form: form, presented: presented), client: client)
        return .json(headers: [.cacheControl: "no-store", .pragma: "no-cache"]) { json in
            json.object { json in
                json.member("access_token", response.accessToken)
                json.member("expires_in", response.expiresIn)
                json.member("token_type", response.tokenType)
                json.member("scope", response.scope)
                if let refreshToken = response.refreshToken { json.member("refresh_token", refreshToken) }
            }
        }
    }

    private func revokeToken(_ request: APIRequest) async throws -> Response {
        let (client, token) = try await tokenQuery(request)
        if let token = service.token(token, of: client) {
            do {
                try await service.perform(RevokeToken(token.id))
            } catch FarmError.noSuchToken {
                // Somebody else ended it meanwhile, which is what was asked for.
            }
        }
        return Response(status: .ok, headers: Self.notStored)
    }

    private func introspect(_ request: APIRequest) async throws -> Response {
        let (client, text) = try await tokenQuery(request)
        // A public client proves nothing, so it may not try texts out (RFC 7662 §2.1).
        guard client.secret != nil else { throw OAuthError.invalidClient(usedBasic: false) }
        let (scope, createdAt, expiresAt): (Scope, Timestamp, Timestamp)
        let type: String?
        switch service.token(text, of: client) {
        case nil: return .json(headers: Self.notStored) { json in json.object { $0.member("active", false) } }
        case .access(let token):
            (scope, createdAt, expiresAt, type) = (token.scope, token.createdAt, token.expiresAt, "Bearer")
        case .refresh(let family):
            (scope, createdAt, expiresAt, type) = (family.scope, family.createdAt, family.expiresAt, nil)
        }
        return .json(headers: Self.notStored) { json in
            json.object { json in
                json.member("active", true)
                json.member("scope", scope.intersection(client.scope).description)
                json.member("client_id", client.publicID)
                json.member("username", service.state.accounts[client.accountID]?.name)
                if let type { json.member("token_type", type) }
                json.member("exp", expiresAt.microseconds / 1_000_000)
                json.member("iat", createdAt.microseconds / 1_000_000)
            }
        }
    }

    private static let notStored: HTTPFields = [.cacheControl: "no-store", .pragma: "no-cache"]

    /// The client that asks, proved, and the token that it asks about.
    private func tokenQuery(_ request: APIRequest) async throws -> (client: OAuthClient, token: String) {
        let form = try await oauthForm(request)
        let presented = try PresentedClient.parse(authorizationHeader: request.headers[.authorization], form: form)
        let client = try service.authenticateClient(presented, address: request.address)
        guard let token = form.value("token") else {
            throw OAuthError.invalidRequest("The parameter 'token' is missing.")
        }
        return (client, token)
    }

    private func metadata(_: APIRequest) -> Response {
        let issuer = pictures.publicURL
        let methods = ["client_secret_basic", "client_secret_post"]
        return .json { json in
            json.object { json in
                json.member("issuer", issuer)
                json.member("authorization_endpoint", issuer + "/o/authorize/")
                json.member("device_authorization_endpoint", issuer + "/o/device_authorization/")
                json.member("token_endpoint", issuer + "/o/token/")
                json.member("revocation_endpoint", issuer + "/o/revoke_token/")
                json.member("introspection_endpoint", issuer + "/o/introspect/")
                json.member("scopes_supported") { $0.texts(["read", "write"]) }
                json.member("response_types_supported") { $0.texts(["code"]) }
                json.member("response_modes_supported") { $0.texts(["query"]) }
                json.member("grant_types_supported") { $0.texts(Grant.allCases.map(\.rawValue)) }
                json.member("code_challenge_methods_supported") { $0.texts(["S256"]) }
                json.member("authorization_response_iss_parameter_supported", true)
                // "none" is for public clients.
                json.member("token_endpoint_auth_methods_supported") { $0.texts(methods + ["none"]) }
                json.member("revocation_endpoint_auth_methods_supported") { $0.texts(methods + ["none"]) }
                json.member("introspection_endpoint_auth_methods_supported") { $0.texts(methods) }
            }
        }
    }

    /// The parameters of an OAuth endpoint: form-encoded, in the body only.
    /// - Throws: `invalidRequest` for anything else.
    func oauthForm(_ request: APIRequest) async throws -> FormParameters {
        guard request.target.query.isEmpty else {
            throw OAuthError.invalidRequest("Send the parameters in the body, not in the address.")
        }
        if request.body.mayHaveContent {
            guard let type = request.body.contentType.flatMap(MediaType.init),
                type.essence == "application/x-www-form-urlencoded"
            else { throw OAuthError.invalidRequest("The body must be application/x-www-form-urlencoded.") }
        }
        let bytes: [UInt8]
        do {
            bytes = try await request.body.bytes(limit: FormParameters.Limits().bytes)
        } catch is APIError {
            throw OAuthError.invalidRequest("The body is too long.")
        }
        do throws(FormError) {
            return try FormParameters(parsing: bytes)
        } catch {
            throw OAuthError(error)
        }
    }
}
