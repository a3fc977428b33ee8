import Farm
import OAuth
import Synchronization
import TestSupport
import Testing

/// Bytes that are never twice the same, and the same in every run.
final class SplitMixSource: RandomSource {
    private let generator = Mutex(SplitMix(seed: 0xC0DE))
    func bytes(_ count: Int) -> [UInt8] {
        generator.withLock { generator in (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) } }
    }
}

/// Noon on both clocks.
private let noonShown = ShownMoment(
    reading: ClockReading(
        bootID: "test", sinceBoot: .seconds(60), wall: noon, steady: SteadyTime(microseconds: noon.microseconds),
        exactSince: SteadyTime(microseconds: noon.microseconds)), shift: .zero)

extension ShownMoment {
    fileprivate static func + (a: Self, b: Duration) -> Self {
        var moment = a
        moment.reading.sinceBoot += b
        moment.reading.wall = a.reading.wall + b
        moment.reading.steady = a.reading.steady + b
        return moment
    }

    /// Somebody has set the clock on the wall.
    fileprivate func set(by duration: Duration) -> Self {
        var moment = self
        moment.reading.wall = reading.wall + duration
        moment.shift += duration
        return moment
    }
}

@Suite("What waits for the operator", .timeLimit(.minutes(20)))
struct PendingConsentTests {
    private let random = SplitMixSource()
    private let cookie = TokenDigest(of: "cookie")

    private func app(_ id: ClientID = 7) -> OAuthClient {
        var app = browserApp(grants: [.authorizationCode, .deviceCode])
        app.id = id
        return app
    }

    private func open(
        _ consents: inout PendingConsents, client id: ClientID = 7, address: String = "10.0.0.1",
        at now: ShownMoment = noonShown,
        state: String = "s"
    ) throws(ConsentLimit) -> (id: ConsentID, code: ConsentCode) {
        guard let request = try? AuthorizationRequest(query: query(["state": state]), client: app(id)) else {
            preconditionFailure("the request is right")
        }
        return try consents.open(
            request, cookie: cookie, client: app(id), account: operatorAccount, address: address, random: random,
            now: now)
    }

    private func openDevice(
        _ consents: inout PendingConsents, address: String = "10.0.0.1", at now: ShownMoment = noonShown
    ) throws(ConsentLimit) -> (id: ConsentID, code: ConsentCode) {
        try consents.open(
            device: TokenDigest(of: "device"), scope: .read, client: app(), account: operatorAccount, address: address,
            random: random, now: now)
    }

    @Test("the operator sees who asks for what from where, and not the code")
    func listed() throws {
        var consents = PendingConsents()
        let (id, code) = try open(&consents)
        let waiting = try #require(consents.waiting(noonShown).first)
        #expect(waiting.id == id && waiting.clientName == "App" && waiting.accountName == "operator")
        #expect(waiting.scope == .all && waiting.address == "10.0.0.1" && waiting.grant == .authorizationCode)
        #expect(waiting.redirectURI == "https://app.example/cb" && waiting.expiresAt == noon + .seconds(300))
        #expect(!String(describing: waiting).contains(code.description))
    }

    @Test("the right code lets in, once; its browser is sent the same answer until it has it, for a minute at most")
    func approved() throws {
        var consents = PendingConsents()
        let (id, code) = try open(&consents)
        guard case .waits(_, code) = consents.visit(id, cookie: cookie, now: noonShown) else {
            Issue.record("it should wait")
            return
        }
        #expect(try consents.approve(typed: code.description.lowercased(), now: noonShown).id == id)
        #expect(consents.waiting(noonShown).isEmpty)
        #expect(throws: FarmError.wrongCode) { try consents.approve(typed: code.description, now: noonShown) }
        guard case .approved(let request) = consents.visit(id, cookie: cookie, now: noonShown) else {
            Issue.record("it should be approved")
            return
        }
        #expect(request.state == "s")
        let response = AuthorizationResponse(redirectURI: request.redirectURI, state: "s", result: .code("c"))
        consents.answer(id, response, now: noonShown.steady)
        #expect(consents.visit(id, cookie: cookie, now: noonShown + .seconds(59)) == .answered(response))
        #expect(consents.visit(id, cookie: cookie, now: noonShown + .seconds(60)) == .gone)
    }

