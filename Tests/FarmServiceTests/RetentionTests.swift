import Farm
import Logging
import Synchronization
import Testing

@testable import FarmService

@Suite("What is pruned, and when", .timeLimit(.minutes(20)))
struct RetentionScheduleTests {
    @Test("a round goes through every subject, a cut-off batch again, and then ends")
    func round() {
        var schedule = RetentionSchedule()
        var seen: [RetentionSubject] = []
        var batches = 0
        while case .prune(let subject) = schedule.next(isClockSteady: true) {
            seen.append(subject)
            batches += 1
            schedule.finish(subject, hasMore: batches == 1)
        }
        #expect(seen == [.pictures] + RetentionSubject.allCases)
        #expect(schedule.next(isClockSteady: true) == .prune(.pictures), "the next round begins")
    }

    @Test("while the clock cannot be believed only what is too large goes")
    func wrongClock() {
        var schedule = RetentionSchedule()
        var seen: [RetentionSubject] = []
        while case .prune(let subject) = schedule.next(isClockSteady: false) {
            seen.append(subject)
            schedule.finish(subject, hasMore: false)
        }
        #expect(seen == [.pictures, .oldestPredictions])
    }

    @Test("the store rests at least four times as long as it worked")
    func rest() {
        #expect(RetentionSchedule.rest(after: .milliseconds(100)) == .milliseconds(400))
        #expect(RetentionSchedule.rest(after: .zero) == .milliseconds(20))
    }

    @Test("the oldest pictures go until the size is right; snapshots stay")
    func pictures() {
        let pictures = (Int64(1)...4).map { KeptPicture(key: FrameKey(printID: 1, number: $0), bytes: 100) }
        func numbers(_ excess: Int64, sparing spared: Set<FrameKey> = []) -> [Int64] {
            picturesToRemove(pictures, excess: excess, sparing: spared).map(\.key.number)
        }
        #expect(numbers(0) == [])
        #expect(numbers(101) == [1, 2])
        #expect(numbers(101, sparing: [pictures[0].key]) == [2, 3])
        #expect(numbers(1000, sparing: [pictures[3].key]) == [1, 2, 3])
    }
}

@Suite("A clock that somebody sets", .timeLimit(.minutes(20)))
struct ClockWatchTests {
    @Test("it is believed after an hour without a jump, and after each jump anew")
    func steady() {
        let start = Timestamp(secondsSince1970: 1_800_000_000)
        var watch = ClockWatch()
        func look(_ seconds: Int64, off: Int64 = 0) -> ClockWatch.Observation {
            watch.observe(wall: start + .seconds(seconds + off), elapsed: .seconds(seconds))
        }
        #expect(look(0) == .runs)
        #expect(!watch.isSteady)
        #expect(look(3599) == .runs)
        #expect(!watch.isSteady)
        #expect(look(3600) == .runs)
        #expect(watch.isSteady)
        #expect(look(3601, off: 86_400) == .wasSet(bySeconds: 86_400))
        #expect(!watch.isSteady)
        #expect(look(3602, off: 86_400) == .runs)
        #expect(look(3603) == .wasSet(bySeconds: -86_400))
        #expect(look(7202) == .runs)
        #expect(!watch.isSteady)
        #expect(look(7203) == .runs)
        #expect(watch.isSteady)
    }

    @Test("a correction of a few seconds by a time server is no jump")
    func slewing() {
        let start = Timestamp(secondsSince1970: 1_800_000_000)
        var watch = ClockWatch()
        for second in 0...4000 as ClosedRange<Int64> {
            let wall = start + .seconds(second) + .milliseconds(second % 2 == 0 ? 0 : 4000)
            #expect(watch.observe(wall: wall, elapsed: .seconds(second)) == .runs)
        }
        #expect(watch.isSteady)
    }
}

/// Remembers what it was asked, and has so much of everything.
private final class ScriptedRetentionStore: RetentionStore {
    struct Refusal: Error {}
    let calls = Mutex<[String]>([])
    let events = Mutex(0)
    let bytes = Mutex<Int64>(0)
    let failing = Mutex(false)

