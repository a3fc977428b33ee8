import Text

/// How requests to a server are opened.
public enum WireCredentials: Sendable {
    case none
    /// A header with a key.
    case header(HTTPHeader)
    /// Digest where the server asks for it, Basic where it asks for that.
    case password(user: String, String)
}

/// Keeps what a server has asked for and answers it with the next request. A value: the session's owner keeps it.
public struct Authorization: Sendable {
    /// What to do after a 401.
    public enum Verdict: Equatable, Sendable {
        /// Ask again at once, with what was learnt.
        case again
        case wrongCredentials
        /// It asks for something that we do not speak.
        case unsupported
    }

    /// What a request carries to be let in.
    public struct Opening: Sendable {
        fileprivate enum Kind { case nothing, key, basic, digest(isFirstUse: Bool) }
        /// Added to the request as they are; secret, so not for logs. Empty where nothing is sent.
        public var headers: [HTTPHeader]
        fileprivate var kind: Kind
        static let nothing = Self(headers: [], kind: .nothing)
    }

    private enum Mode {
        case untried
        case basic
        case digest(DigestChallenge, since: ContinuousClock.Instant, uses: UInt32)
    }
    private let credentials: WireCredentials
    /// A nonce without qop is used for so long and then asked for anew; Buddy's live 5 s.
    private let nonceLife: Duration
    private var mode = Mode.untried

    public init(_ credentials: WireCredentials, nonceLife: Duration = .seconds(4)) {
        self.credentials = credentials
        self.nonceLife = nonceLife
    }

    /// For one request; nothing before the server has said what it wants.
    public mutating func opening(
        method: String, target: String, now: ContinuousClock.Instant, clientNonce: String
    ) -> Opening {
        switch (credentials, mode) {
        case (.none, _), (.password, .untried): return .nothing
        case (.header(let header), _): return Opening(headers: [header], kind: .key)
        case (.password(let user, let password), .basic):
            let value = basicAuthorization(user: user, password: password)
            return Opening(headers: [HTTPHeader("Authorization", value)], kind: .basic)
        case (.password(let user, let password), .digest(let challenge, let since, let uses)):
            guard now - since < nonceLife else {
                mode = .untried
                return .nothing
            }
            mode = .digest(challenge, since: since, uses: uses + 1)
            let answer = challenge.answer(
                method: method, target: target, user: user, password: password, count: uses + 1,
                clientNonce: clientNonce)
            return Opening(
                headers: [HTTPHeader("Authorization", answer)], kind: .digest(isFirstUse: uses == 0))
        }
    }

    /// What the server has asked for, it is to ask for again.
    public mutating func forget() { mode = .untried }

    /// After a 401. Judged by what the refused request carried: requests to one server may overlap.
    /// - Parameter values: of `WWW-Authenticate`.
    public mutating func challenged(
        by values: [String], after opening: Opening, now: ContinuousClock.Instant
    ) -> Verdict {
        guard case .password = credentials else { return .wrongCredentials }
        if let challenge = DigestChallenge(headers: values) {
            mode = .digest(challenge, since: now, uses: 0)
            // The first answer to a nonce is the test of the password. A nonce that has served before, or one that the
            // server calls stale, may only have been too old.
            if case .digest(isFirstUse: true) = opening.kind, !challenge.isStale { return .wrongCredentials }
            return .again
        }
        let offersBasic = values.contains { AuthenticateHeader.challenges($0).contains { $0.scheme == "basic" } }
        guard offersBasic else { return .unsupported }
        if case .basic = opening.kind { return .wrongCredentials }
        mode = .basic
        return .again
    }
}

/// RFC 7617, in UTF-8.
func basicAuthorization(user: String, password: String) -> String {
    "Basic " + BaseEncoding.base64("\(user):\(password)".utf8)
}
