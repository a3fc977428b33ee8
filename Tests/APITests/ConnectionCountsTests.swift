import Synchronization
import Testing

@testable import API

@Suite("Who makes room when every connection is taken", .timeLimit(.minutes(20)))
struct ConnectionCountsTests {
    /// Which connections were ended.
    private final class Ended: Sendable {
        private let numbers = Mutex<[Int]>([])
        func note(_ number: Int) { numbers.withLock { $0.append(number) } }
        var all: [Int] { numbers.withLock { $0 } }
    }

    private func counts(_ connections: Int, perAddress: Int = 100) -> ConnectionCounts {
        var limits = ServerLimits()
        limits.connections = connections
        limits.connectionsPerAddress = perAddress
        return ConnectionCounts(limits: limits)
    }

    @Test("the oldest half-open one, then the one idle for longest, then the oldest without a token; none with a token")
    func order() throws {
        let (counts, ended) = (counts(5), Ended())
        var places: [ConnectionCounts.Place] = []
        for number in 0..<5 {
            places.append(try #require(counts.enter("192.0.2.\(number)") { ended.note(number) }))
        }
        counts.set(.busy, of: places[0])
        counts.set(.anonymous, of: places[1])
        counts.set(.idle, of: places[2])
        var expected: [Int] = []
        for victim in [3, 4, 2, 1] {
            let place = try #require(counts.enter("198.51.100.1") { ended.note(99) })
            counts.set(.busy, of: place)
            expected.append(victim)
            #expect(ended.all == expected)
        }
        #expect(counts.enter("198.51.100.1") {} == nil)
        counts.leave(places[3])
        #expect(counts.enter("198.51.100.1") {} == nil, "the place of one that was ended is given away once")
        counts.leave(places[0])
        #expect(counts.enter("198.51.100.1") {} != nil)
    }

    @Test("a source that has enough gives up its own half-open ones only; an IPv6 /64 is one source")
    func perSource() throws {
        let (counts, ended) = (counts(100, perAddress: 2), Ended())
        let first = try #require(counts.enter("2001:db8:0:1:0:0:0:1") { ended.note(1) })
        _ = counts.enter("192.0.2.1") { ended.note(9) }
        _ = counts.enter("2001:db8:0:1:0:0:0:2") { ended.note(2) }
        counts.set(.idle, of: first)
        let third = try #require(counts.enter("2001:db8:0:1:ffff:0:0:3") { ended.note(3) })
        #expect(ended.all == [2])
        counts.set(.idle, of: third)
        #expect(counts.enter("2001:db8:0:1:0:0:0:4") {} == nil)
        #expect(counts.enter("2001:db8:0:2:0:0:0:4") {} != nil)
    }

    @Test("a proxy's connections are never ended for others, and count for the client that it names")
    func proxy() throws {
        let (counts, ended) = (counts(2, perAddress: 1), Ended())
        let proxy = try #require(counts.enter(nil) { ended.note(1) })
        let second = try #require(counts.enter(nil) { ended.note(2) })
        #expect(counts.move(proxy, to: "192.0.2.1") && !counts.move(second, to: "192.0.2.1"))
        counts.set(.idle, of: proxy)
        #expect(counts.enter("198.51.100.1") {} == nil && ended.all.isEmpty)
        counts.leave(proxy)
        #expect(counts.move(second, to: "192.0.2.1"))
    }
}
