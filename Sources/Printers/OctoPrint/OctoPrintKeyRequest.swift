public import Farm
import Text
import Wire

/// One-key linking: farmtop asks OctoPrint for a key, and the operator clicks "Allow" there (application keys plug-in).
public struct OctoPrintKeyRequest: Sendable {
    /// What the operator has decided.
    public enum Answer: Equatable, Sendable {
        case granted(Secret)
        /// Denied, or nobody has answered and OctoPrint has dropped the request: it does not tell the two apart.
        case denied
        case undecided
    }
    private let server: MachineServer
    private let environment: LinkEnvironment
    private let token: String

    /// Asks; OctoPrint shows the question in its web page from now on.
    /// - Throws: `.notOffered` when the plug-in is not there.
    public init(_ settings: LinkSettings, environment: LinkEnvironment) async throws(LinkFault) {
        server = MachineServer(settings, .none, pace: environment.pace)
        self.environment = environment
        let probe = try await server.call(.get, "/plugin/appkeys/probe", timeout: environment.pace.request)
        guard probe.status == 204 else {
            // An OctoPrint without the plug-in says 404.
            let mayBeOctoPrint = probe.status == 404 || !LinkFault.isForeign(status: probe.status)
            throw mayBeOctoPrint ? .notOffered : .otherServer("a server without application keys")
        }
        let answer = try await server.call(
            .post, "/plugin/appkeys/request", headers: [HTTPHeader("Content-Type", "application/json")],
            body: .bytes(Array("{\"app\":\"farmtop\"}".utf8)), timeout: environment.pace.request)
        guard answer.isSuccess else { throw answer.refusal.greeting(by: "/plugin/appkeys/request") }
        guard let token = try answer.json()["app_token"]?.text, !token.isEmpty else {
            throw .badAnswer("the request for a key has no token")
        }
        self.token = token
    }

    /// One look. OctoPrint drops a request that is not looked after for 5 s: look every second.
    public func look() async throws(LinkFault) -> Answer {
        let answer = try await server.call(
            .get, "/plugin/appkeys/request/" + PercentEncoding.path(token), timeout: environment.pace.request)
        switch answer.status {
        case 202: return .undecided
        case 404: return .denied
        case 200:
            guard let key = try answer.json()["api_key"]?.text, !key.isEmpty else {
                throw .badAnswer("the answer holds no key")
            }
            return .granted(Secret(key))
        default: throw answer.refusal
        }
    }

    /// Looks every second until it is decided or the task is cancelled.
    public func decision() async throws(LinkFault) -> Answer {
        while true {
            let answer = try await look()
            guard answer == .undecided else { return answer }
            do { try await environment.sleep(.seconds(1)) } catch { throw .stopped }
        }
    }
}
