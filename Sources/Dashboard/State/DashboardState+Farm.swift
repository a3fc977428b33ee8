internal import Farm

extension DashboardState {
    mutating func handle(_ update: FarmUpdate) -> [DashboardEffect] {
        switch update {
        case .disconnected(let reason):
            link = .disconnected(reason: reason)
            pictures.abandon()
            scoresAsked = []
            eventsAsked = nil
            oauth.tokensOf = nil
            return [retitle()].compactMap(\.self)
        case .snapshot(let snapshot): return take(snapshot)
        }
    }

    private mutating func take(_ snapshot: FarmSnapshot) -> [DashboardEffect] {
        var effects: [DashboardEffect] = []
        let isFirst = link == .connecting
        let alertsBefore = standingAlerts
        let pausesBefore = failedPauses
        let blindBefore = blindPrinters
        let eventBefore = farm.events.last?.id
        let consentsBefore = farm.consents
        let printBefore = detail.flatMap(print)?.id
        if case .disconnected = link, message?.role == .error || message?.role == .warning { message = nil }
        link = .live
        let old = farm.printers
        farm = snapshot
        twinNames = farm.printers.tellApart()
        printerIndex = Dictionary(zip(farm.printers.map(\.id), farm.printers.indices)) { first, _ in first }
        for printer in old where printerIndex[printer.id] == nil { formerNames[printer.id] = printer.name }
        tally = FarmTally(farm.printers, now: now)
        followScores()
        arrangeTable()
        if let wanted = oauth.wanted { select(client: wanted) }
        let fresh = standingAlerts.subtracting(alertsBefore).union(failedPauses.subtracting(pausesBefore))
        if !fresh.isEmpty, !isFirst {
            if options.ringsBell { effects.append(.bell) }
            showAlert(fresh)
        }
        if !isFirst, !blindPrinters.isSubset(of: blindBefore), ringsForStale() { effects.append(.bell) }
        if !isFirst, noticeConsents(since: consentsBefore), options.ringsBell { effects.append(.bell) }
        // Another print runs: its frames are not those under the time cursor.
        if detail.flatMap(print)?.id != printBefore { detail?.moment = nil }
        if area == .history, farm.events.last?.id != eventBefore { effects += loadHistory() }
        if area == .log, farm.events.last?.id != eventBefore { arrangeLog() }
        return effects + [retitle()].compactMap(\.self)
    }

    /// Now, or as soon as it is there.
    private mutating func select(client id: String) {
        let index = farm.clients.firstIndex { $0.publicID == id }
        oauth.wanted = index == nil ? id : nil
        oauth.cursor.index = index ?? oauth.cursor.index
    }

    mutating func arrangeTable() {
        table.arrange(farm.printers, now: now, visible: visibleRows)
    }

    private var standingAlerts: Set<PrinterID> {
        Set(farm.printers.lazy.filter { $0.alert == .standing }.map(\.id))
    }

    private var failedPauses: Set<PrinterID> {
        Set(farm.printers.lazy.filter { $0.openPrint?.pauseNotConfirmedAt != nil }.map(\.id))
    }

    /// Printing and watched, but blind: a camera or an app that is gone.
    private var blindPrinters: Set<PrinterID> {
        Set(farm.printers.lazy.filter(\.isBlind).map(\.id))
    }

    /// Once a minute, however many cameras a network takes with it.
    private mutating func ringsForStale() -> Bool {
        guard options.ringsBell, staleRangAt.map({ now.seconds(since: $0) >= 60 }) ?? true else { return false }
        staleRangAt = now
        return true
    }

    /// Selects what was just alerted, unless somebody is at the keys.
    private mutating func showAlert(_ fresh: Set<PrinterID>) {
        let isIdle = lastKeyAt.map { now.seconds(since: $0) >= 30 } ?? true
        guard isIdle, overlay == nil, detail == nil, area == .farm, table.marked.isEmpty,
            let worst = alerting.first(where: { fresh.contains($0.id) })
        else { return }
        table.select(worst.id, printers: farm.printers, visible: visibleRows)
    }

