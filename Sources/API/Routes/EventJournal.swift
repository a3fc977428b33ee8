import Farm
import FarmService
import Synchronization

/// The newest events in order, each with its number, for everybody who reads the stream. A reader has a place in it and
/// takes what came since: so one that comes back gets what it missed, a slow one costs no memory of its own, and whoever
/// finds that its next event is no longer kept knows that it has a gap.
final class EventJournal: Sendable {
    struct Limits: Equatable, Sendable {
        var entries = 16_384
        /// The size of the events' JSON.
        var bytes = 4 << 20
        /// Taken at a time by one reader.
        var batchBytes = 256 << 10
        /// How long it is kept up after its last reader left.
        var keptFor = Duration.seconds(300)
    }

    /// Why a reader should look.
    enum Wake: Sendable {
        case news
        /// Nothing happened for a while.
        case time
    }

    /// What a reader finds after its place, and its next place.
    enum Batch: Equatable, Sendable {
        case events([(number: UInt64, event: StreamEvent)], place: UInt64)
        /// Something in between is no longer kept.
        case gap(place: UInt64)

        static func == (a: Self, b: Self) -> Bool {
            switch (a, b) {
            case (.gap(let a), .gap(let b)): a == b
            case (.events(let a, let placeA), .events(let b, let placeB)):
                placeA == placeB && a.map(\.number) == b.map(\.number) && a.map(\.event) == b.map(\.event)
            default: false
            }
        }
    }

    private struct Contents {
        /// Numbered from `dropped + 1` on.
        var entries: [StreamEvent] = []
        /// The number of the last event that is not kept, or was never made.
        var dropped: UInt64 = 0
        var bytes = 0
        var isRunning = false
        var nextReader: UInt64 = 0
        var readers: [UInt64: AsyncStream<Wake>.Continuation] = [:]
        var emptySince: ContinuousClock.Instant?

        var last: UInt64 { dropped + UInt64(entries.count) }
    }

    private let limits: Limits
    private let contents = Mutex(Contents())

    init(limits: Limits = Limits()) { self.limits = limits }

    /// The number of the newest event.
    var last: UInt64 { contents.withLock { $0.last } }

    // MARK: Writing

    /// True when nobody keeps the journal up yet; the caller does so from now on, until `endIfUnwanted` or `end`.
    func begin() -> Bool {
        contents.withLock { contents in
            if contents.isRunning { return false }
            contents.isRunning = true
            // Nobody knows what happened meanwhile: no earlier place is good any more.
            contents.dropped = contents.last + 1
            contents.entries = []
            contents.bytes = 0
            return true
        }
    }

    /// Adds events and wakes every reader, also when there are none: something changed, perhaps whether it may read on.
    func record(_ events: [StreamEvent]) {
        let readers = contents.withLock { contents in
            contents.entries += events
            contents.bytes += events.reduce(0) { $0 + $1.json.count }
            forget(&contents)
            return Array(contents.readers.values)
        }
        for reader in readers { reader.yield(.news) }
    }

    /// Drops the oldest, a quarter more than needed, so that not every event moves all others.
    private func forget(_ contents: inout Contents) {
        guard contents.entries.count > limits.entries || contents.bytes > limits.bytes else { return }
        var count = 0
        while count < contents.entries.count,
            contents.entries.count - count > limits.entries * 3 / 4 || contents.bytes > limits.bytes * 3 / 4
        {
            contents.bytes -= contents.entries[count].json.count
            count += 1
        }
        contents.entries.removeFirst(count)
        contents.dropped += UInt64(count)
    }

    /// True when nobody has read for so long that the journal need not be kept up; it has ended then.
    func endIfUnwanted(at now: ContinuousClock.Instant) -> Bool {
        contents.withLock { contents in
            guard contents.readers.isEmpty, let since = contents.emptySince, now - since > limits.keptFor else {
                return false
            }
            contents.isRunning = false
            return true
        }
    }

    /// No events will come any more: every reader ends.
    func end() {
        let readers = contents.withLock { contents in
            contents.isRunning = false
            return Array(contents.readers.values)
        }
        for reader in readers { reader.finish() }
    }

    // MARK: Reading

    /// Wakes a reader at once, after every change, and in between after the interval.
    /// - Returns: with what ends it from elsewhere.
    func wakes(every interval: Duration) -> (stream: AsyncStream<Wake>, end: @Sendable () -> Void) {
        let (stream, continuation) = AsyncStream.makeStream(of: Wake.self, bufferingPolicy: .bufferingNewest(1))
        let id = contents.withLock { contents in
            contents.nextReader += 1
            contents.readers[contents.nextReader] = continuation
            return contents.nextReader
        }
        let heart = Task {
            while !Task.isCancelled {
                do { try await Task.sleep(for: interval) } catch { return }
                continuation.yield(.time)
            }
        }
        continuation.onTermination = { [self] _ in
            heart.cancel()
            contents.withLock { contents in
                contents.readers[id] = nil
                contents.emptySince = .now
            }
        }
        continuation.yield(.news)
        return (stream, { continuation.finish() })
    }

    /// The events after a place that the caller may see; nil when there is nothing new.
    func batch(after place: UInt64, for caller: Caller) -> Batch? {
        contents.withLock { contents in
            guard place != contents.last else { return nil }
            guard place >= contents.dropped, place < contents.last else { return .gap(place: contents.last) }
            var found: [(number: UInt64, event: StreamEvent)] = []
            var number = place
            var bytes = 0
            for event in contents.entries[Int(place - contents.dropped)...] {
                guard bytes < limits.batchBytes else { break }
                number += 1
                guard event.audience.includes(caller) else { continue }
                found.append((number, event))
                bytes += event.json.count
            }
            return .events(found, place: number)
        }
    }
}
