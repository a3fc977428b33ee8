import FailureDetection
import Farm
import OAuth

extension LivePrinter {
    /// When the frames count as missing; nil unless printing and watched. Three median intervals, not under
    /// `atLeast`, after the last frame, or after the printer came to be watched if that is later.
    func staleAt(atLeast: Duration) -> Timestamp? {
        guard isWatched, let framesAwaitedSince else { return nil }
        let sorted = intervals.sorted()
        let median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        // A day at the most: an interval from a clock that jumped must not overflow.
        let wait = max(Duration.milliseconds(Int64(min(median * 3, 86_400) * 1000)), atLeast)
        return framesAwaitedSince + wait
    }

    /// max(normalized_p, 2/3 while an alert stands, 1 while a pause is asked). 0...1.
    var risk: Double {
        guard let currentPrint else { return 0 }
        if currentPrint.awaitsPause { return 1 }
        return max(printer.statistics.normalizedP, currentPrint.hasStandingAlert ? 2.0 / 3 : 0)
    }

    /// The printer's state in one word at a moment.
    func condition(at now: Timestamp, limits: FarmLimits) -> PrinterCondition {
        guard let print = currentPrint else {
            guard let endedAt = lastPrint?.endedAt, now < endedAt + limits.doneFor else { return .idle }
            return .done
        }
        if print.awaitsPause { return .failing }
        // Once it stands still and somebody knows, the score of the last frame is no news.
        if print.pausedAt != nil, !print.hasStandingAlert { return .paused }
        let score = printer.statistics.normalizedP
        if score >= 2.0 / 3 { return .failing }
        if print.hasStandingAlert || score >= 1.0 / 3 { return .warning }
        if let staleAt = staleAt(atLeast: limits.staleAfterAtLeast), now >= staleAt { return .stale }
        return print.pausedAt == nil ? .printing : .paused
    }

    func snapshot(accountName: String, at now: Timestamp, limits: FarmLimits) -> PrinterSnapshot {
        let statistics = printer.statistics
        let condition = condition(at: now, limits: limits)
        func decision(_ escalation: Double) -> Decision? {
            guard currentPrint != nil else { return nil }
            return statistics.decision(
                sensitivity: printer.settings.detectiveSensitivity, escalation: escalation)
        }
        let answered = [currentPrint?.alertedAt, currentPrint?.alertAcknowledgedAt].compactMap(\.self).max()
        return PrinterSnapshot(
            printer: printer, accountName: accountName, print: currentPrint ?? (condition == .done ? lastPrint : nil),
            condition: condition, risk: risk, notWatchingReason: notWatchingReason, thresholds: statistics.thresholds,
            decision: decision(1), pauseDecision: decision(TemporalParameters.escalation), lastFrame: lastFrame,
            coolDownUntil: answered.flatMap {
                $0 <= now && $0 + limits.alertCoolDown > now ? $0 + limits.alertCoolDown : nil
            },
            staleAt: staleAt(atLeast: limits.staleAfterAtLeast), recent: recent)
    }
}

extension FarmState {
    /// The whole farm as the screen shows it at a moment.
    func snapshot(
        at now: Timestamp, limits: FarmLimits, status: ServiceStatus, consents: [PendingConsent]
    ) -> FarmSnapshot {
        var snapshot = FarmSnapshot()
        snapshot.consents = consents
        snapshot.revision = revision
        snapshot.printers = printers(for: .administrator).map { live in
            live.snapshot(
                accountName: accounts[live.printer.accountID]?.name ?? "", at: now, limits: limits)
        }
        snapshot.accounts = accounts.values.sorted { $0.id < $1.id }
        snapshot.clients = clientSummaries(at: now)
        snapshot.events = events
        snapshot.status = status
        return snapshot
    }

    func clientSummaries(at now: Timestamp) -> [ClientSummary] {
        var live: [ClientID: (count: Int, lastUsedAt: Timestamp?)] = [:]
        for token in tokens.values where token.revokedAt == nil && token.expiresAt > now {
            let entry = live[token.clientID] ?? (0, nil)
            live[token.clientID] = (entry.count + 1, [entry.lastUsedAt, token.lastUsedAt].compactMap(\.self).max())
        }
        for family in families.values where family.refresh != nil && family.isLive(at: now) {
            let entry = live[family.clientID] ?? (0, nil)
            live[family.clientID] = (entry.count + 1, [entry.lastUsedAt, family.refreshedAt].compactMap(\.self).max())
        }
        return clients.values.sorted { $0.id < $1.id }.map { client in
            ClientSummary(
                client, accountName: accounts[client.accountID]?.name ?? "", lastUsedAt: live[client.id]?.lastUsedAt,
                liveTokens: live[client.id]?.count ?? 0)
        }
    }
}
