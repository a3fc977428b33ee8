internal import Farm

/// What the farm tells and answers.
extension DashboardState {
    mutating func handle(_ update: FarmUpdate) -> [DashboardEffect] {
        switch update {
        case .disconnected(let reason):
            context.link = .disconnected(reason: reason)
            context.pictures.abandon()
            context.scores.abandon()
            return tell(.disconnected) + retitle()
        case .snapshot(let snapshot): return apply(snapshot)
        }
    }

    private mutating func apply(_ snapshot: FarmSnapshot) -> [DashboardEffect] {
        var effects: [DashboardEffect] = []
        let before = context
        let isFirst = before.link == .connecting
        if case .disconnected = before.link, [.error, .warning].contains(before.message?.role) {
            context.message = nil
        }
        context.apply(snapshot)
        let alerts = isFirst ? [] : context.farm.newAlerts(since: before.farm)
        if !alerts.isEmpty, context.options.ringsBell { effects.append(.bell) }
        effects += tell(.snapshot(before: before, alerts: isAttended ? [] : alerts))
        if !isFirst { effects += bellsForNews(since: before.farm) }
        return effects + retitle()
    }

    /// Somebody is at the keys, or looks at something else than the list.
    private var isAttended: Bool {
        let isIdle = lastKeyAt.map { context.now.seconds(since: $0) >= 30 } ?? true
        return !isIdle || overlay != nil || page != nil || areas.current != Areas.first
    }

    private mutating func bellsForNews(since before: FarmSnapshot) -> [DashboardEffect] {
        var effects: [DashboardEffect] = []
        let rings = context.options.ringsBell
        if rings, context.farm.hasNewlyBlind(since: before), bells.rings(for: .stale, at: context.now) {
            effects.append(.bell)
        }
        if let consent = context.farm.newConsent(since: before) {
            let hint = areas.current == .oauth ? "" : ": \(context.keys.name(.area(.oauth))) shows it"
            say("\(consent.clientName) asks for access\(hint).", .warning)
            if bells.rings(for: .consent, at: context.now), rings { effects.append(.bell) }
        }
        return effects
    }

    /// The window's title, when it changed.
    private mutating func retitle() -> [DashboardEffect] {
        guard context.options.setsTitle else { return [] }
        var parts = ["farmtop"]
        if case .disconnected = context.link {
            parts.append("not connected")
        } else {
            for headline in Headline.all.prefix(Headline.troubles) + [.machine(.printing)] {
                let count = context.tally.count(headline)
                if count > 0 { parts.append("\(count) \(headline.counted.lowercased())") }
            }
            let waiting = context.farm.consents.count
            if waiting > 0 {
                parts.append("\(context.count(waiting, "app")) \(waiting == 1 ? "asks" : "ask") for access")
            }
        }
        let title = parts.joined(separator: " · ")
        guard title != windowTitle else { return [] }
        windowTitle = title
        return [.title(title)]
    }

    // MARK: Answers

    mutating func handle(_ result: Result<FarmReply, RequestFailure>, of id: RequestID) -> [DashboardEffect] {
        guard let request = requests.answered(id) else { return [] }
        if requests.isOverlays(id) {
            let asked = carryOut(overlay?.receive(result, in: context) ?? [])
            guard case .success(let reply) = result else { return asked }
            return asked + tell(.replied(reply, to: request.action))
        }
        if request.group != nil { return handle(result, ofGroup: request) }
        switch result {
        case .failure(let failure):
            say(failure.message, .error)
            if overlay == nil { overlay = requests.form(of: id) }
            return tell(.refused(request.action))
        case .success(.done(succeeded: false)):
            say(noChange(request.action), .info)
            return []
        case .success(let reply):
            show(reply, of: request)
            return tell(.replied(reply, to: request.action))
        }
    }

