import Farm
import Synchronization
import Testing
import WireSchema

@testable import FarmClient

@Suite("What is known of a farm elsewhere, on its way to the screen", .timeLimit(.minutes(20)))
struct KnownFarmTests {
    @Test("changes that come one after another are put together; the first and the last are shown")
    func together() async throws {
        let known = KnownFarm(RemoteFarmState(address: "", clientName: "app"))
        let (shown, continuation) = AsyncStream<FarmSnapshot>.makeStream()
        let count = Mutex(0)
        try await known.showing({ snapshot in
            count.withLock { $0 += 1 }
            continuation.yield(snapshot)
        }) { changed in
            changed()
            var snapshots = shown.makeAsyncIterator()
            let first = await snapshots.next()
            #expect(first?.events.isEmpty == true)
            for id in 1...1000 {
                known.change { $0.add([event(EventID(Int64(id)))]) }
                changed()
            }
            while let snapshot = await snapshots.next(), snapshot.events.last?.id != 1000 {}
        }
        // A thousand changes do not take a thousand times the shortest rest.
        #expect(count.withLock { $0 } < 500)
    }

    @Test("what was said just before the connection ended is still shown")
    func end() async throws {
        let known = KnownFarm(RemoteFarmState(address: "", clientName: "app"))
        let last = Mutex<FarmSnapshot?>(nil)
        try await known.showing({ snapshot in last.withLock { $0 = snapshot } }) { changed in
            known.change { $0.add([event(7)]) }
            changed()
        }
        #expect(last.withLock { $0?.events.map(\.id) } == [7])
    }

    private func event(_ id: EventID) -> ToldEvent {
        ToldEvent(
            FarmEvent(
                id: id, kind: .started, severity: .info, title: "", text: "", createdAt: Timestamp(microseconds: 0),
                accountID: 0, printerID: 1, printID: nil), imageURL: nil)
    }
}
