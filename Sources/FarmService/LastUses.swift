import Farm

/// When tokens were used last: known at once, and stored now and then. A client's last use outlives its tokens.
struct LastUses: Sendable {
    /// Not stored yet.
    private var waiting: [TokenID: Timestamp] = [:]
    private(set) var ofClients: [ClientID: Timestamp]

    /// What is shown changes no more often than that. Unit: seconds.
    private static let shownEvery = 60.0

    /// - Parameter stored: each client's last use before this start.
    init(_ stored: [ClientID: Timestamp]) { ofClients = stored }

    /// - Returns: whether a screen has news of it.
    mutating func note(_ token: TokenID, of client: ClientID, at now: Timestamp) -> Bool {
        waiting[token] = now
        return note(client, at: now)
    }

    /// A refresh, which uses no access token.
    mutating func note(_ client: ClientID, at now: Timestamp) -> Bool {
        let last = ofClients[client]
        ofClients[client] = max(now, last ?? now)
        return last.map { now.seconds(since: $0) >= Self.shownEvery } ?? true
    }

    /// When a token was last used; nil when nothing of it waits to be stored.
    func waiting(_ token: TokenID) -> Timestamp? { waiting[token] }

    mutating func takeWaiting() -> [TokenID: Timestamp] {
        defer { waiting = [:] }
        return waiting
    }

    /// What could not be stored.
    mutating func putBack(_ uses: [TokenID: Timestamp]) { waiting.merge(uses) { newer, _ in newer } }
}