    @Test("a code denies as well as it approves")
    func deniedByCode() throws {
        var consents = PendingConsents()
        let (id, code) = try open(&consents)
        let denied = try consents.deny(typed: code.description.lowercased(), now: noonShown)
        #expect(denied.id == id && consents.waiting(noonShown).isEmpty)
        guard case .denied = consents.visit(id, cookie: cookie, now: noonShown) else {
            Issue.record("it should be denied")
            return
        }
        #expect(throws: FarmError.wrongCode) { try consents.deny(typed: code.description, now: noonShown) }
    }

    @Test("another browser learns nothing")
    func otherCookie() throws {
        var consents = PendingConsents()
        let (id, code) = try open(&consents)
        let other = TokenDigest(of: "other")
        #expect(consents.visit(id, cookie: other, now: noonShown) == .gone)
        _ = try consents.approve(typed: code.description, now: noonShown)
        #expect(consents.visit(id, cookie: other, now: noonShown) == .gone)
        guard case .approved = consents.visit(id, cookie: cookie, now: noonShown) else {
            Issue.record("the look of the other browser took it away")
            return
        }
    }

    @Test("denied, and out of time after five minutes, the browser is told so")
    func deniedAndLate() throws {
        var consents = PendingConsents()
        let first = try open(&consents).id
        #expect(try consents.deny(first, now: noonShown).id == first)
        #expect(throws: FarmError.noSuchConsent) { try consents.deny(first, now: noonShown) }
        guard case .denied = consents.visit(first, cookie: cookie, now: noonShown) else {
            Issue.record("it should be denied")
            return
        }
        let (second, code) = try open(&consents)
        let late = noonShown + .seconds(300)
        #expect(consents.waiting(late).isEmpty)
        #expect(throws: FarmError.wrongCode) { try consents.approve(typed: code.description, now: late) }
        guard case .unanswered = consents.visit(second, cookie: cookie, now: late) else {
            Issue.record("it should be out of time")
            return
        }
    }

    @Test("several requests of a client wait side by side, and each has its own answer")
    func several() throws {
        var consents = PendingConsents()
        let (first, code) = try open(&consents)
        let second = try open(&consents, at: noonShown + .seconds(10)).id
        let third = try open(&consents, address: "10.0.0.2", at: noonShown + .seconds(20)).id
        #expect(consents.waiting(noonShown + .seconds(20)).map(\.id) == [first, second, third])
        _ = try consents.deny(second, now: noonShown + .seconds(20))
        #expect(try consents.approve(typed: code.description, now: noonShown + .seconds(20)).id == first)
        #expect(consents.waiting(noonShown + .seconds(20)).map(\.id) == [third])
    }