    /// Adds the newest scores to those that were loaded.
    private mutating func followScores() {
        for snapshot in farm.printers {
            guard let print = snapshot.print, let known = scores[print.id] else { continue }
            scores[print.id] = merged(known, with: snapshot.recent)
        }
    }

    /// Both, oldest first, each frame once; `newer` wins from its first frame on.
    func merged(_ older: [ScorePoint], with newer: [ScorePoint]) -> [ScorePoint] {
        guard let last = older.last else { return newer }
        guard let start = newer.firstIndex(where: { $0.frame > last.frame }) else { return older }
        let all = older + newer[start...]
        guard all.count > Self.mostScores else { return all }
        // A print of days: of its older half every second frame is enough for a chart.
        let half = all.count / 2
        return stride(from: 0, to: half, by: 2).map { all[$0] } + all[half...]
    }

    /// Of one print.
    private static let mostScores = 6000

    /// The window's title, when it changed.
    private mutating func retitle() -> DashboardEffect? {
        guard options.setsTitle else { return nil }
        var parts = ["farmtop"]
        if case .disconnected = link {
            parts.append("not connected")
        } else {
            for headline in Headline.all.prefix(Headline.troubles) + [.machine(.printing)] {
                let count = tally.count(headline)
                if count > 0 { parts.append("\(count) \(headline.counted.lowercased())") }
            }
            if !farm.consents.isEmpty {
                parts.append(
                    "\(count(farm.consents.count, "app")) \(farm.consents.count == 1 ? "asks" : "ask") for access")
            }
        }
        let title = parts.joined(separator: " · ")
        guard title != windowTitle else { return nil }
        windowTitle = title
        return .title(title)
    }

    // MARK: Answers

    mutating func handle(_ result: Result<FarmReply, RequestFailure>, of id: RequestID) -> [DashboardEffect] {
        guard let request = pending.removeValue(forKey: id) else { return [] }
        switch result {
        case .failure(let failure):
            say(failure.message, .error)
            if let form = submitted, form.request == id, overlay == nil { overlay = .form(form.form) }
            if case .listTokens = request.action { oauth.tokens = [] }
            return []
        case .success(let reply): return take(reply, of: request)
        }
    }

    private mutating func take(_ reply: FarmReply, of request: Pending) -> [DashboardEffect] {
        switch reply {
        case .done(succeeded: false):
            say("No change: already in that state.", .info)
            return []
        case .client(let client):
            // Its new name may have moved it.
            select(client: client.publicID)
        case .credentials(let credentials):
            overlay = .credentials(credentials)
            select(client: credentials.client.publicID)
            return []
        case .tokens(let tokens):
            oauth.tokens = tokens.sorted { $0.createdAt > $1.createdAt }
            return []
        case .printers(let printers):
            showArchived(printers)
            return []
        case .channelTests(let results):
            tell(results)
            return []
        case .consent(let consent):
            if case .approveConsent = request.action {
                say("\(consent.clientName) has access: \(consent.scope) of \(consent.accountName).", .success)
                oauth.tokensOf = nil
            } else {
                say("\(consent.clientName) was denied access.", .success)
            }
            return []
        case .printer(let printer, _):
            if case .createPrinter = request.action {
                table.select(made: printer.id, printers: farm.printers, visible: visibleRows)
            }
        default: break
        }
        if !request.done.isEmpty { say(request.done, .success) }
        switch request.action {
        case .revokeToken, .revokeTokens: oauth.tokensOf = nil
        default: break
        }
        switch request.action {
        case .judgePrint(let id, let verdict): return judged(id, verdict)
        case .markFailed(let id, let reason): return markedFailed(id, reason)
        case .unmarkFailed(let id, let result, let verdict): return unmarked(id, result, verdict)
        default: return []
        }
    }
}
