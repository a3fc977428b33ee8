public import Farm

/// What waits for the operator's word: browsers at the authorization endpoint and devices that ask again and again.
/// How long it waits goes by steady time, so that a clock that is set ends and prolongs nothing. A value without clock,
/// random numbers or I/O; lost when the program ends.
public struct PendingConsents: Sendable {
    /// How long a request waits, and how many may.
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
        private let asked: PendingConsent
        let createdAt: SteadyTime
        let expiresAt: SteadyTime
        var code: ConsentCode
        var way: Way
        var decision = Decision.waits
        /// Then it is forgotten, fetched or not.
        var keptUntil: SteadyTime

        init(_ asked: PendingConsent, code: ConsentCode, way: Way, createdAt: SteadyTime, lifetimeSeconds: Int) {
            self.asked = asked
            self.code = code
            self.way = way
            self.createdAt = createdAt
            expiresAt = createdAt + .seconds(lifetimeSeconds)
            keptUntil = expiresAt + .seconds(lifetimeSeconds)
        }

        var clientID: ClientID { asked.clientID }
        var scope: Scope { asked.scope }
        var source: NetworkSource { NetworkSource(address: asked.address) }

        func waits(_ now: SteadyTime) -> Bool { decision == .waits && now < expiresAt }

        /// With its times as the clock on the wall goes now.
        func consent(_ now: ShownMoment) -> PendingConsent {
            var consent = asked
            consent.createdAt = now.wall(of: createdAt)
            consent.expiresAt = now.wall(of: expiresAt)
            return consent
        }
    }

    /// How many may wait, of one source and in all.
    public let limits: Limits
    private var entries: [ConsentID: Entry] = [:]
    private var lastID: ConsentID = 0
    private var wrongCodes = WrongCodes()

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// What the operator is to decide, the oldest first.
    public func waiting(_ now: ShownMoment) -> [PendingConsent] {
        entries.values.filter { $0.waits(now.steady) }.map { $0.consent(now) }.sorted { $0.id < $1.id }
    }

    // MARK: Asking

    /// What waits is ended by its user, the operator or time, never by another request: anybody could make one.
    /// - Returns: the number, and the code for its user.
    /// - Throws: `ConsentLimit` when too much waits.
    public mutating func open(
        _ request: AuthorizationRequest, cookie: TokenDigest, client: OAuthClient, account: Account, address: String,
        random: any RandomSource, now: ShownMoment
    ) throws(ConsentLimit) -> (id: ConsentID, code: ConsentCode) {
        try add(
            .browser(request, cookie: cookie), scope: request.scope, redirectURI: request.redirectURI, client, account,
            address, random, now)
    }

    /// - Parameter code: digest of the `device_code`.
    public mutating func open(
        device code: TokenDigest, scope: Scope, client: OAuthClient, account: Account, address: String,
        random: any RandomSource, now: ShownMoment
    ) throws(ConsentLimit) -> (id: ConsentID, code: ConsentCode) {
        try add(
            .device(code, DevicePolling()), scope: scope, redirectURI: nil, client, account, address, random, now)
    }

    private mutating func add(
        _ way: Way, scope: Scope, redirectURI: String?, _ client: OAuthClient, _ account: Account, _ address: String,
        _ random: any RandomSource, _ now: ShownMoment
    ) throws(ConsentLimit) -> (id: ConsentID, code: ConsentCode) {
        let steady = now.steady
        expire(steady)
        let waiting = entries.values.filter { $0.waits(steady) }
        let source = NetworkSource(address: address)
        let here = waiting.filter { $0.source == source }
        if here.count >= limits.perSource, let first = here.map(\.expiresAt).min() {
            throw .sourceWaits(seconds: Self.seconds(until: first, steady))
        }
        if waiting.count >= limits.total, let first = waiting.map(\.expiresAt).min() {
            throw .full(seconds: Self.seconds(until: first, steady))
        }

        var code = random.consentCode()
        while entries.values.contains(where: { $0.code == code }) { code = random.consentCode() }
        lastID = ConsentID(lastID.rawValue + 1)
        let grant: Grant = if case .device = way { .deviceCode } else { .authorizationCode }
        let wall = now.wall(of: steady)
        let asked = PendingConsent(
            id: lastID, clientID: client.id, clientPublicID: client.publicID, clientName: client.name,
            accountName: account.name, scope: scope, grant: grant, redirectURI: redirectURI, address: address,
            createdAt: wall, expiresAt: wall + .seconds(limits.lifetimeSeconds))
        entries[lastID] = Entry(
            asked, code: code, way: way, createdAt: steady, lifetimeSeconds: limits.lifetimeSeconds)
        return (lastID, code)
    }

    private static func seconds(until moment: SteadyTime, _ now: SteadyTime) -> Int {
        max(1, Int(moment.seconds(since: now).rounded(.up)))
    }

    // MARK: Deciding

    /// - Parameter text: the code as typed.
    /// - Throws: `wrongCode`, or `tooManyWrongCodes` without looking at it.
    public mutating func approve(typed text: String, now: ShownMoment) throws(FarmError) -> PendingConsent {
        try decide(find(typed: text, now.steady), .approved, now)
    }

    /// - Returns: what waits with this code.
    private mutating func find(typed text: String, _ now: SteadyTime) throws(FarmError) -> ConsentID {
        if let wait = wrongCodes.wait(now) { throw .tooManyWrongCodes(retryAfterSeconds: wait) }
        let typed = ConsentCode(typed: text)
        var found: ConsentID?
        for (id, entry) in entries where entry.waits(now) {
            if let typed, entry.code.matches(typed) { found = id }
        }
        guard let found else {
            wrongCodes.record(now)
            throw .wrongCode
        }
        return found
    }

    /// - Parameter text: the code as somebody typed it; case, blanks and dashes do not matter.
    public mutating func deny(typed text: String, now: ShownMoment) throws(FarmError) -> PendingConsent {
        try decide(find(typed: text, now.steady), .denied, now)
    }

    /// - Throws: where nothing of this number waits any more.
    public mutating func deny(_ id: ConsentID, now: ShownMoment) throws(FarmError) -> PendingConsent {
        try decide(id, .denied, now)
    }

    private mutating func decide(
        _ id: ConsentID, _ decision: Decision, _ now: ShownMoment
    ) throws(FarmError) -> PendingConsent {
        guard var entry = entries[id], entry.waits(now.steady) else { throw .noSuchConsent }
        entry.decision = decision
        entry.keptUntil = now.steady + .seconds(Self.fetchedWithinSeconds)
        entries[id] = entry
        return entry.consent(now)
    }

    /// How long a decision waits to be fetched: twice the longest interval of a device.
    public static let fetchedWithinSeconds = 120

    // MARK: Fetching the answer

    /// What the browser with this cookie is to be shown.
    public func visit(_ id: ConsentID, cookie: TokenDigest, now: ShownMoment) -> BrowserVisit {
        guard let entry = entries[id], case .browser(let request, let kept) = entry.way,
            constantTimeEqual(kept.bytes, cookie.bytes), now.steady < entry.keptUntil
        else { return .gone }
        if entry.waits(now.steady) { return .waits(entry.consent(now), entry.code) }
        switch entry.decision {
        case .answered(let response): return .answered(response)
        case .approved: return .approved(request)
        case .denied: return .denied(request)
        case .waits: return .unanswered(request)
        }
    }

    /// Keeps what a browser that was approved is sent, with its code: whoever asks again has not had it, as it takes the
    /// cookie away.
    public mutating func answer(_ id: ConsentID, _ response: AuthorizationResponse, now: SteadyTime) {
        guard entries[id]?.decision == .approved else { return }
        entries[id]?.decision = .answered(response)
        entries[id]?.keptUntil = now + .seconds(AuthorizationCodes.lifetimeSeconds)
    }

    /// Whether nothing is decided yet for the browser with this cookie.
    public func waits(_ id: ConsentID, cookie: TokenDigest, now: SteadyTime) -> Bool {
        guard let entry = entries[id], case .browser(_, let kept) = entry.way else { return false }
        return constantTimeEqual(kept.bytes, cookie.bytes) && entry.waits(now)
    }

    /// What a device is told (RFC 8628 §3.5). An approval stays until it is forgotten: that it gives tokens once is
    /// decided where they are stored.
    public mutating func ask(device code: TokenDigest, client: ClientID, now: SteadyTime) -> DeviceAnswer {
        let found = entries.first {
            guard case .device(let kept, _) = $0.value.way else { return false }
            return constantTimeEqual(kept.bytes, code.bytes)
        }
        guard let (id, entry) = found, case .device(let kept, var polling) = entry.way, entry.clientID == client,
            now < entry.keptUntil
        else { return .unknown }
        switch entry.decision {
        case .approved: return .approved(entry.scope)
        case .denied: return .denied
        case .answered: return .unknown
        case .waits:
            guard entry.waits(now) else { return .expired }
            let isInTime = polling.ask(now)
            entries[id]?.way = .device(kept, polling)
            return isInTime ? .pending : .slowDown
        }
    }

    // MARK: Forgetting

    /// Forgets what nobody has answered or fetched in time.
    public mutating func expire(_ now: SteadyTime) {
        guard !entries.isEmpty else { return }
        entries = entries.filter { now < $0.value.keptUntil }
    }

    /// Forgets what clients ask for that may not ask any more.
    public mutating func remove(clients isRemoved: (ClientID) -> Bool) {
        for (id, entry) in entries where isRemoved(entry.clientID) { entries[id] = nil }
    }

    /// Device codes that were approved and may still be presented.
    public func usableDeviceCodes(_ now: SteadyTime) -> Set<TokenDigest> {
        var codes: Set<TokenDigest> = []
        for entry in entries.values where entry.decision == .approved && now < entry.keptUntil {
            if case .device(let code, _) = entry.way { codes.insert(code) }
        }
        return codes
    }
}

/// Why no more may wait; with the seconds after which it is worth another try.
public enum ConsentLimit: Error, Equatable, Sendable, CustomStringConvertible {
    /// As many as one source may have.
    case sourceWaits(seconds: Int)
    case full(seconds: Int)

    /// For `Retry-After`: until a place is free.
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

/// What a browser finds that comes back to its request.
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

/// What a device is told that asks for its token (RFC 8628 §3.5).
public enum DeviceAnswer: Equatable, Sendable {
    case pending, slowDown, expired, denied, unknown
    case approved(Scope)
}
