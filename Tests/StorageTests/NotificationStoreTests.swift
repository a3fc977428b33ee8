import Farm
import Storage
import Testing

@Suite("What channels have told, and their outbox", .timeLimit(.minutes(20)))
struct NotificationStoreTests {
    private let folder = TemporaryFolder()

    @Test("occasions, tellings and the last hour's messages come back equal after the store was closed")
    func roundTrip() throws {
        let steady = SteadyTime(microseconds: noon.microseconds)
        var telling = Telling(at: steady)
        telling.count = 3
        telling.isEscalated = true
        var bare = Occasion(
            id: 5, topic: .disk, severity: .critical, text: "full", openedAt: noon, openedSteady: steady)
        bare.relapses = 0
        var store: SQLiteStore? = try folder.open()
        try store?.write([
            .notification(.occasion(Sample.occasion())), .notification(.occasion(bare)),
            .notification(.telling(channel: "phone", Sample.occasion().id, telling)),
            .notification(.sent(channel: "phone", [steady, steady + .seconds(5)])),
            .notification(.sent(channel: "chat", [])),
        ])
        store = nil
        let stored = try folder.open().loadAll(since: noon).notifications
        #expect(stored.occasions == [bare, Sample.occasion()])
        #expect(stored.ledgers["phone"]?.tellings == [Sample.occasion().id: telling])
        #expect(stored.ledgers["phone"]?.sent == [steady, steady + .seconds(5)])
        #expect(stored.ledgers["chat"] == ChannelLedger())
    }

    @Test("what was told of an occasion goes with it")
    func removed() throws {
        let store = try folder.open()
        let steady = SteadyTime(microseconds: 5)
        try store.write([
            .notification(.occasion(Sample.occasion())),
            .notification(.telling(channel: "phone", Sample.occasion().id, Telling(at: steady))),
        ])
        try store.write([.notification(.removeOccasion(Sample.occasion().id))])
        #expect(try store.loadAll(since: noon).notifications == StoredNotifications())
    }

    @Test("messages come back in their order, by channel; what is delivered goes, and what was tried is kept")
    func outbox() throws {
        var store: SQLiteStore? = try folder.open()
        try store?.write([
            .notification(.queue(channel: "phone", Sample.notification("a"))),
            .notification(.queue(channel: "chat", Sample.notification("b"))),
            .notification(.queue(channel: "phone", Sample.notification("c"))),
        ])
        var first = try #require(try store?.queuedNotifications(of: "phone", after: 0, limit: 1).first)
        first.tries = 4
        first.refusals = 3
        first.nextTryAt = noon + .seconds(600)
        try store?.settle([.postpone(first), .remove(2), .remove(99)])
        store = nil
        let again = try folder.open()
        let waiting = try again.queuedNotifications(of: "phone", after: 0, limit: 10)
        #expect(waiting.first == first)
        #expect(waiting.map(\.notification) == [Sample.notification("a"), Sample.notification("c")])
        #expect(try again.queuedNotificationCounts() == ["phone": 2])
        #expect(try again.queuedNotifications(of: "phone", after: 1, limit: 10).map(\.id) == [3])
        try again.removeQueuedNotifications(of: "phone")
        #expect(try again.queuedNotificationCounts() == [:])
    }

    @Test("a message is written with the rows of its command, or not at all")
    func oneTransaction() throws {
        let store = try folder.open()
        #expect(throws: (any Error).self) {
            // The event names a print that does not exist.
            try store.write([.notification(.queue(channel: "phone", Sample.notification())), .event(Sample.event())])
        }
        #expect(try store.queuedNotificationCounts() == [:])
    }
}
