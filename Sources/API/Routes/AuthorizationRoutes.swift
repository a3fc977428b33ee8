import Farm
import FarmService
import HTTPTypes
import Hummingbird
import OAuth
import ServiceLifecycle
import Text

/// The browser's side of the authorization code and device grants. Consent itself is given at the terminal.
extension FarmRoutes {
    var authorizationRoutes: [Route] {
        [
            .get(
                "/o/authorize/",
                "Shows the code that the operator types to give an app access (RFC 6749 §4.1.1, RFC 7636).",
                access: .open,
                RouteShape(
                    reply: "Page", replyType: "text/html",
                    query: [
                        .init(name: "response_type", schema: #"{"const":"code"}"#, isRequired: true),
                        .init(name: "client_id", schema: #"{"type":"string"}"#, isRequired: true),
                        .init(name: "redirect_uri", schema: #"{"type":"string"}"#),
                        .init(name: "scope", schema: #"{"type":"string"}"#),
                        .init(name: "state", schema: #"{"type":"string"}"#),
                        .init(
                            name: "code_challenge", schema: #"{"type":"string","pattern":"^[A-Za-z0-9_-]{43}$"}"#,
                            isRequired: true),
                        .init(name: "code_challenge_method", schema: #"{"const":"S256"}"#, isRequired: true),
                    ], errors: [400, 403, 429], redirects: true), authorize),
            .get(
                "/o/authorize/{id}/", "Answers the browser once the operator has decided; bound to it by a cookie.",
                access: .open,
                RouteShape(reply: "Page", replyType: "text/html", errors: [403, 404], redirects: true), awaitConsent),
            .post(
                "/o/device_authorization/",
                "Issues the code that a device shows and the operator types (RFC 8628 §3.1).", access: .open,
                RouteShape(body: "DeviceRequest", reply: "DeviceAuthorization", errors: [401, 403, 429]),
                authorizeDevice),
            .get(
                "/o/device/", "Says where a device's code is typed.", access: .open,
                RouteShape(reply: "Page", replyType: "text/html")
            ) { _ in ConsentPages.device.response() },
        ]
    }

    private static let cookieName = "farmtop_consent"

    private func authorize(_ request: APIRequest) throws -> Response {
        guard BrowserContext(request.headers).isPageOfItsOwn else { return ConsentPages.notAPage.response(.forbidden) }
        do throws(AuthorizationRefusal) {
            let page = try service.authorize(
                try Self.query(request), address: request.address, opens: request.method == .get)
            guard let page else { return ConsentPages.gone.response() }
            let path = consentPath(page.consent.id)
            return ConsentPages.waiting(page, path: path).response(
                cookie: page.cookie.map { cookie in
                    "\(Self.cookieName)=\(cookie); Path=\(path); HttpOnly; SameSite=Strict; "
                        + "Max-Age=\(page.secondsLeft)" + (pictures.publicURL.hasPrefix("https:") ? "; Secure" : "")
                })
        } catch {
            switch error {
            case .page(let problem): return ConsentPages.problem(problem).response(.badRequest)
            case .redirect(let response): return redirect(response)
            case .tooManyWaiting(let limit):
                var response = ConsentPages.tooManyWaiting(limit).response(.tooManyRequests)
                response.headers[.retryAfter] = String(limit.seconds)
                return response
            }
        }
    }

    private static func query(_ request: APIRequest) throws(AuthorizationRefusal) -> FormParameters {
        do throws(FormError) {
            return try FormParameters(parsing: request.target.query.utf8)
        } catch {
            throw .page(.unreadable(error))
        }
    }

    private func awaitConsent(_ request: APIRequest) async throws -> Response {
        guard BrowserContext(request.headers).isPageOfItsOwn else { return ConsentPages.notAPage.response(.forbidden) }
        guard let id = ConsentID(pathSegment: request.parameters[0]), let cookie = cookie(of: request) else {
            return ConsentPages.gone.response(.notFound)
        }
        guard request.method == .get else { return ConsentPages.gone.response() }
        let answer = try await request.body.whileClientWaits { [service, consentHold] in
            await cancelWhenGracefulShutdown {
                await service.awaitConsent(id, cookie: cookie, longest: consentHold)
            }
        }
        switch answer {
        case .waits(let page): return ConsentPages.waiting(page, path: consentPath(id)).response()
        case .redirect(let response): return redirect(response, expiring: consentPath(id))
        case .gone: return ConsentPages.gone.response(.notFound)
        }
    }

    /// The public address may have a path of its own before ours.
    private func consentPath(_ id: ConsentID) -> String {
        let afterScheme = pictures.publicURL.firstRange(of: "://").map { pictures.publicURL[$0.upperBound...] } ?? ""
        return "\(afterScheme.drop { $0 != "/" })/o/authorize/\(id)/"
    }

    private func cookie(of request: APIRequest) -> String? {
        for pair in request.headers[values: .cookie].flatMap({ $0.split(separator: ";") }) {
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
            if parts.count == 2, parts[0] == Self.cookieName { return String(parts[1]) }
        }
        return nil
    }

    /// 303: the browser goes there with GET and nothing of its own (RFC 9700 §4.12).
    private func redirect(_ response: AuthorizationResponse, expiring path: String? = nil) -> Response {
        var headers: HTTPFields = [
            .location: response.location(issuer: pictures.publicURL), .cacheControl: "no-store", .pragma: "no-cache",
            .referrerPolicy: "no-referrer",
        ]
        if let path {
            headers[.setCookie] = "\(Self.cookieName)=; Path=\(path); Max-Age=0; HttpOnly; SameSite=Strict"
        }
        return Response(status: .seeOther, headers: headers)
    }

    private func authorizeDevice(_ request: APIRequest) async throws -> Response {
        guard !BrowserContext(request.headers).isForeignPage(allowing: crossOrigin.origins) else {
            throw APIError.detail(.forbidden, "A web page of another site may not begin a device's request.")
        }
        let form = try await oauthForm(request)
        let presented = try PresentedClient.parse(authorizationHeader: request.headers[.authorization], form: form)
        let client = try service.authenticateClient(presented, address: request.address)
        let device = try service.authorizeDevice(
            scope: form.value("scope"), client: client, address: request.address)
        return .json(headers: [.cacheControl: "no-store", .pragma: "no-cache"]) { json in
            json.object { json in
                json.member("device_code", device.deviceCode)
                json.member("user_code", device.userCode)
                json.member("verification_uri", pictures.publicURL + "/o/device/")
                json.member("expires_in", Int64(device.expiresIn))
                json.member("interval", Int64(device.interval))
            }
        }
    }
}
