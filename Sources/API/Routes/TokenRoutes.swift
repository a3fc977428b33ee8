import Farm
import FarmService
import Hummingbird
import OAuth

extension FarmRoutes {
    var tokenRoutes: [Route] {
        [
            .post(
                "/o/token/", "Gives an access token (RFC 6749 §4.4).", access: .open,
                RouteShape(body: "TokenRequest", reply: "TokenResponse", errors: [401, 429]), issueToken)
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

    /// The parameters of an OAuth endpoint: form-encoded, in the body only.
    /// - Throws: `invalidRequest` for anything else.
    func oauthForm(_ request: APIRequest) async throws -> FormParameters {
        guard request.target.query.isEmpty else {
            throw OAuthError.invalidRequest("Parameters belong into the body, not into the address.")
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
