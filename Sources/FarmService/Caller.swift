public import Farm

/// On whose behalf a command runs.
public enum Caller: Equatable, Sendable {
    /// The person at the terminal: sees and may do all.
    case administrator
    /// A token of a client, acting for one account.
    case client(AuthenticatedClient)
    /// Somebody who answers a notification, by the channel's name and perhaps their own. The configuration says what the
    /// channel may answer.
    case channel(String)

    /// Nil: every account.
    public var accountID: AccountID? {
        switch self {
        case .administrator, .channel: nil
        case .client(let client): client.accountID
        }
    }

    /// Whether the account's printers, prints and clients exist for this caller.
    public func mayAccess(_ account: AccountID) -> Bool { accountID == nil || accountID == account }

    /// Whether it may pause, start and stop machines. A client needs the right `machines`.
    var mayMoveMachines: Bool {
        switch self {
        case .administrator, .channel: true
        case .client(let client): client.mayMoveMachines
        }
    }

    /// Who did it, in the text of an event. A client's name is untrusted text.
    var name: String {
        switch self {
        case .administrator: "the operator"
        case .client(let client): client.clientName
        case .channel(let name): name
        }
    }

    var actor: EventActor {
        switch self {
        case .administrator: .person
        case .client(let client): .client(client.clientName)
        case .channel(let name): .channel(name)
        }
    }
}

/// What a valid bearer token stands for.
public struct AuthenticatedClient: Equatable, Sendable {
    /// The access token that the request came with.
    public var tokenID: TokenID
    /// Whose token it is; refusals and uses are counted for it.
    public var clientID: ClientID
    /// For events and logs: what the operator called it. Another client may have the same name.
    public var clientName: String
    /// Everything that the request reads or changes belongs to it.
    public var accountID: AccountID
    /// What the token may still do: its scope less what its client lost since.
    public var scope: Scope
    /// By the clock on the wall; the token has not expired yet.
    public var expiresAt: Timestamp
    /// Its client may pause, start and stop machines.
    public var mayMoveMachines: Bool

    public init(
        tokenID: TokenID, clientID: ClientID, clientName: String, accountID: AccountID, scope: Scope,
        expiresAt: Timestamp, mayMoveMachines: Bool = false
    ) {
        self.mayMoveMachines = mayMoveMachines
        self.tokenID = tokenID
        self.clientID = clientID
        self.clientName = clientName
        self.accountID = accountID
        self.scope = scope
        self.expiresAt = expiresAt
    }
}
