import Farm
import GRDB
import Testing

@testable import Storage

@Suite("The webhook's outbox", .timeLimit(.minutes(20)))
struct OutboxTests {
    private let folder = TemporaryFolder()

    @Test("a notice comes back equal after the store was closed, untried and due at once")
    func roundTrip() throws {
        var store: SQLiteStore? = try folder.open()
        var bare = Sample.notice("b")
        bare.isWarning = false
        bare.isPrintPaused = false
        bare.endedAt = nil
        bare.frame = nil
        try store?.write([.notice(Sample.notice("a")), .notice(bare)])
        store = nil
        let again = try folder.open()
        let pending = try again.pendingNotices(after: 0, limit: 10)
        #expect(pending.map(\.notice) == [Sample.notice("a"), bare])
        #expect(pending.map(\.id) == [1, 2])
        #expect(pending.allSatisfy { $0.tries == 0 && $0.refusals == 0 && $0.nextTryAt == $0.notice.createdAt })
        #expect(try again.pendingNoticeCount() == 2)
        #expect(try again.pendingNotices(after: 1, limit: 10).map(\.id) == [2])
        #expect(try again.pendingNotices(after: 0, limit: 1).map(\.id) == [1])
    }

    @Test("what was tried is kept; what is delivered goes, and its id is never used again")
    func settle() throws {
        var store: SQLiteStore? = try folder.open()
        try store?.write([.notice(Sample.notice("a")), .notice(Sample.notice("b"))])
        var first = try #require(try store?.pendingNotices(after: 0, limit: 1).first)
        first.tries = 7
        first.refusals = 3
        first.nextTryAt = noon + .seconds(600)
        try store?.settle([.postpone(first), .remove(2), .remove(99)])
        store = nil
        let again = try folder.open()
        #expect(try again.pendingNotices(after: 0, limit: 10) == [first])
        try again.write([.notice(Sample.notice("c"))])
        #expect(try again.pendingNotices(after: 1, limit: 10).map(\.id) == [3])
    }

    @Test("a notice is written with the rows of its command, or not at all")
    func oneTransaction() throws {
        let store = try folder.open()
        #expect(throws: (any Error).self) {
            // The event names a print that does not exist.
            try store.write([.notice(Sample.notice("a")), .event(Sample.event())])
        }
        #expect(try store.pendingNoticeCount() == 0)
        try store.write(Sample.farm + [.event(Sample.event()), .notice(Sample.notice("a"))])
        #expect(try store.pendingNoticeCount() == 1)
    }

    @Test("a row that cannot be read holds up no other: it is removed, and that is said")
    func unreadable() throws {
        let warnings = Warnings()
        let store = try folder.open(warn: warnings.add)
        try store.write(["a", "b", "c", "d"].map { .notice(Sample.notice($0)) })
        try store.write(["a", "b", "c"].map { .notification(.queue(channel: "phone", Sample.notification($0))) })
        try store.change { database in
            try database.execute(sql: "UPDATE webhook_outbox SET event_type = 'Nonsense' WHERE id IN (2, 3)")
            try database.execute(sql: "UPDATE notify_outbox SET message = '{}' WHERE id = 2")
        }
        #expect(try store.pendingNotices(after: 0, limit: 1).map(\.notice.deliveryID) == ["a"])
        #expect(
            try store.pendingNotices(after: 1, limit: 2).map(\.notice.deliveryID) == ["d"], "a page of nothing else")
        #expect(try store.pendingNoticeCount() == 2)
        let queued = try store.queuedNotifications(of: "phone", after: 0, limit: 10).map(\.notification.deliveryID)
        #expect(queued == ["a", "c"])
        #expect(warnings.all.count == 3)
        let isSaid = warnings.all.contains {
            if case .rowLeftOut(let reason) = $0 { reason.contains("webhook_outbox") } else { false }
        }
        #expect(isSaid, "\(warnings.all)")
    }

    @Test("a notice outlives its print")
    func removedPrint() throws {
        let store = try folder.open()
        try store.write(Sample.farm + [.notice(Sample.notice("a"))])
        try store.write([.printer(Sample.printer())] + Sample.deletion)
        #expect(try store.pendingNotices(after: 0, limit: 10).map(\.notice) == [Sample.notice("a")])
    }
}
