public import Farm
import Logging

/// Keeps the farm within its limits while it runs: a small batch, a rest, the next batch, so that no request waits for it.
public actor Retention {
    private struct Removed {
        var orphans = 0
        var pictures = 0
        var thinnedPrints = 0
        var predictions = 0
        var events = 0
        var tokens = 0

        var summary: String {
            [
                (orphans, "files that belong to no print"), (pictures, "pictures"), (predictions, "predictions"),
                (events, "events"), (tokens, "ended tokens"),
            ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
                + (thinnedPrints > 0 ? " \(thinnedPrints) prints were thinned to a prediction a minute." : "")
        }
    }

    private let service: FarmService
    private let store: any RetentionStore
    private let limits: RetentionLimits
    private var schedule = RetentionSchedule()
    private var removed = Removed()
    private var hasRemovedOrphans = false
    /// Where this round is in the pictures, and how many bytes are still over the limit; nil before it has counted.
    private var pictures: (last: FrameKey?, excess: Int64)?
    private var thinning: (print: PrintID, frame: Int64)?

    static let pictureBatch = 16
    static let predictionBatch = 1000
    static let eventBatch = 500
    static let tokenBatch = 500

    public init(service: FarmService, store: any RetentionStore, limits: RetentionLimits) {
        self.service = service
        self.store = store
        self.limits = limits
    }

    /// Prunes until it is cancelled.
    public func run() async {
        while !Task.isCancelled {
            let rest = await step()
            do { try await Task.sleep(for: rest) } catch { return }
        }
    }

    /// One bounded piece of work.
    /// - Returns: how long to rest before the next.
    public func step() async -> Duration {
        let start = service.elapsed()
        do {
            if !hasRemovedOrphans {
                hasRemovedOrphans = true
                removed.orphans = try await beside { try $0.removeOrphanPictures() }
                return RetentionSchedule.rest(after: service.elapsed() - start)
            }
            switch schedule.next(isClockSteady: service.isClockSteady) {
            case .prune(let subject):
                // What fails now is tried again in the next round.
                var hasMore = false
                defer { schedule.finish(subject, hasMore: hasMore) }
                hasMore = try await prune(subject)
                return RetentionSchedule.rest(after: service.elapsed() - start)
            case .endRound:
                endRound()
                return limits.interval
            }
        } catch {
            // What was under way when the farm ends is taken up at its next start.
            guard !Task.isCancelled else { return .zero }
            service.logger.warning("Old rows could not be removed: \(error)")
            return .seconds(1)
        }
    }

    private func endRound() {
        let summary = removed.summary
        if !summary.isEmpty { service.logger.info("Removed by the retention limits: \(summary)") }
        removed = Removed()
        pictures = nil
    }

    /// - Returns: whether there is more to do.
    private func prune(_ subject: RetentionSubject) async throws -> Bool {
        let (now, limits) = (service.now(), limits)
        switch subject {
        case .pictures: return try await prunePictures()
        case .oldestPredictions: return try await removeOldestPredictions(now)
        case .thinnedPredictions: return try await thin(now)
        case .events:
            let count = try await beside { store in
                try store.removeEvents(
                    before: now - limits.eventsFor, sparingNewest: FarmState.eventLimit, limit: Self.eventBatch)
                    + store.removeEvents(sparingNewest: limits.events, limit: Self.eventBatch)
            }
            removed.events += count
            return count >= Self.eventBatch
        case .tokens:
            let count = try await beside { store in
                try store.removeTokens(
                    endedBefore: now - limits.endedTokensFor, sparingNewest: 0, limit: Self.tokenBatch)
                    + store.removeTokens(
                        endedBefore: now, sparingNewest: limits.endedTokens, limit: Self.tokenBatch)
                    + store.removeTokenFamilies(endedBefore: now - limits.endedTokensFor, limit: Self.tokenBatch)
            }
            removed.tokens += count
            return count >= Self.tokenBatch
        case .verdicts:
            try await service.perform(ForgetOldVerdicts())
            return false
        }
    }

    /// The printers' snapshots stay: each shows its last frame, however long ago that was.
    private func prunePictures() async throws -> Bool {
        let limit = limits.pictureBytes
        let place: (last: FrameKey?, excess: Int64)
        if let pictures {
            place = pictures
        } else {
            place = (nil, try await beside { try $0.framePictureBytes() - limit })
        }
        guard place.excess > 0 else { return false }
        let oldest = try await beside { try $0.oldestFramePictures(after: place.last, limit: Self.pictureBatch) }
        let snapshots = Set(service.state.printers.values.compactMap(\.snapshotKey))
        let going = picturesToRemove(oldest, excess: place.excess, sparing: snapshots)
        if !going.isEmpty { try await service.perform(RemovePictures(keys: going.map(\.key))) }
        removed.pictures += going.count
        pictures = (oldest.last?.key, place.excess - going.reduce(0) { $0 + $1.bytes })
        return oldest.count == Self.pictureBatch
    }

    private func removeOldestPredictions(_ now: Timestamp) async throws -> Bool {
        let limit = limits.databaseBytes
        let count = try await beside { store in
            guard try store.databaseBytes() > limit else { return 0 }
            return try store.removeOldestPredictions(ofPrintsEndedBefore: now, limit: Self.predictionBatch)
        }
        removed.predictions += count
        return count > 0
    }

    private func thin(_ now: Timestamp) async throws -> Bool {
        let (moment, current) = (now - limits.fullPredictionsFor, thinning)
        thinning = nil
        let print: PrintID?
        if let current {
            print = current.print
        } else {
            print = try await beside { try $0.printToThin(endedBefore: moment) }
        }
        guard let print else { return false }
        let next = try await beside { store in
            try store.thinPredictions(of: print, from: current?.frame ?? 0, limit: Self.predictionBatch)
        }
        if let next { thinning = (print, next) } else { removed.thinnedPrints += 1 }
        return true
    }

    /// Runs a blocking piece of work beside the tasks.
    private func beside<Value: Sendable>(
        _ body: @escaping @Sendable (any RetentionStore) throws -> Value
    ) async throws -> Value {
        let store = store
        return try await blocking(inBackground: true) { Result { try body(store) } }.get()
    }
}
