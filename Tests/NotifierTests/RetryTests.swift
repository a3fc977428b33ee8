import Farm
import Testing

@testable import Notifier

private let noon = Timestamp(secondsSince1970: 1_800_000_000)

private func pending(_ id: Int64, printer: PrinterID = 1, after seconds: Int64 = 0) -> PendingNotice {
    let moment = noon + .seconds(seconds)
    return PendingNotice(
        id: NoticeID(id),
        notice: WebhookNotice(
            deliveryID: "\(id)", kind: .started, printerID: printer, printerName: "mk3", printID: PrintID(id),
            filename: "a.gcode", startedAt: moment, createdAt: moment),
        tries: 0, refusals: 0, nextTryAt: moment)
}

extension RetryQueue<PendingNotice> {
    fileprivate init(_ notices: [PendingNotice], policy: DeliveryPolicy = DeliveryPolicy()) {
        self.init(policy: policy)
        _ = add(notices)
    }

    /// The id that is sent now; nil when none is.
    fileprivate mutating func due(at now: Timestamp) -> Int64? {
        guard case .deliver(let pending) = next(at: now) else { return nil }
        return pending.id.rawValue
    }

    /// Tries what is due until something is postponed no more, and says after which seconds that was.
    fileprivate mutating func tries(_ outcome: DeliveryOutcome, jitter: Double, count: Int) -> [Double] {
        var now = noon
        var moments: [Double] = []
        while moments.count < count {
            switch next(at: now) {
            case .deliver(let pending):
                moments.append(now.seconds(since: noon))
                _ = take(outcome, of: pending.id, at: now, jitter: jitter)
            case .wait(let moment): now = moment
            case .idle: return moments
            }
        }
        return moments
    }
}

/// What the webhook makes of an answer.
private func answered(status: Int, retryAfterSeconds: Int?) -> DeliveryOutcome {
    struct Nothing: WebhookOutbox {
        func pendingNotices(after id: NoticeID, limit: Int) -> [PendingNotice] { [] }
        func pendingNoticeCount() -> Int { 0 }
        func settle(_ changes: [OutboxChange<PendingNotice>]) {}
    }
    let route = NoticeRoute(
        target: WebhookTarget(url: "https://hooks.example.org/")!, outbox: Nothing(), pictureAddress: { _, _ in "" })
    return route.outcome(.http(status: status, retryAfterSeconds: retryAfterSeconds, body: []))
}

@Suite("When a notice is tried again", .timeLimit(.minutes(20)))
struct RetryTests {
    private let refused = answered(status: 500, retryAfterSeconds: nil)
    private let taken = answered(status: 204, retryAfterSeconds: nil)
    private let unreachable = DeliveryOutcome.unreachable(reason: "no connection")

