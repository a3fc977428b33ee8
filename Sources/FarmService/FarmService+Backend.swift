public import Farm
import OAuth
import Synchronization

/// The farm in this process, as the dashboard and the command line see it: with full rights.
extension FarmService: FarmBackend {
    var status: ServiceStatus {
        var status = ServiceStatus()
        status.address = traffic.address
        status.requestsPerSecond = traffic.requestsPerSecond
        status.rejectedCredentials = traffic.rejectedCredentials
        status.refusals = recentRefusals
        let detector = currentDetector
        status.model = detector?.model
        status.load = detector?.load ?? DetectorLoad()
        status.version = version
        status.webhook = notifier?.status
        status.channels = channelStatuses
        status.hold = state.hold
        status.webhook?.hold = status.hold
        status.databaseDamage = databaseDamage
        return status
    }

    /// The farm at this moment.
    public func snapshot() -> FarmSnapshot {
        state.snapshot(
            at: shownMoment, limits: limits, scoring: scoring, status: status, consents: waitingConsents,
            lastUses: authenticator.lastUsesOfClients)
    }

    /// One printer at this moment, as every reader is shown it.
    public func snapshot(of live: LivePrinter) -> PrinterSnapshot {
        live.snapshot(
            accountName: state.accounts[live.printer.accountID]?.name ?? "",
            scoring: scoring, at: shownMoment, limits: limits)
    }

    /// Which state of a printer its readers see now.
    public func version(of live: LivePrinter) -> PrinterVersion {
        let moment = shownMoment
        return PrinterVersion(
            revision: live.revision, states: live.states(at: moment.steady, limits: limits),
            modelDigest: scoring?.modelDigest, shift: moment.shift)
    }

    /// Which state of the farm its readers see now.
    /// - Parameter state: the one that they are given.
    public func version(of state: FarmState) -> FarmVersion {
        let moment = shownMoment
        return FarmVersion(
            revision: state.revision, second: moment.steady.microseconds / 1_000_000, modelDigest: scoring?.modelDigest,
            shift: moment.shift)
    }

    public func updates() -> AsyncStream<FarmUpdate> {
        // The last revision shown; only the stream's one reader touches it.
        actor Position {
            var seen: UInt64?
            func advance(_ revisions: RevisionSignal) async -> Bool {
                guard let next = await revisions.next(after: seen) else { return false }
                seen = next
                return true
            }
        }
        let position = Position()
        return AsyncStream { [self] in
            await position.advance(revisions) ? .snapshot(snapshot()) : nil
        }
    }

