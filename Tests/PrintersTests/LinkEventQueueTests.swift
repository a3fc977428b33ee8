import Farm
import Foundation
import Synchronization
import Testing
import Text
import WireTestSupport

@testable import Printers

@Suite("What a link has told and nobody has read", .timeLimit(.minutes(20)))
struct LinkEventQueueTests {
    private func reading(_ state: MachineState) -> LinkEvent { .reading(PrinterReading(state: state, at: now)) }

    private func all(_ queue: LinkEventQueue) async -> [LinkEvent] {
        queue.finish()
        var found: [LinkEvent] = []
        for await event in queue.stream { found.append(event) }
        return found
    }

    @Test("of readings the newest is kept; what else was told stays, in its order")
    func newest() async {
        let queue = LinkEventQueue()
        queue.put(.abilities(.job))
        queue.put(reading(.idle))
        queue.put(.said("File selected"))
        queue.put(reading(.printing))
        #expect(await all(queue) == [.abilities(.job), .said("File selected"), reading(.printing)])
    }

    @Test("abilities are told when they change, and a machine that talks without end is kept short")
    func bounded() async {
        let queue = LinkEventQueue()
        for number in 0..<1000 {
            queue.put(.abilities(.job))
            queue.put(.said("\(number)"))
        }
        let found = await all(queue)
        #expect(found.count == 101)
        #expect(found.last == .said("999"))
    }

    @Test("a reading that grows old is stale once; offline is said once and needs no stale after it")
    func stale() async throws {
        let queue = LinkEventQueue()
        let short = Duration.milliseconds(50)
        let age = Mutex((limit: short, asked: 0))
        let watching = Task {
            await queue.watchAge {
                age.withLock { age in
                    age.asked += 1
                    return age.limit
                }
            }
        }
        queue.put(reading(.idle))
        var iterator = queue.stream.makeAsyncIterator()
        #expect(await iterator.next() == reading(.idle))
        #expect(await iterator.next() == .stale)
        // The next reading is not to grow old before it is followed by the word offline.
        age.withLock { $0 = (.ample, 0) }
        while age.withLock({ $0.asked }) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        queue.put(reading(.printing))
        queue.put(.offline(.connectionLost))
        queue.put(.offline(.connectionLost))
        age.withLock { $0.limit = short }
        // The age is asked for each second, and this is longer: no stale may come now.
        try await Task.sleep(for: .milliseconds(1500))
        watching.cancel()
        await watching.value
        #expect(await all(queue) == [reading(.printing), .offline(.connectionLost)])
    }
}

@Suite("What is written into requests", .timeLimit(.minutes(20)))
struct RequestTextTests {
    @Test("what was typed into a name does not leave its place in a path")
    func percent() {
        #expect(PercentEncoding.path("batch 7/Käfer & co?#%.gcode") == "batch%207/K%C3%A4fer%20%26%20co%3F%23%25.gcode")
        #expect(PercentEncoding.component("a/b&c=d") == "a%2Fb%26c%3Dd")
    }

    @Test(
        "a redirect is followed within the server, and nowhere else",
        arguments: [
            ("/new?a=b", "/new?a=b"), ("http://10.0.0.5:5000/new", "/new"), ("http://10.0.0.5/new", nil),
            ("https://10.0.0.5:5000/new", nil), ("http://10.0.0.6:5000/new", nil), ("//10.0.0.6/new", nil),
            ("new", nil), ("/new HTTP/1.1", nil), ("", nil),
        ] as [(String, String?)])
    func redirects(location: String, target: String?) throws {
        let server = try WebAddress.parse("http://10.0.0.5:5000").address
        #expect(Redirect.target(location, from: server) == target)
    }

    @Test("JSON goes out as it came in")
    func writing() throws {
        let text = #"{"a":[1,2.5,true,null],"b":"line\n\"quote\" \\ Käfer"}"#
        #expect(try json(text).encoded == text)
    }
}
