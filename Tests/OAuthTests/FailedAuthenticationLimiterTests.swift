import Farm
import OAuth
import Testing

@Suite("Guessing is slowed, RFC 6749 §2.3.1", .timeLimit(.minutes(20)))
struct FailedAuthenticationLimiterTests {
    private var limiter = FailedAuthenticationLimiter(burst: 3, secondsPerFailure: 10, capacity: 100)

    @Test("row 24: after the burst a failure is limited and told how long")
    mutating func burst() {
        for _ in 0..<3 { #expect(limiter.recordFailure(client: "a", address: "x", now: noon) == nil) }
        #expect(limiter.recordFailure(client: "a", address: "x", now: noon) == 10)
        #expect(limiter.recordFailure(client: "a", address: "x", now: noon + .seconds(4)) == 6)
        #expect(limiter.recordFailure(client: "a", address: "x", now: noon + .seconds(10)) == nil)
        #expect(limiter.recordFailure(client: "a", address: "x", now: noon + .seconds(10)) == 10)
    }

    @Test("row 24: another address and another client are not slowed")
    mutating func others() {
        for _ in 0..<9 { _ = limiter.recordFailure(client: "a", address: "x", now: noon) }
        #expect(limiter.recordFailure(client: "a", address: "y", now: noon) == nil)
        #expect(limiter.recordFailure(client: "b", address: "x", now: noon) == nil)
    }

    @Test("a success forgives")
    mutating func success() {
        for _ in 0..<9 { _ = limiter.recordFailure(client: "a", address: "x", now: noon) }
        limiter.recordSuccess(client: "a", address: "x")
        #expect(limiter.recordFailure(client: "a", address: "x", now: noon) == nil)
    }

    @Test("a clock that is set back frees nobody early and locks nobody out")
    mutating func clockBack() {
        for _ in 0..<4 { _ = limiter.recordFailure(client: "a", address: "x", now: noon) }
        #expect(limiter.recordFailure(client: "a", address: "x", now: noon - .seconds(3600)) == 10)
        #expect(limiter.recordFailure(client: "a", address: "x", now: noon - .seconds(3590)) == nil)
    }

    @Test("of a client's name 64 scalars are kept, also of one that is a single character to the eye")
    mutating func longNames() {
        func name(_ end: String) -> String { "e" + String(repeating: "\u{301}", count: 100) + end }
        for _ in 0..<3 { _ = limiter.recordFailure(client: name("\u{302}"), address: "x", now: noon) }
        #expect(limiter.recordFailure(client: name("\u{303}"), address: "x", now: noon) != nil)
        limiter.recordSuccess(client: name("\u{304}"), address: "x")
        #expect(limiter.count == 0)
    }

    @Test("a flood of made-up clients is forgotten in bounded memory, the newest last")
    mutating func bounded() {
        for number in 0..<5000 {
            _ = limiter.recordFailure(
                client: String(number) + String(repeating: "z", count: 1000), address: "x",
                now: noon + .milliseconds(number))
            #expect(limiter.count <= 100)
        }
        for _ in 0..<2 { _ = limiter.recordFailure(client: "last", address: "x", now: noon + .seconds(5)) }
        #expect(limiter.recordFailure(client: "last", address: "x", now: noon + .seconds(5)) == nil)
        #expect(limiter.recordFailure(client: "last", address: "x", now: noon + .seconds(5)) != nil)
    }
}
