import Farm
import FarmService
import Testing

@testable import API

@Suite("The journal of the event stream", .timeLimit(.minutes(20)))
struct EventJournalTests {
    private func event(_ audience: StreamEvent.Audience = .account(1), _ text: String = "{}") -> StreamEvent {
        StreamEvent(audience: audience, name: "printer", json: Array(text.utf8))
    }

    private func client(of account: AccountID) -> Caller {
        .client(
            AuthenticatedClient(
                tokenID: 1, clientID: 1, clientName: "app", accountID: account, scope: [.read],
                expiresAt: Timestamp(microseconds: .max)))
    }

    private func numbers(_ batch: EventJournal.Batch?) -> [UInt64]? {
        if case .events(let events, _) = batch { events.map(\.number) } else { nil }
    }

    @Test("whoever comes back to a place gets what followed it, in order, and nothing twice")
    func resume() {
        let journal = EventJournal()
        #expect(journal.begin() && !journal.begin())
        let start = journal.last
        journal.record([event(), event()])
        journal.record([event()])
        #expect(numbers(journal.batch(after: start, for: .administrator)) == [start + 1, start + 2, start + 3])
        #expect(numbers(journal.batch(after: start + 2, for: .administrator)) == [start + 3])
        #expect(journal.batch(after: start + 3, for: .administrator) == nil)
    }

    @Test("an account sees its own events alone; the administrator's alone are nobody else's")
    func accounts() {
        let journal = EventJournal()
        _ = journal.begin()
        let start = journal.last
        journal.record([event(.account(1)), event(.account(2)), event(.administrator), event(.everybody)])
        #expect(numbers(journal.batch(after: start, for: client(of: 2))) == [start + 2, start + 4])
        #expect(numbers(journal.batch(after: start, for: client(of: 3))) == [start + 4])
        #expect(numbers(journal.batch(after: start, for: .administrator))?.count == 4)
    }

    @Test("it keeps so many events and so many bytes, and tells a reader that fell behind that it has a gap")
    func bounds() {
        for limits in [
            EventJournal.Limits(entries: 8, bytes: 1000), EventJournal.Limits(entries: 1000, bytes: 80),
        ] {
            let journal = EventJournal(limits: limits)
            _ = journal.begin()
            let start = journal.last
            for _ in 0..<20 { journal.record([event(.account(1), "0123456789")]) }
            #expect(journal.last == start + 20)
            #expect(journal.batch(after: start, for: .administrator) == .gap(place: start + 20))
            let kept = numbers(journal.batch(after: start + 15, for: .administrator))
            #expect(kept == Array(start + 16...start + 20))
        }
    }

    @Test("a place that was never given, and one from before the journal was kept up anew, are gaps")
    func foreignPlaces() {
        let journal = EventJournal()
        _ = journal.begin()
        journal.record([event()])
        #expect(journal.batch(after: journal.last + 1, for: .administrator) == .gap(place: journal.last))
        let before = journal.last
        journal.end()
        #expect(journal.begin())
        #expect(journal.batch(after: before, for: .administrator) == .gap(place: journal.last))
    }

    @Test("readers are woken at once, by every change, and end with the journal; unread for long it ends itself")
    func wakes() async {
        let journal = EventJournal()
        _ = journal.begin()
        var wakes = journal.wakes(every: .seconds(3600)).stream.makeAsyncIterator()
        #expect(await wakes.next() == .news)
        journal.record([])
        #expect(await wakes.next() == .news)
        #expect(!journal.endIfUnwanted(at: .now + .seconds(3600)))
        journal.end()
        #expect(await wakes.next() == nil)
        _ = journal.begin()
        // The reader's end is noted by whoever ends it.
        while !journal.endIfUnwanted(at: .now + .seconds(3600)) { await Task.yield() }
        #expect(journal.begin())
    }

    @Test("a large batch comes in parts")
    func parts() {
        let journal = EventJournal(limits: .init(batchBytes: 25))
        _ = journal.begin()
        let start = journal.last
        journal.record(Array(repeating: event(.account(1), "0123456789"), count: 7))
        #expect(numbers(journal.batch(after: start, for: .administrator))?.count == 3)
    }
}
