import Farm
import Text
import Wire

/// The HTTP side of a machine's server: one connection, credentials as the server wants them, redirects within the host.
actor MachineServer {
    let address: LinkAddress
    private let approved: CertificateFingerprint?
    private let session: HTTPSession
    private var authorization: Authorization

    init(
        _ settings: LinkSettings, _ credentials: LinkCredentials, pace: LinkEnvironment.Pace,
        manners: HTTPSession.Manners = .init()
    ) {
        address = settings.address
        approved = settings.fingerprint
        session = HTTPSession(settings.route(pace), manners: manners)
        authorization = Authorization(WireCredentials(credentials), nonceLife: pace.nonceLife)
    }

    /// - Parameters:
    ///   - path: from the server's root, percent-encoded, with its query.
    ///   - timeout: of each request; a challenge makes two of one.
    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: [HTTPHeader] = [], body: HTTPRequest.Body = .none,
        timeout: Duration
    ) async throws(WireError) -> HTTPAnswer {
        var target = address.base.path
        while target.hasSuffix("/") { target.removeLast() }
        target += path
        var hops = 0, challenges = 0
        while true {
            let opening = authorization.opening(
                method: method.rawValue, target: target, now: .now, clientNonce: Self.clientNonce())
            let answer = try await session.send(
                HTTPRequest(method, target, headers: headers + opening.headers, body: body), timeout: timeout)
            switch answer.status {
            case 401 where challenges < 3:
                guard
                    authorization.challenged(
                        by: answer.values(of: "www-authenticate"), after: opening, now: .now) == .again
                else { return answer }
                challenges += 1
            case 301, 302, 307, 308:
                guard method == .get, hops < 3, let location = answer.values(of: "location").first else {
                    return answer
                }
                guard let next = Redirect.target(location, from: address.base) else {
                    throw .redirected(host: "another server")
                }
                target = next
                hops += 1
            default: return answer
            }
        }
    }

    /// As `send`, for links: a fault in place of what the wire says, and in place of 401.
    func call(
        _ method: HTTPRequest.Method, _ path: String, headers: [HTTPHeader] = [], body: HTTPRequest.Body = .none,
        timeout: Duration
    ) async throws(LinkFault) -> HTTPAnswer {
        let answer: HTTPAnswer
        do throws(WireError) {
            answer = try await send(method, path, headers: headers, body: body, timeout: timeout)
        } catch {
            throw LinkFault(error, approved: approved)
        }
        if answer.status == 401 { throw .wrongCredentials }
        return answer
    }

    func drop() async { await session.drop() }

    /// The next request is answered by a fresh challenge, where the server makes them.
    func forgetNonce() { authorization.forget() }

    private static func clientNonce() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    }
}

extension HTTPAnswer {
    /// The body as JSON.
    func json() throws(LinkFault) -> MachineJSON {
        do throws(JSONError) {
            return try MachineJSON(parsing: body)
        } catch {
            throw .badAnswer(error.description)
        }
    }

    var isSuccess: Bool { (200...299).contains(status) }

    /// The server's own words on why it refuses; of JSON only, as a page of HTML says nothing to a person.
    var words: String {
        guard let json = try? MachineJSON(parsing: body) else { return "" }
        let error = json["error"]
        return error?.words(limit: 300) ?? error?["message"]?.words(limit: 300) ?? json["message"]?.words(limit: 300)
            ?? json["text"]?.words(limit: 300) ?? json["title"]?.words(limit: 300) ?? ""
    }

    var refusal: LinkFault { .refused(status: status, words) }
}

extension LinkSettings {
    /// How connections to the server are made.
    func route(_ pace: LinkEnvironment.Pace) -> Route {
        Route(
            to: Endpoint(host: address.base.host, port: address.base.port, isSecure: address.base.scheme == .https),
            tls: PinnedTLS(approved: fingerprint?.bytes), connectTimeout: pace.connect)
    }
}

extension LinkEnvironment.Pace {
    /// The limits of a link's websocket.
    var webSocketLimits: WebSocketSession.Limits { .init(silence: silence, sending: request) }
}

extension WireCredentials {
    init(_ credentials: LinkCredentials) {
        switch credentials {
        case .none: self = .none
        case .apiKey(let key): self = .header(HTTPHeader("X-Api-Key", headerSafe(key.exposed)))
        case .password(let user, let password): self = .password(user: user, password.exposed)
        }
    }
}

/// A key that was pasted with a line end must not become a second header.
private func headerSafe(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
}
