import Farm
import OAuth
import Synchronization

/// Says who a request comes from: apps by their tokens, clients by their secrets. Remembers what nobody stores at once: failed
/// attempts, refusals for the screen, and when each token was last used.
///
/// The one rule of what a token may do is `AccessToken.effectiveScope`; what can change between two requests (state and time)
/// is passed in.
final class Authenticator: Sendable {
    private let traffic: TrafficCounters
    private let lastUses: Mutex<LastUses>
    /// A screen has news of a client's last use.
    private let onNews: @Sendable () -> Void
    private let limiter = Mutex(FailedAuthenticationLimiter())
    private let refusals = Mutex(RefusalCounter())

    init(traffic: TrafficCounters, lastUses: LastUses, onNews: @escaping @Sendable () -> Void) {
        self.traffic = traffic
        self.lastUses = Mutex(lastUses)
        self.onNews = onNews
    }

    /// What a bearer token stands for; nil when it is unknown, expired or suspended. Notes its use.
    func client(token text: String, in state: FarmState, at moment: Timestamp) -> AuthenticatedClient? {
        guard let token = state.tokens[TokenDigest(of: text)] else { return nil }
        guard let client = state.clients[token.clientID], let scope = state.effectiveScope(of: token, at: moment) else {
            note(.unauthorized, of: state.clients[token.clientID]?.id, at: moment)
            return nil
        }
        if lastUses.withLock({ $0.note(token.id, of: client.id, at: moment) }) { onNews() }
        return AuthenticatedClient(
            tokenID: token.id, clientID: client.id, clientName: client.name, accountID: token.accountID,
            scope: scope, expiresAt: token.expiresAt, mayMoveMachines: client.mayMoveMachines)
    }

    /// The client that a request comes from, once it has proved it. A correct secret always passes.
    /// - Parameter address: of the peer, without its port.
    /// - Throws: `invalidClient`, or `tooManyAttempts` after too many failures of this client from this address.
    func client(
        _ presented: PresentedClient, address: String, in state: FarmState, at moment: Timestamp
    ) throws(OAuthError) -> OAuthClient {
        let client = state.client(publicID: presented.id)
        do throws(OAuthError) {
            try presented.authenticate(as: client, of: client.flatMap { state.accounts[$0.accountID] })
        } catch {
            traffic.recordRejectedCredential()
            let wait = limiter.withLock { $0.recordFailure(client: presented.id, address: address, now: moment) }
            note(wait == nil ? .unauthorized : .tooMany, of: client?.id, at: moment)
            if let wait { throw .tooManyAttempts(retryAfterSeconds: wait) }
            throw error
        }
        guard let client else { throw .invalidClient(usedBasic: presented.usedBasic) }
        limiter.withLock { $0.recordSuccess(client: presented.id, address: address) }
        return client
    }

    /// Refusals of clients that still exist, for the screen.
    func recentRefusals(in state: FarmState, at moment: Timestamp) -> [ClientRefusals] {
        refusals.withLock { $0.refusals(at: moment) }.filter { state.clients[$0.clientID] != nil }
    }

    /// A client refreshed its tokens, which uses no access token.
    func noteUse(of client: ClientID, at moment: Timestamp) {
        if lastUses.withLock({ $0.note(client, at: moment) }) { onNews() }
    }

    /// Each client's last use, also of tokens that have ended.
    var lastUsesOfClients: [ClientID: Timestamp] { lastUses.withLock { $0.ofClients } }

    /// A token's last use; nil when all of it is stored.
    func waitingUse(of token: TokenID) -> Timestamp? { lastUses.withLock { $0.waiting(token) } }

    /// When tokens were used since the last time this was asked.
    func takeLastUses() -> [TokenID: Timestamp] { lastUses.withLock { $0.takeWaiting() } }

    /// Takes back what could not be stored; newer uses count.
    func restoreLastUses(_ uses: [TokenID: Timestamp]) { lastUses.withLock { $0.putBack(uses) } }

    /// - Parameter client: nil counts for nobody.
    private func note(_ refusal: RefusalCounter.Refusal, of client: ClientID?, at moment: Timestamp) {
        guard let client else { return }
        refusals.withLock { $0.record(refusal, of: client, at: moment) }
    }
}
