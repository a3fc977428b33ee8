import Synchronization
import Text
import WireSchema

/// Calls of a farm's API with a client's access token, which is asked for when there is none or the farm does not take it any
/// more.
final class TokenConnection: Sendable {
    let base: String
    let credentials: RemoteCredentials
    private let connection: FarmConnection
    private let token = Mutex<Received.Token?>(nil)

    init(base: String, credentials: RemoteCredentials) {
        self.base = base
        self.credentials = credentials
        // The stream has a heartbeat every 15 s: silence for three of them is a dead link.
        connection = FarmConnection(base: base, silentFor: .seconds(45)) { error in
            RemoteFarmError.unreachable(base: base, reason: RemoteFarmError.reason(of: error))
        }
    }

    func close() async { await connection.close() }

    /// The answer of a call that succeeded.
    /// - Throws: `FarmAPIError.refused` for another answer, `RemoteFarmError` where no farm answers.
    func send(_ call: FarmConnection.Call, within deadline: Duration) async throws -> FarmConnection.Answer {
        for isSecondTry in [false, true] {
            let token = try await currentToken()
            var authorized = call
            authorized.headers.append(("authorization", "Bearer \(token.accessToken)"))
            let answer = try await answer(authorized, within: deadline)
            if answer.status == 401, !isSecondTry {
                self.token.withLock { $0 = nil }
                continue
            }
            guard answer.isSuccess else { throw try await FarmAPIError(call, refusedBy: answer) }
            return answer
        }
        throw RemoteFarmError.credentialsRefused(base: base)
    }

    func currentToken() async throws -> Received.Token {
        if let known = token.withLock({ $0 }) { return known }
        let pair = [credentials.clientID, credentials.clientSecret].map(PercentEncoding.component).joined(
            separator: ":")
        var call = FarmConnection.Call(
            .post, "/o/token/", Array("grant_type=client_credentials".utf8), type: "application/x-www-form-urlencoded")
        call.headers.append(("authorization", "Basic \(BaseEncoding.base64(pair.utf8))"))
        let answer = try await answer(call, within: .seconds(20))
        guard answer.status != 401 else { throw RemoteFarmError.credentialsRefused(base: base) }
        let body = try await answer.bytes(atMost: 1 << 20)
        guard answer.status == 200 else { throw refusal(of: call, status: answer.status, body) }
        guard let new = try? Received.Token(reading: JSONSource(body)) else {
            throw RemoteFarmError.noFarm(base: base, status: nil)
        }
        token.withLock { $0 = new }
        return new
    }

    /// A farm says with an OAuth error why it gives no token; anything else is another server.
    private func refusal(of call: FarmConnection.Call, status: Int, _ body: [UInt8]) -> any Error {
        guard let refusal = try? Received.TokenRefusal(reading: JSONSource(body)) else {
            return RemoteFarmError.noFarm(base: base, status: status)
        }
        return FarmAPIError.refused(call: call.description, status: status, answer: refusal.reason)
    }

    private func answer(
        _ call: FarmConnection.Call, within deadline: Duration
    ) async throws -> FarmConnection.Answer {
        let answer = try await connection.send(call, within: deadline)
        guard answer.status / 100 != 3 else {
            throw RemoteFarmError.redirects(base: base, target: answer.header("location"))
        }
        return answer
    }
}