    @Test("a source has three, an IPv6 /64 counts as one, and all together have 500")
    func limits() throws {
        var consents = PendingConsents()
        for id: ClientID in [1, 2, 2] { _ = try open(&consents, client: id) }
        #expect(throws: ConsentLimit.sourceWaits(seconds: 290)) {
            try open(&consents, client: 4, at: noonShown + .seconds(10))
        }
        for last in ["1", "ab", "ffff"] { _ = try open(&consents, address: "2001:db8:0:1:0:0:0:\(last)") }
        #expect(throws: ConsentLimit.sourceWaits(seconds: 300)) {
            try open(&consents, address: "2001:db8:0:1:8000:0:0:1")
        }
        for number in 7...500 { _ = try open(&consents, address: "2001:db8:1:\(String(number, radix: 16)):0:0:0:1") }
        #expect(throws: ConsentLimit.full(seconds: 300)) { try open(&consents, address: "10.0.0.2") }
        #expect(consents.waiting(noonShown).count == 500)
        #expect(throws: Never.self) { try open(&consents, address: "10.0.0.2", at: noonShown + .seconds(300)) }
    }

    @Test("after ten wrong codes none is looked at, the right one neither, until one is forgiven")
    func wrongCodes() throws {
        var consents = PendingConsents()
        let (_, code) = try open(&consents)
        for _ in 0..<10 {
            #expect(throws: FarmError.wrongCode) { try consents.approve(typed: "nonsense", now: noonShown) }
        }
        #expect(throws: FarmError.tooManyWrongCodes(retryAfterSeconds: 30)) {
            try consents.approve(typed: code.description, now: noonShown)
        }
        #expect(try consents.approve(typed: code.description, now: noonShown + .seconds(30)).clientID == 7)
    }

    @Test(
        "a clock that is set neither ends nor prolongs what waits; its times are shown as the clock goes now",
        arguments: [86_400, -86_400])
    func clockSet(seconds: Int64) throws {
        var consents = PendingConsents()
        let (id, code) = try open(&consents)
        let later = (noonShown + .seconds(299)).set(by: .seconds(seconds))
        #expect(consents.waiting(later).map(\.expiresAt) == [noon + .seconds(300 + seconds)])
        #expect(consents.waiting((noonShown + .seconds(300)).set(by: .seconds(seconds))).isEmpty)
        for _ in 0..<10 {
            #expect(throws: FarmError.wrongCode) { try consents.approve(typed: "nonsense", now: noonShown) }
        }
        let soon = noonShown.set(by: .seconds(seconds))
        #expect(throws: FarmError.tooManyWrongCodes(retryAfterSeconds: 30)) {
            try consents.approve(typed: code.description, now: soon)
        }
        #expect(try consents.approve(typed: code.description, now: soon + .seconds(30)).id == id)
    }

    @Test("a device is told pending, slow_down when it asks too often, and tokens when it is let in")
    func device() throws {
        var consents = PendingConsents()
        let (_, code) = try openDevice(&consents)
        let device = TokenDigest(of: "device")
        func ask(_ seconds: Double, client: ClientID = 7) -> DeviceAnswer {
            consents.ask(
                device: device, client: client, now: noonShown.steady + .milliseconds(Int(seconds * 1000)))
        }
        #expect(ask(0) == .pending)
        #expect(ask(4.2) == .pending, "a second is allowed for the network")
        #expect(ask(6) == .slowDown)
        #expect(ask(11) == .slowDown, "the interval is ten seconds now")
        #expect(ask(26) == .pending, "and fifteen now")
        #expect(ask(41, client: 8) == .unknown)
        #expect(consents.ask(device: TokenDigest(of: "other"), client: 7, now: noonShown.steady) == .unknown)
        #expect(try consents.approve(typed: code.description, now: noonShown + .seconds(42)).grant == .deviceCode)
        #expect(ask(43) == .approved(.read), "an answer is not held back")
    }

    @Test("a device whose code has run out, or that is denied, is told so")
    func deviceEnds() throws {
        var consents = PendingConsents()
        _ = try openDevice(&consents)
        let device = TokenDigest(of: "device")
        #expect(consents.ask(device: device, client: 7, now: noonShown.steady + .seconds(300)) == .expired)
        #expect(consents.ask(device: device, client: 7, now: noonShown.steady + .seconds(599)) == .expired)
        #expect(consents.ask(device: device, client: 7, now: noonShown.steady + .seconds(600)) == .unknown)
        var others = PendingConsents()
        let id = try openDevice(&others).id
        _ = try others.deny(id, now: noonShown)
        #expect(others.ask(device: device, client: 7, now: noonShown.steady) == .denied)
    }

    @Test("what is answered and never fetched is forgotten, and so is what a removed client asked for")
    func forgotten() throws {
        var consents = PendingConsents()
        let (id, code) = try open(&consents)
        _ = try consents.approve(typed: code.description, now: noonShown)
        consents.expire(noonShown.steady + .seconds(120))
        #expect(consents.visit(id, cookie: cookie, now: noonShown + .seconds(120)) == .gone)
        _ = try open(&consents, client: 9)
        consents.remove { $0 == 9 }
        #expect(consents.waiting(noonShown).isEmpty)
    }
}
