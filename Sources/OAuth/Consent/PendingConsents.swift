public import Farm

/// What waits for the operator's word: browsers at the authorization endpoint and devices that ask again and again.
/// A value without clock, random numbers or I/O of its own; lost when the program ends.
public struct PendingConsents: Sendable {
    public struct Limits: Equatable, Sendable {
        /// Unit: seconds.
        public var lifetimeSeconds = 300
        /// So many from one source, whatever the client.
        public var perSource = 3
        /// So many in all.
        public var total = 500

        public init() {}
    }

    private enum Way: Equatable, Sendable {
        case browser(AuthorizationRequest, cookie: TokenDigest)
        case device(TokenDigest, DevicePolling)
    }
    private enum Decision: Equatable, Sendable {
        case waits, approved, denied
        /// What the browser was sent; it may have lost it on the way.
        case answered(AuthorizationResponse)
    }

    private struct Entry: Sendable {
        var consent: PendingConsent
        var code: ConsentCode
        var way: Way
        var decision = Decision.waits
        /// Then it is forgotten, fetched or not.
        var keptUntil: Timestamp

        func waits(_ now: Timestamp) -> Bool { decision == .waits && now < consent.expiresAt }
    }

    public let limits: Limits
    private var entries: [ConsentID: Entry] = [:]
    private var lastID: ConsentID = 0
    private var wrongCodes = WrongCodes()

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// What the operator is to decide, the oldest first.
    public func waiting(_ now: Timestamp) -> [PendingConsent] {
        entries.values.filter { $0.waits(now) }.map(\.consent).sorted { $0.id < $1.id }
    }

    // MARK: Asking

    /// What waits is ended by its user, the operator or time, never by another request: anybody could make one.
    /// - Returns: the number, and the code for its user.
    /// - Throws: `ConsentLimit` when too much waits.
    public mutating func open(
        _ request: AuthorizationRequest, cookie: TokenDigest, client: OAuthClient, account: Account, address: String,
        random: any RandomSource, now: Timestamp
    ) throws(ConsentLimit) -> (id: ConsentID, code: ConsentCode) {
        try add(
            .browser(request, cookie: cookie), scope: request.scope, redirectURI: request.redirectURI, client, account,
            address, random, now)
    }

    /// - Parameter code: digest of the `device_code`.
    public mutating func open(
        device code: TokenDigest, scope: Scope, client: OAuthClient, account: Account, address: String,
        random: any RandomSource, now: Timestamp
    ) throws(ConsentLimit) -> (id: ConsentID, code: ConsentCode) {
        try add(
            .device(code, DevicePolling()), scope: scope, redirectURI: nil, client, account, address, random, now)
    }

    private mutating func add(
        _ way: Way, scope: Scope, redirectURI: String?, _ client: OAuthClient, _ account: Account, _ address: String,
        _ random: any RandomSource, _ now: Timestamp
    ) throws(ConsentLimit) -> (id: ConsentID, code: ConsentCode) {
        expire(now)
        let waiting = entries.values.filter { $0.waits(now) }
        let source = NetworkSource(address: address)
        let here = waiting.filter { NetworkSource(address: $0.consent.address) == source }
        if here.count >= limits.perSource, let first = here.map(\.consent.expiresAt).min() {
            throw .sourceWaits(seconds: Self.seconds(until: first, now))
        }
        if waiting.count >= limits.total, let first = waiting.map(\.consent.expiresAt).min() {
            throw .full(seconds: Self.seconds(until: first, now))
        }

        var code = random.consentCode()
        while entries.values.contains(where: { $0.code == code }) { code = random.consentCode() }
        lastID = ConsentID(lastID.rawValue + 1)
        let expiresAt = now + .seconds(limits.lifetimeSeconds)
        let grant: Grant = if case .device = way { .deviceCode } else { .authorizationCode }
        let consent = PendingConsent(
            id: lastID, clientID: client.id, clientPublicID: client.publicID, clientName: client.name,
            accountName: account.name, scope: scope, grant: grant, redirectURI: redirectURI, address: address,
            createdAt: now, expiresAt: expiresAt)
        entries[lastID] = Entry(
            consent: consent, code: code, way: way, keptUntil: expiresAt + .seconds(limits.lifetimeSeconds))
        return (lastID, code)
    }

    private static func seconds(until moment: Timestamp, _ now: Timestamp) -> Int {
        max(1, Int(moment.seconds(since: now).rounded(.up)))
    }

    // MARK: Deciding

    /// - Parameter text: the code as typed.
    /// - Throws: `wrongCode`, or `tooManyWrongCodes` without looking at it.
    public mutating func approve(typed text: String, now: Timestamp) throws(FarmError) -> PendingConsent {
        try decide(find(typed: text, now), .approved, now)
    }

    /// - Returns: what waits with this code.
    private mutating func find(typed text: String, _ now: Timestamp) throws(FarmError) -> ConsentID {
        if let wait = wrongCodes.wait(now) { throw .tooManyWrongCodes(retryAfterSeconds: wait) }
        let typed = ConsentCode(typed: text)
        var found: ConsentID?
        for entry in entries.values where entry.waits(now) {
            if let typed, entry.code.matches(typed) { found = entry.consent.id }
        }
        guard let found else {
            wrongCodes.record(now)
            throw .wrongCode
        }
        return found
    }

