import Testing
import WireTestSupport

@testable import Wire

@Suite("Which addresses may be dialled", .timeLimit(.minutes(20)))
struct AddressRuleTests {
    @Test(
        "a machine's address may",
        arguments: ["192.168.1.20", "127.0.0.1", "10.0.0.1", "169.254.7.7", "fe80::1", "::1"])
    func machines(address: String) {
        #expect(AddressRule.approved.allows(address))
    }

    @Test(
        "what cannot be a machine may not, in no spelling",
        arguments: [
            "0.0.0.0", "0.1.2.3", "224.0.0.251", "255.255.255.255", "240.0.0.1", "169.254.169.254", "::", "ff02::fb",
            "::ffff:169.254.169.254", "::ffff:0.0.0.0", "fd00:ec2::254", "", "localhost",
        ])
    func others(address: String) {
        #expect(!AddressRule.approved.allows(address))
    }

    @Test("an address that a machine names must be its own")
    func only() {
        let rule = AddressRule.only(["192.168.1.20"])
        #expect(rule.allows("192.168.1.20"))
        #expect(!rule.allows("192.168.1.21"))
        #expect(!rule.allows("127.0.0.1"))
    }

    @Test("a name that leads to an address outside the rule is not dialled")
    func notDialled() async {
        let route = Route(to: Endpoint(host: "localhost", port: 1, isSecure: false), rule: .only(["192.0.2.1"]))
        do {
            _ = try await HTTPSession(route).send(HTTPRequest(.get, "/"), timeout: .ample)
            Issue.record("it was dialled")
        } catch {
            guard case .addressNotAllowed = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("a name that nobody knows says so")
    func unknownName() async {
        let route = Route(to: Endpoint(host: "no-such-printer.invalid", port: 80, isSecure: false))
        await #expect(throws: WireError.nameNotFound(host: "no-such-printer.invalid")) {
            _ = try await HTTPSession(route).send(HTTPRequest(.get, "/"), timeout: .ample)
        }
    }

    @Test("the Host header brackets IPv6 and leaves out the standard port")
    func authority() {
        #expect(Endpoint(host: "fe80::1", port: 80, isSecure: false).authority == "[fe80::1]")
        #expect(Endpoint(host: "octopi", port: 443, isSecure: true).authority == "octopi")
        #expect(Endpoint(host: "octopi", port: 443, isSecure: false).authority == "octopi:443")
    }
}

@Suite("Waiting between attempts", .timeLimit(.minutes(20)))
struct ReconnectBackoffTests {
    @Test("1, 2, 4, 8, 16, 30, 30 s, a quarter less and more")
    func series() {
        var middle = ReconnectBackoff(), low = ReconnectBackoff(), high = ReconnectBackoff()
        let seconds = [1.0, 2, 4, 8, 16, 30, 30]
        #expect(seconds.map { _ in middle.next(random: 0.5) } == seconds.map { .seconds($0) })
        #expect(seconds.map { _ in low.next(random: 0) } == seconds.map { .seconds($0 * 0.75) })
        #expect(seconds.map { _ in high.next(random: 1) } == seconds.map { .seconds($0 * 1.25) })
    }

    @Test("the first success begins the series again")
    func reset() {
        var backoff = ReconnectBackoff()
        for _ in 0..<9 { _ = backoff.next(random: 0) }
        backoff.reset()
        #expect(backoff.next(random: 0.5) == .seconds(1))
    }
}