    private func note(_ call: String) throws {
        calls.withLock { $0.append(call) }
        if failing.withLock({ $0 }) { throw Refusal() }
    }
    func removeOrphanPictures() throws -> Int {
        try note("orphans")
        return 0
    }
    func framePictureBytes() throws -> Int64 { bytes.withLock { $0 } }
    func oldestFramePictures(after key: FrameKey?, limit: Int) throws -> [KeptPicture] {
        try note("pictures after \(key?.number ?? 0)")
        return (Int64(1)...5).map { KeptPicture(key: FrameKey(printID: 1, number: $0), bytes: 10) }
            .filter { $0.key.number > key?.number ?? 0 }
    }
    func printToThin(endedBefore moment: Timestamp) throws -> PrintID? {
        try note("thin before \(moment)")
        return nil
    }
    func thinPredictions(of print: PrintID, from frame: Int64, limit: Int) throws -> Int64? { nil }
    func removeOldestPredictions(ofPrintsEndedBefore moment: Timestamp, limit: Int) throws -> Int { 0 }
    func databaseBytes() throws -> Int64 { 0 }
    func removeEvents(before moment: Timestamp, sparingNewest spared: Int, limit: Int) throws -> Int {
        try note("events before \(moment) but \(spared)")
        return events.withLock { count in
            let going = min(count, limit)
            count -= going
            return going
        }
    }
    func removeEvents(sparingNewest spared: Int, limit: Int) throws -> Int { 0 }
    func removeTokens(endedBefore moment: Timestamp, sparingNewest spared: Int, limit: Int) throws -> Int { 0 }
    func removeTokenFamilies(endedBefore moment: Timestamp, limit: Int) throws -> Int { 0 }
}

@Suite("Retention at work", .timeLimit(.minutes(20)))
struct RetentionTests {
    private let store = ScriptedRetentionStore()

    private func round(_ retention: Retention, _ limits: RetentionLimits) async {
        var steps = 0
        while await retention.step() != limits.interval && steps < 100 { steps += 1 }
    }

    @Test("orphans go once, at the start; ages count only when the clock has run for an hour")
    func ages() async throws {
        let farm = try await TestFarm()
        let limits = RetentionLimits()
        let retention = Retention(service: farm.service, store: store, limits: limits)
        await farm.service.tick()
        await round(retention, limits)
        #expect(store.calls.withLock { $0 } == ["orphans"])
        farm.clock.advance(by: .seconds(3600))
        await farm.service.tick()
        await round(retention, limits)
        let now = farm.clock.now
        #expect(
            store.calls.withLock { $0 } == [
                "orphans", "thin before \(now - .seconds(30 * 86_400))",
                "events before \(now - .seconds(365 * 86_400)) but 200",
            ])
    }

    @Test("a clock set a year forward removes nothing")
    func clockSetForward() async throws {
        let farm = try await TestFarm()
        let limits = RetentionLimits()
        let retention = Retention(service: farm.service, store: store, limits: limits)
        await farm.service.tick()
        farm.clock.advance(by: .seconds(7200))
        await farm.service.tick()
        farm.clock.set(by: .seconds(400 * 86_400))
        await farm.service.tick()
        await round(retention, limits)
        #expect(store.calls.withLock { $0 } == ["orphans"])
    }

    @Test("a long tail goes batch by batch with a rest between, in one round")
    func batches() async throws {
        let farm = try await TestFarm()
        let limits = RetentionLimits()
        let retention = Retention(service: farm.service, store: store, limits: limits)
        await farm.service.tick()
        farm.clock.advance(by: .seconds(3600))
        await farm.service.tick()
        store.events.withLock { $0 = 1200 }
        await round(retention, limits)
        #expect(store.calls.withLock { $0.count { $0.hasPrefix("events") } } == 3)
        #expect(store.events.withLock { $0 } == 0)
    }

    @Test("pictures over the limit go through the farm, which forgets them; a printer's snapshot stays")
    func pictures() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        try await farm.frames(5, score: 0)
        #expect(farm.store.rows.pictures.count == 5)
        var limits = RetentionLimits()
        limits.pictureBytes = 30
        store.bytes.withLock { $0 = 1000 }
        let retention = Retention(service: farm.service, store: store, limits: limits)
        await round(retention, limits)
        #expect(farm.store.rows.pictures.keys.map(\.number) == [5])
        #expect(try farm.live.snapshotKey == FrameKey(printID: print.id, number: 5))
        try await farm.frames(1, score: 0)
        #expect(farm.store.rows.pictures.keys.map(\.number).sorted() == [5, 6])
    }

    @Test("what cannot be removed now is tried again, and stops nothing")
    func fails() async throws {
        let farm = try await TestFarm()
        let limits = RetentionLimits()
        let retention = Retention(service: farm.service, store: store, limits: limits)
        store.failing.withLock { $0 = true }
        #expect(await retention.step() == .seconds(1))
        await farm.service.tick()
        farm.clock.advance(by: .seconds(3600))
        await farm.service.tick()
        await round(retention, limits)
        let tried = store.calls.withLock { $0.count { $0.hasPrefix("events") } }
        #expect(tried == 1)
        store.failing.withLock { $0 = false }
        await round(retention, limits)
        #expect(store.calls.withLock { $0.count { $0.hasPrefix("events") } } == 2)
    }
}
