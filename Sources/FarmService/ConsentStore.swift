public import Farm
public import OAuth

/// What waits for the operator, and the codes that came of it: in memory only.
struct ConsentStore: Sendable {
    var consents: PendingConsents
    var codes = AuthorizationCodes()

    init(limits: PendingConsents.Limits) { consents = PendingConsents(limits: limits) }

    /// Drops what is old, and what clients ask for that are gone or disabled since.
    mutating func tidy(_ state: FarmState, _ now: SteadyTime) {
        consents.expire(now)
        codes.expire(now)
        consents.remove { state.enabledClient($0) == nil }
    }

    /// Codes of either kind that a client could still present, whether it has done so before or not.
    func usableCodes(_ now: SteadyTime) -> Set<TokenDigest> { codes.usable(now).union(consents.usableDeviceCodes(now)) }
}

extension FarmState {
    /// Nil when the client is gone, or it or its account is disabled.
    func enabledClient(_ id: ClientID) -> (client: OAuthClient, account: Account)? {
        guard let client = clients[id], client.disabledAt == nil, let account = accounts[client.accountID],
            account.disabledAt == nil
        else { return nil }
        return (client, account)
    }
}

/// What a browser is shown while the operator is asked.
public struct ConsentPage: Equatable, Sendable {
    /// Who asks, for what, and until when.
    public var consent: PendingConsent
    /// As shown: two groups of five letters.
    public var code: String
    /// 128 bits that only this browser has; nil once it has them.
    public var cookie: String?
    /// The clock on the wall as the page was made, to which its seconds are counted.
    public var now: Timestamp

    /// 1 or more.
    public var secondsLeft: Int { max(1, Int(consent.expiresAt.seconds(since: now).rounded(.up))) }
}

/// What a browser that waits is answered.
public enum ConsentAnswer: Equatable, Sendable {
    case waits(ConsentPage)
    /// Back to the app.
    case redirect(AuthorizationResponse)
    /// Nothing waits under this number in this browser.
    case gone
}

/// What a device is given to begin with (RFC 8628 §3.2).
public struct DeviceAuthorization: Equatable, Sendable {
    /// What the device polls with; secret, and never shown to a person.
    public var deviceCode: String
    /// What the device shows and the operator reads there.
    public var userCode: String
    /// Seconds.
    public var expiresIn: Int
    /// Seconds.
    public var interval: Int
}