    public func perform(_ action: FarmAction) async throws -> FarmReply {
        let caller = Caller.administrator
        switch action {
        case .createPrinter(let account, let settings):
            guard let id = state.account(named: account)?.id else { throw FarmError.noSuchAccount(account) }
            return reply(try await perform(CreatePrinter(caller: caller, account: id, settings: settings)))
        case .updatePrinter(let id, let settings, let before):
            return reply(
                try await perform(
                    UpdatePrinter(caller: caller, printer: id, patch: PrinterPatch(settings, from: before))))
        case .archivePrinter(let id, let seen):
            try await perform(ArchivePrinter(caller: caller, printer: id, seen: seen))
        case .unarchivePrinter(let id):
            return reply(try await perform(UnarchivePrinter(caller: caller, printer: id)))
        case .deletePrinter(let id, let seen):
            try await perform(DeletePrinter(caller: caller, printer: id, includeArchived: true, seen: seen))
        case .startPrint(let id, let filename, let requireClear):
            return reply(
                try await startPrint(caller: caller, printer: id, filename: filename, requireClear: requireClear))
        case .finishPrint(let id, let print, let result, let reason):
            return reply(
                try await perform(
                    FinishPrint(caller: caller, printer: id, result: result, reason: reason, print: print)))
        case .confirmPause(let id, let print):
            return reply(try await perform(ConfirmPause(caller: caller, printer: id, print: print)))
        case .undoDismissal(let id): return reply(try await perform(UndoDismissal(caller: caller, printer: id)))
        case .forgetCamera(let id): return reply(try await perform(ForgetCamera(caller: caller, printer: id)))
        case .listVerdicts(let id):
            let moment = now()
            return .verdicts(try state.printer(id, for: caller).verdicts.filter { !$0.isForgotten(at: moment) })
        case .forgetVerdicts(let id, let only):
            return reply(try await perform(ForgetVerdicts(caller: caller, printer: id, only: only)))
        case .markFailed(let id, let reason):
            var patch = PrintPatch()
            patch.hasFailed = true
            patch.failureReason = .some(reason)
            _ = try await perform(UpdatePrint(caller: caller, print: id, patch: patch))
        case .unmarkFailed(let id, let result, let verdict):
            var patch = PrintPatch()
            patch.restoredResult = result
            patch.alertOverwrite = .some(verdict)
            _ = try await perform(UpdatePrint(caller: caller, print: id, patch: patch))
        case .pausePrint(let id, let print):
            return reply(try await perform(PausePrint(caller: caller, printer: id, print: print)))
        case .resumePrint(let id, let print):
            return reply(try await perform(ResumePrint(caller: caller, printer: id, print: print)))
        case .cancelPrint(let id, let print):
            return reply(try await perform(CancelPrint(caller: caller, printer: id, print: print)))
        case .muteAlerts(let id, let print, let muted):
            return reply(try await perform(MuteAlerts(caller: caller, printer: id, muted: muted, print: print)))
        case .acknowledgeAlert(let id, let print, let verdict):
            return reply(
                try await perform(AcknowledgeAlert(caller: caller, printer: id, verdict: verdict, print: print)))
        case .judgePrint(let id, let verdict):
            var patch = PrintPatch()
            patch.alertOverwrite = .some(verdict)
            _ = try await perform(UpdatePrint(caller: caller, print: id, patch: patch))
        case .addAccount(let name): return .account(try await perform(AddAccount(name: name)))
        case .renameAccount(let name, let newName):
            return .account(try await perform(RenameAccount(name: name, newName: newName)))
        case .setAccountDisabled(let name, let disabled):
            return .account(try await perform(SetAccountDisabled(name: name, disabled: disabled)))
        case .addClient(let client): return .credentials(try await perform(AddClient(client)))
        case .editClient(let id, let patch): return .client(try await perform(EditClient(publicID: id, patch: patch)))
        case .rotateClient(let id, let revokeTokens):
            return .credentials(try await perform(RotateClient(publicID: id, revokeTokens: revokeTokens)))
        case .setClientDisabled(let id, let disabled):
            return .client(try await perform(SetClientDisabled(publicID: id, disabled: disabled)))
        case .removeClient(let id): try await perform(RemoveClient(publicID: id))
        case .revokeToken(let id): try await perform(RevokeToken(id))
        case .revokeTokens(let client): try await perform(RevokeTokens(client: client))
        case .approveConsent(let code): return .consent(try approveConsent(typed: code))
        case .denyConsent(let id): return .consent(try denyConsent(id))
        case .denyConsentCode(let code): return .consent(try denyConsent(typed: code))
        case .listPrinters(let includeArchived):
            return .printers(
                state.printers(for: caller, includeArchived: includeArchived).map { live in
                    let view = snapshot(of: live)
                    var listing = PrinterListing(
                        printer: live.printer, accountName: view.accountName, currentPrint: live.currentPrint,
                        states: view.states, machineWord: view.machineWord,
                        failureProbability: view.failureProbability)
                    listing.hasNoCamera = view.hasNoCamera
                    return listing
                })
        case .listAccounts: return .accounts(state.accounts.values.sorted { $0.id < $1.id })
        case .listClients:
            return .clients(state.clientSummaries(at: now(), authenticator.lastUsesOfClients))
        case .listTokens(let client): return .tokens(try tokens(ofClient: client))
        case .listConsents: return .consents(waitingConsents)
        case .webhookStatus:
            guard let notifier else { throw FarmError.noWebhook }
            var status = notifier.status
            status.hold = state.hold
            return .webhook(status)
        case .testWebhook:
            guard let notifier else { throw FarmError.noWebhook }
            return .webhookTest(await notifier.sendTest().saying(state.hold))
        case .channelStatus: return .channels(try configuredStatuses())
        case .testChannel(let name):
            let results = try await configuredChannels().sendTest(channel: name, picture: newestPicture())
            guard !results.isEmpty else { throw FarmError.noSuchChannel(name) }
            return .channelTests(results.map { $0.saying(state.hold) })
        case .confirmRestore: return .done(succeeded: try await perform(ConfirmRestore()))
        case .machine(let action): return try await perform(action)
        }
        return .done(succeeded: true)
    }