    private func noChange(_ action: FarmAction) -> String {
        switch action {
        case .pausePrint(let id, _), .resumePrint(let id, _):
            guard let printer = context.printer(id), printer.openPrint == nil else { break }
            return "\(printer.name) is not printing."
        default: break
        }
        return "No change: already in that state."
    }

    /// One of several that were asked for at once.
    private mutating func handle(
        _ result: Result<FarmReply, RequestFailure>, ofGroup request: FarmRequests.Pending
    ) -> [DashboardEffect] {
        let name = name(of: request.action)
        let group = requests.take(request) { group in
            switch result {
            case .failure(let failure): group.fail(name, failure.message)
            case .success(let reply): group.succeed(isChange: reply != .done(succeeded: false))
            }
        }
        if case .success(let reply) = result { show(reply, of: request) }
        if let words = group?.words { say(words.text, words.role) }
        switch result {
        case .failure: return tell(.refused(request.action))
        case .success(.done(succeeded: false)): return []
        case .success(let reply): return tell(.replied(reply, to: request.action))
        }
    }

    private func name(of action: FarmAction) -> String? {
        let subject = context.farm.printers.first { snapshot in
            snapshot.id == action.printer || (action.print != nil && snapshot.print?.id == action.print)
        }
        return subject.map { context.twinNames[$0.id] ?? $0.name }
    }

    /// A picture that an overlay had made into pixels.
    mutating func handle(_ result: Result<Pixels, RequestFailure>, of id: RequestID) -> [DashboardEffect] {
        guard let picture = requests.decoded(id) else { return [] }
        return carryOut(overlay?.receive(result, picture: picture, in: context) ?? [])
    }

    private mutating func show(_ reply: FarmReply, of request: FarmRequests.Pending) {
        switch reply {
        case .credentials(let credentials): overlay = CredentialsPanel(credentials: credentials)
        case .printers(let printers): showArchived(printers)
        case .channelTests(let results): say(ChannelTests.words(results), ChannelTests.role(results))
        case .consent(let consent):
            if case .approveConsent = request.action {
                say("\(consent.clientName) has access: \(consent.scope) of \(consent.accountName).", .success)
            } else {
                say("\(consent.clientName) was denied access.", .success)
            }
        default: if !request.done.isEmpty { say(request.done, .success) }
        }
    }

    private mutating func showArchived(_ listings: [PrinterListing]) {
        let panel = ArchivedPanel(listings)
        guard !panel.printers.isEmpty else { return say("No printer is archived.") }
        if overlay == nil { overlay = panel }
    }
}

extension FarmSnapshot {
    /// Printers whose alert, whose pause that was not confirmed, or whose machine that waits for a person is new.
    fileprivate func newAlerts(since before: FarmSnapshot) -> Set<PrinterID> {
        standingAlerts.subtracting(before.standingAlerts).union(failedPauses.subtracting(before.failedPauses))
            .union(stoppedMachines.subtracting(before.stoppedMachines))
    }

    fileprivate func hasNewlyBlind(since before: FarmSnapshot) -> Bool {
        !blindPrinters.isSubset(of: before.blindPrinters)
    }

    fileprivate func newConsent(since before: FarmSnapshot) -> PendingConsent? {
        consents.last { consent in !before.consents.contains { $0.id == consent.id } }
    }

    private var standingAlerts: Set<PrinterID> { Set(printers.lazy.filter { $0.alert == .standing }.map(\.id)) }

    private var failedPauses: Set<PrinterID> {
        Set(printers.lazy.filter { $0.openPrint?.hasStandingPause == true }.map(\.id))
    }

    /// Machines that wait for a person.
    private var stoppedMachines: Set<PrinterID> {
        Set(printers.lazy.filter { [.attention, .error].contains($0.states.machine) }.map(\.id))
    }

    /// Printing and watched, but blind: a camera or an app that is gone.
    private var blindPrinters: Set<PrinterID> { Set(printers.lazy.filter(\.isBlind).map(\.id)) }
}
