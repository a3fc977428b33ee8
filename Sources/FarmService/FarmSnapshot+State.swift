import FailureDetection
import Farm
import OAuth

extension LivePrinter {
    func snapshot(
        accountName: String, scoring: Scoring?, at now: ShownMoment, limits: FarmLimits
    ) -> PrinterSnapshot {
        var shownFrame = lastFrame
        if let lastFrameAt { shownFrame?.receivedAt = now.wall(of: lastFrameAt) }
        var snapshot = PrinterSnapshot(
            printer: printer, accountName: accountName, print: shownPrint(at: now.steady, limits: limits),
            states: states(at: now.steady, limits: limits), failureProbability: failureProbability,
            thresholds: thresholds,
            habit: habit(scoring), notWatchingReason: notWatchingReason, lastFrame: shownFrame,
            pauseDeadline: now.wall(ofOptional: pauseDeadline(atLeast: limits.pauseConfirmedWithinAtLeast)),
            staleAt: now.wall(ofOptional: staleAt(atLeast: limits.staleAfterAtLeast)),
            runningSince: now.wall(ofOptional: currentPrint?.startedSteady), recent: recent)
        if let machine { snapshot.machine = machine.snapshot }
        snapshot.cameras = ownCameras.map(\.snapshot)
        snapshot.hasNoCamera = hasNoCamera(at: now.steady)
        snapshot.bed = bedStatus(at: now)
        return snapshot
    }

    /// The open print, or the last one while it counts as just ended. Written without closures: as `flatMap` and `map` the
    /// optimiser of Swift 6.3.1 crashes on it.
    private func shownPrint(at now: SteadyTime, limits: FarmLimits) -> Print? {
        if let currentPrint { return currentPrint }
        guard let lastPrint, let lastEndedAt, now < lastEndedAt + limits.doneFor else { return nil }
        return lastPrint
    }

    /// The habit of the camera that took the last picture; after a start, of the one of which most is known.
    func habit(_ scoring: Scoring?) -> CameraHabit? {
        guard let scoring else { return nil }
        if let camera, let history = cameras[camera] { return scoring.failureModel.habit(of: history) }
        var best: CameraHabit?
        for (key, history) in cameras where key.modelDigest == scoring.modelDigest {
            guard let habit = scoring.failureModel.habit(of: history) else { continue }
            if habit.hours > (best?.hours ?? -1) { best = habit }
        }
        return best
    }
}

extension FarmState {
    /// The whole farm as the screen shows it at a moment.
    func snapshot(
        at now: ShownMoment, limits: FarmLimits, scoring: Scoring?, status: ServiceStatus,
        consents: [PendingConsent], lastUses: [ClientID: Timestamp]
    ) -> FarmSnapshot {
        var snapshot = FarmSnapshot()
        snapshot.consents = consents
        snapshot.revision = revision
        snapshot.printers = printers(for: .administrator).map { live in
            live.snapshot(
                accountName: accounts[live.printer.accountID]?.name ?? "", scoring: scoring, at: now,
                limits: limits)
        }
        snapshot.accounts = accounts.values.sorted { $0.id < $1.id }
        snapshot.clients = clientSummaries(at: now.reading.wall, lastUses)
        snapshot.events = events
        snapshot.status = status
        return snapshot
    }

    /// - Parameter uses: each client's last use of a token that lives or has ended; nil: as far as it is stored.
    func clientSummaries(at now: Timestamp, _ uses: [ClientID: Timestamp]? = nil) -> [ClientSummary] {
        let lastUses = uses ?? lastUses
        var live: [ClientID: Int] = [:]
        for token in tokens.values where token.isLive(at: now) {
            live[token.clientID, default: 0] += 1
        }
        for family in families.values where family.refresh != nil && family.isLive(at: now) {
            live[family.clientID, default: 0] += 1
        }
        return clients.values.sorted { $0.id < $1.id }.map { client in
            ClientSummary(
                client, accountName: accounts[client.accountID]?.name ?? "", lastUsedAt: lastUses[client.id],
                liveTokens: live[client.id] ?? 0)
        }
    }
}