    func reply(_ live: LivePrinter) -> FarmReply {
        .printer(live.printer, accountName: state.accounts[live.printer.accountID]?.name ?? "")
    }

    func reply(_ change: PrinterChange) -> FarmReply { .done(succeeded: change.succeeded) }

    private func tokens(ofClient publicID: String?) throws(FarmError) -> [TokenSummary] {
        let (state, moment) = (state, now())
        let only = try publicID.map { publicID throws(FarmError) in
            guard let client = state.client(publicID: publicID) else { throw .noSuchClient }
            return client.id
        }
        func names(_ client: ClientID, _ account: AccountID) -> (String, String) {
            (state.clients[client]?.name ?? "", state.accounts[account]?.name ?? "")
        }
        let access = state.tokens.values.filter { $0.isLive(at: moment) && (only == nil || $0.clientID == only) }
            .map { token in
                let (client, account) = names(token.clientID, token.accountID)
                var summary = TokenSummary(token, clientName: client, accountName: account)
                if let used = authenticator.waitingUse(of: token.id) { summary.lastUsedAt = used }
                return summary
            }
        let refresh = state.families.values
            .filter { $0.refresh != nil && $0.isLive(at: moment) && (only == nil || $0.clientID == only) }
            .map { family in
                let (client, account) = names(family.clientID, family.accountID)
                return TokenSummary(family, clientName: client, accountName: account)
            }
        return (access + refresh).sorted { $0.id < $1.id }
    }

    // MARK: Reads from the store

    public func picture(_ key: FrameKey) async throws -> FramePicture {
        try await read { [store] in
            guard let jpeg = try store.framePicture(key) else { throw FarmError.noSuchPicture }
            return FramePicture(key: key, jpeg: jpeg, detections: try store.prediction(key)?.detections ?? [])
        }
    }

    public func predictions(of id: PrintID, after frame: Int64, limit: Int) async throws -> [ScorePoint] {
        try await read { [store] in
            try store.predictions(of: id, after: frame, limit: limit).map { ScorePoint($0) }
        }
    }

    /// With the names of their printers, so that those of removed ones are told too.
    public func prints(_ query: PrintQuery) async throws -> [Print] {
        let prints = try await read { [store] in try store.prints(query) }
        let printers = state.printers
        return prints.map { print in
            var print = print
            print.printerName = printers[print.printerID]?.printer.settings.name
            return print
        }
    }

    public func events(printer: PrinterID?, print: PrintID?, limit: Int) async throws -> [FarmEvent] {
        try await read { [store] in
            try store.events(
                account: nil, printer: printer, print: print, kinds: nil, severities: nil, start: 0, limit: limit)
        }
    }

    /// A print with its printer, which may be archived or a tombstone.
    /// - Throws: `noSuchPrint`, or `forbidden` for another account's.
    public func print(
        _ id: PrintID, caller: Caller, includesDeleted: Bool = false
    ) async throws -> (print: Print, printer: Printer) {
        guard let print = try await read({ [store] in try store.print(id) }),
            includesDeleted || print.deletedAt == nil,
            let printer = state.printers[print.printerID]?.printer
        else { throw FarmError.noSuchPrint }
        guard caller.mayAccess(print.accountID) else { throw FarmError.forbidden }
        return (print, printer)
    }

    /// Runs a blocking read of the store beside the tasks, so that a slow disk does not stop the API.
    public func read<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await blocking { Result { try body() } }.get()
    }
}