    @Test("the waits double from one second to ten minutes")
    func schedule() {
        var queue = RetryQueue<PendingNotice>([pending(1)])
        #expect(
            queue.tries(refused, jitter: 1, count: 13)
                == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 1623, 2223])
    }

    @Test("jitter takes up to half of a wait away")
    func jitter() {
        var queue = RetryQueue<PendingNotice>([pending(1)])
        #expect(queue.tries(refused, jitter: 0, count: 4) == [0, 0.5, 1.5, 3.5])
    }

    @Test("after a day a notice is given up, whatever comes last")
    func aDay() {
        var queue = RetryQueue<PendingNotice>([pending(1), pending(2, after: 60)])
        _ = queue.take(refused, of: 1, at: noon, jitter: 1)
        #expect(queue.expire(at: noon + .seconds(86_399)).isEmpty)
        #expect(queue.expire(at: noon + .seconds(86_400)).map(\.id) == [1])
        #expect(queue.items.map(\.id) == [2])
        let far = answered(status: 503, retryAfterSeconds: 1_000_000)
        _ = queue.take(far, of: 2, at: noon + .seconds(60), jitter: 1)
        #expect(queue.next(at: noon + .seconds(61)) == .wait(until: noon + .seconds(86_460)))
    }

    @Test("a message grows old by the time that nobody can set; a wait that no schedule gives is over at once")
    func setClock() {
        let beginning = SteadyTime(microseconds: 5_000_000)
        var notification = someNotification()
        notification.createdAt = noon
        notification.createdSteady = beginning
        let message = QueuedNotification(id: 1, channel: "phone", notification: notification, nextTryAt: noon)
        var queue = RetryQueue<QueuedNotification>()
        _ = queue.add([message])
        let year = Duration.seconds(31_536_000)
        #expect(queue.expire(at: noon + year, steady: beginning + .seconds(60)).isEmpty, "set forward")
        _ = queue.take(refused, of: 1, at: noon, jitter: 1)
        #expect(queue.next(at: noon, steady: beginning) == .wait(until: noon + .seconds(1)))
        #expect(queue.expire(at: noon - year, steady: beginning + .seconds(86_400)).map(\.id) == [1], "set back")
        // Set back while farmtop was not running: what the row says is a year away.
        var later = RetryQueue<QueuedNotification>()
        _ = later.add([message])
        guard case .deliver = later.next(at: noon - year, steady: beginning + .seconds(60)) else {
            Issue.record("it waits")
            return
        }
    }

    @Test("the notices of one printer keep their order; those of others go past one that waits")
    func order() {
        var queue = RetryQueue<PendingNotice>([pending(1), pending(2), pending(3, printer: 7)])
        #expect(queue.due(at: noon) == 1)
        _ = queue.take(refused, of: 1, at: noon, jitter: 1)
        #expect(queue.due(at: noon) == 3)
        _ = queue.take(taken, of: 3, at: noon, jitter: 1)
        #expect(queue.next(at: noon) == .wait(until: noon + .seconds(1)))
        #expect(queue.due(at: noon + .seconds(1)) == 1)
        _ = queue.take(taken, of: 1, at: noon + .seconds(1), jitter: 1)
        #expect(queue.due(at: noon + .seconds(1)) == 2)
    }

    @Test("a notice that is refused again and again steps aside after five times")
    func poisoned() {
        var queue = RetryQueue<PendingNotice>([pending(1), pending(2)])
        var now = noon
        for _ in 1...5 {
            guard case .deliver(let first) = queue.next(at: now) else { break }
            #expect(first.id == 1)
            _ = queue.take(refused, of: 1, at: now, jitter: 1)
            if case .wait(let moment) = queue.next(at: now) { now = moment }
        }
        #expect(queue.due(at: now) == 2)
        _ = queue.take(taken, of: 2, at: now, jitter: 1)
        #expect(queue.items.map(\.id) == [1])
    }

    @Test("while nobody can be reached nothing is sent, and nothing steps aside")
    func unreachableReceiver() {
        var queue = RetryQueue<PendingNotice>([pending(1), pending(2, printer: 7)])
        #expect(queue.tries(unreachable, jitter: 1, count: 5) == [0, 1, 3, 7, 15])
        #expect(queue.items.map(\.refusals) == [0, 0])
        let now = noon + .seconds(100)
        _ = queue.take(taken, of: 1, at: now, jitter: 1)
        #expect(queue.due(at: now) == 2)
    }

    @Test("Retry-After of 429 and 503 is a pause for all, of others for the one; it never shortens a wait")
    func retryAfter() {
        for status in [429, 503] {
            var queue = RetryQueue<PendingNotice>([pending(1), pending(2, printer: 7)])
            _ = queue.take(answered(status: status, retryAfterSeconds: 120), of: 1, at: noon, jitter: 1)
            #expect(queue.next(at: noon) == .wait(until: noon + .seconds(120)))
        }
        var queue = RetryQueue<PendingNotice>([pending(1), pending(2, printer: 7)])
        _ = queue.take(answered(status: 500, retryAfterSeconds: 120), of: 1, at: noon, jitter: 1)
        #expect(queue.due(at: noon) == 2)
        #expect(queue.items[0].nextTryAt == noon + .seconds(120))
        _ = queue.take(answered(status: 500, retryAfterSeconds: 0), of: 2, at: noon, jitter: 1)
        #expect(queue.items[1].nextTryAt == noon + .seconds(1))
    }

    @Test(
        "what another try cannot mend is dropped; what a change elsewhere can mend is tried again",
        arguments: [
            (400, true), (405, true), (410, true), (413, true), (422, true), (401, false), (403, false), (404, false),
            (408, false), (425, false), (429, false), (301, false), (500, false), (599, false), (101, false),
        ])
    func refusals(status: Int, isDropped: Bool) throws {
        var queue = RetryQueue<PendingNotice>([pending(1)])
        let taken = queue.take(answered(status: status, retryAfterSeconds: nil), of: 1, at: noon, jitter: 1)
        let found = try #require(taken)
        #expect((found.verdict.change(found.pending) == .remove(1)) == isDropped)
        #expect(queue.items.isEmpty == isDropped)
    }

    @Test("once the receiver is known to be there nothing waits any longer")
    func backAgain() {
        var queue = RetryQueue<PendingNotice>([pending(1), pending(2)])
        _ = queue.take(answered(status: 503, retryAfterSeconds: 3600), of: 1, at: noon, jitter: 1)
        queue.tryAllNow(noon + .seconds(5))
        #expect(queue.due(at: noon + .seconds(5)) == 1)
    }

    @Test("a clock that is set back makes nobody wait for the old time to come again")
    func clockBack() {
        let earlier = noon - .seconds(7200)
        var queue = RetryQueue<PendingNotice>([pending(1), pending(2)])
        _ = queue.take(unreachable, of: 1, at: noon, jitter: 1)
        #expect(queue.next(at: noon) == .wait(until: noon + .seconds(1)))
        #expect(queue.due(at: earlier) == 1)
        _ = queue.take(refused, of: 1, at: earlier, jitter: 1)
        #expect(queue.next(at: earlier) == .wait(until: earlier + .seconds(1)))
    }

    @Test("beyond the capacity the oldest go")
    func capacity() {
        var policy = DeliveryPolicy()
        policy.capacity = 2
        var queue = RetryQueue<PendingNotice>(policy: policy)
        #expect(queue.add([pending(1), pending(2)]).isEmpty)
        #expect(queue.add([pending(3)]).map(\.id) == [1])
        #expect(queue.items.map(\.id) == [2, 3])
    }

    @Test(
        "Retry-After is seconds or a date",
        arguments: [
            ("120", 120), ("0", 0), ("Fri, 15 Jan 2027 08:00:10 GMT", 10), ("Fri, 15 Jan 2027 07:59:00 GMT", 0),
            ("Tue, 29 Feb 2028 00:00:00 GMT", 35_395_200), ("", nil), ("-1", nil), ("soon", nil), ("1.5", nil),
            ("99999999999", nil), ("Fri, 32 Jan 2027 08:00:10 GMT", nil), ("Fri, 15 Jan 2027 08:00:10 CET", nil),
        ])
    func retryAfterText(text: String, seconds: Int?) { #expect(RetryAfter.seconds(text, now: noon) == seconds) }
}