    public mutating func deny(typed text: String, now: Timestamp) throws(FarmError) -> PendingConsent {
        try decide(find(typed: text, now), .denied, now)
    }

    public mutating func deny(_ id: ConsentID, now: Timestamp) throws(FarmError) -> PendingConsent {
        try decide(id, .denied, now)
    }

    private mutating func decide(
        _ id: ConsentID, _ decision: Decision, _ now: Timestamp
    ) throws(FarmError) -> PendingConsent {
        guard var entry = entries[id], entry.waits(now) else { throw .noSuchConsent }
        entry.decision = decision
        entry.keptUntil = now + .seconds(Self.fetchedWithinSeconds)
        entries[id] = entry
        return entry.consent
    }

    /// How long a decision waits to be fetched: twice the longest interval of a device.
    public static let fetchedWithinSeconds = 120

    // MARK: Fetching the answer

    /// What the browser with this cookie is to be shown.
    public func visit(_ id: ConsentID, cookie: TokenDigest, now: Timestamp) -> BrowserVisit {
        guard let entry = entries[id], case .browser(let request, let kept) = entry.way,
            constantTimeEqual(kept.bytes, cookie.bytes), now < entry.keptUntil
        else { return .gone }
        if entry.waits(now) { return .waits(entry.consent, entry.code) }
        switch entry.decision {
        case .answered(let response): return .answered(response)
        case .approved: return .approved(request)
        case .denied: return .denied(request)
        case .waits: return .unanswered(request)
        }
    }

    /// Keeps what a browser that was approved is sent, with its code: whoever asks again has not had it, as it takes the
    /// cookie away.
    public mutating func answer(_ id: ConsentID, _ response: AuthorizationResponse, now: Timestamp) {
        guard entries[id]?.decision == .approved else { return }
        entries[id]?.decision = .answered(response)
        entries[id]?.keptUntil = now + .seconds(AuthorizationCodes.lifetimeSeconds)
    }

    /// Whether nothing is decided yet for the browser with this cookie.
    public func waits(_ id: ConsentID, cookie: TokenDigest, now: Timestamp) -> Bool {
        guard let entry = entries[id], case .browser(_, let kept) = entry.way else { return false }
        return constantTimeEqual(kept.bytes, cookie.bytes) && entry.waits(now)
    }

    /// What a device is told (RFC 8628 §3.5). An approval stays until it is forgotten: that it gives tokens once is
    /// decided where they are stored.
    public mutating func ask(device code: TokenDigest, client: ClientID, now: Timestamp) -> DeviceAnswer {
        let found = entries.values.first {
            guard case .device(let kept, _) = $0.way else { return false }
            return constantTimeEqual(kept.bytes, code.bytes)
        }
        guard let entry = found, case .device(let kept, var polling) = entry.way, entry.consent.clientID == client,
            now < entry.keptUntil
        else { return .unknown }
        switch entry.decision {
        case .approved: return .approved(entry.consent.scope)
        case .denied: return .denied
        case .answered: return .unknown
        case .waits:
            guard entry.waits(now) else { return .expired }
            let isInTime = polling.ask(now)
            entries[entry.consent.id]?.way = .device(kept, polling)
            return isInTime ? .pending : .slowDown
        }
    }

    // MARK: Forgetting

    public mutating func expire(_ now: Timestamp) {
        guard !entries.isEmpty else { return }
        entries = entries.filter { now < $0.value.keptUntil }
    }

    /// Forgets what clients ask for that may not ask any more.
    public mutating func remove(where isRemoved: (PendingConsent) -> Bool) {
        for entry in entries.values where isRemoved(entry.consent) { entries[entry.consent.id] = nil }
    }
}

/// Why no more may wait; with the seconds after which it is worth another try.
public enum ConsentLimit: Error, Equatable, Sendable, CustomStringConvertible {
    /// As many as one source may have.
    case sourceWaits(seconds: Int)
    case full(seconds: Int)

    public var seconds: Int {
        switch self {
        case .sourceWaits(let seconds), .full(let seconds): seconds
        }
    }

    public var description: String {
        switch self {
        case .sourceWaits(let seconds):
            "Too many requests from this address wait for an answer. Try again in \(seconds) s."
        case .full(let seconds): "Too many requests wait for an answer. Try again in \(seconds) s."
        }
    }
}

public enum BrowserVisit: Equatable, Sendable {
    case waits(PendingConsent, ConsentCode)
    /// Not answered yet.
    case approved(AuthorizationRequest)
    case answered(AuthorizationResponse)
    case denied(AuthorizationRequest)
    /// Nobody decided in time.
    case unanswered(AuthorizationRequest)
    /// There is no such request, or it is another browser's.
    case gone
}

public enum DeviceAnswer: Equatable, Sendable {
    case pending, slowDown, expired, denied, unknown
    case approved(Scope)
}
