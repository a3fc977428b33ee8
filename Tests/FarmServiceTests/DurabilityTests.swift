import Farm
import OAuth
import Testing

@testable import FarmService

@Suite("What was answered is stored, and what is stored comes back", .timeLimit(.minutes(20)))
struct DurabilityTests {
    @Test("a first run makes the account operator, and only a first one")
    func firstRun() async throws {
        let farm = try await TestFarm()
        #expect(farm.store.rows.accounts.values.map(\.name) == ["operator"])
        let again = try await TestFarm(store: farm.store)
        #expect(again.store.rows.accounts.count == 1)
    }

    @Test("a restart resumes prints and statistics")
    func restart() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        try await farm.frames(40, score: 30)
        let before = try farm.live
        let again = try await TestFarm(store: farm.store)
        let after = try again.service.state.printer(farm.printer, for: .administrator)
        #expect(after.currentPrint == before.currentPrint)
        #expect(after.printer == before.printer)
        #expect(after.recent == before.recent)
        #expect(after.snapshotKey == FrameKey(printID: print.id, number: 40))
        #expect(again.printer > farm.printer, "ids go on where they were")
    }

    @Test("a change that cannot be stored is refused with a time to try again, and nothing is seen of it")
    func storeFails() async throws {
        let farm = try await TestFarm()
        let before = farm.service.state.revision
        farm.store.fail(true)
        let refusal = FarmError.unavailable(
            reason: "The change could not be stored: the farm's disk is full.", retryAfterSeconds: 2)
        await #expect(throws: refusal) {
            _ = try await farm.start()
        }
        #expect(farm.service.state.revision == before)
        #expect(try farm.live.currentPrint == nil)
        farm.store.fail(false)
        #expect(try await farm.start().id == 1, "the id that was never stored is not lost")
    }

    @Test("the log has a fault that comes each second once a minute, with how many there were, also beside another one")
    func repeatedFaults() {
        var faults = RepeatedFaults()
        let lines = (0..<130).map { second in
            (faults.line("full", at: .seconds(second)), faults.line("gone", at: .seconds(second)))
        }
        #expect(lines.enumerated().filter { $0.element.0 != nil }.map(\.offset) == [0, 60, 120])
        #expect(lines.enumerated().filter { $0.element.1 != nil }.map(\.offset) == [0, 60, 120])
        #expect(lines[0].0 == "full" && lines[60].0 == "full (59 more of it were not logged.)")
        #expect(lines[60].1 == "gone (59 more of it were not logged.)")
        for number in 0..<RepeatedFaults.most { _ = faults.line("\(number)", at: .seconds(130)) }
        #expect(faults.line("full", at: .seconds(131)) == "full", "bounded")
    }

    @Test("a change that the store refuses takes none of its batch with it")
    func oneOfMany() async throws {
        let farm = try await TestFarm()
        let service = farm.service
        var printers = [farm.printer]
        for name in ["b", "c", "d", "e", "f"] {
            let settings = PrinterSettings(name: name)
            printers.append(
                try await service.perform(CreatePrinter(caller: .administrator, account: 1, settings: settings)).printer
                    .id)
        }
        farm.store.refuse(file: "bad.gcode")
        var starts: [Task<LivePrinter, any Error>] = []
        try await farm.store.held {
            for (index, printer) in printers.enumerated() {
                let file = index % 3 == 1 ? "bad.gcode" : "good.gcode"
                starts.append(
                    Task {
                        try await service.perform(
                            StartPrint(caller: .administrator, printer: printer, filename: file))
                    })
            }
            // The first one waits in the store, the others gather behind it.
            try await Task.sleep(for: .milliseconds(100))
        }
        for (index, start) in starts.enumerated() {
            if index % 3 == 1 {
                await #expect(
                    throws: FarmError.unavailable(
                        reason: "The change could not be stored: the farm's disk is full.", retryAfterSeconds: 2)
                ) { try await start.value }
            } else {
                let print = try #require(try await start.value.currentPrint)
                #expect(farm.store.rows.prints[print.id] == print)
            }
        }
        #expect(farm.store.rows.prints.count == 4)
        #expect(service.state.printers(for: .administrator).filter { $0.currentPrint != nil }.count == 4)
        farm.store.refuse(file: nil)
        _ = try await service.perform(
            StartPrint(caller: .administrator, printer: printers[1], filename: "bad.gcode"))
    }

    @Test(
        "a store that can take nothing at the moment is waited for once for a batch, not once for each of its changes")
    func lockedStore() async throws {
        let farm = try await TestFarm()
        let service = farm.service
        @Sendable func create(_ name: String) -> Task<LivePrinter, any Error> {
            Task {
                try await service.perform(
                    CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: name)))
            }
        }
        var changes: [Task<LivePrinter, any Error>] = []
        farm.store.lock(true)
        try await farm.store.held {
            let before = farm.store.batches
            changes.append(create("b"))
            while farm.store.batches == before { try await Task.sleep(for: .milliseconds(1)) }
            // The first one waits in the store, the others gather behind it.
            for name in ["c", "d", "e", "f"] { changes.append(create(name)) }
            while service.writerFigures.waitingChanges < 4 { try await Task.sleep(for: .milliseconds(1)) }
        }
        for change in changes {
            await #expect(
                throws: FarmError.unavailable(
                    reason: "The change could not be stored: another program holds the farm's database.",
                    retryAfterSeconds: 2)
            ) { try await change.value }
        }
        #expect(farm.store.waits == 2)
        farm.store.lock(false)
        #expect(try await farm.start().id == 1)
    }

    @Test("after shutdown commands are refused and the streams end")
    func shutdown() async throws {
        let farm = try await TestFarm()
        let reader = Task {
            var count = 0
            for await _ in farm.service.updates() { count += 1 }
            return count
        }
        while farm.service.state.revision == 0 { await Task.yield() }
        await farm.service.shutdown()
        await #expect(throws: FarmError.unavailable(reason: "farmtop is stopping.", retryAfterSeconds: 5)) {
            _ = try await farm.start()
        }
        #expect(await reader.value <= 2)
    }

    @Test("a reader of updates gets the newest state after every change")
    func updates() async throws {
        let farm = try await TestFarm()
        var iterator = farm.service.updates().makeAsyncIterator()
        guard case .snapshot(let first)? = await iterator.next() else { throw FarmError.noSuchPrinter }
        #expect(first.printers.first?.machineWord == .idle)
        _ = try await farm.start()
        guard case .snapshot(let second)? = await iterator.next() else { throw FarmError.noSuchPrinter }
        #expect(second.printers.first?.machineWord == .printing)
        #expect(second.revision > first.revision)
    }
}

@Suite("Clients and tokens", .timeLimit(.minutes(20)))
struct TokenTests {
    func issue(_ farm: TestFarm, _ credentials: ClientCredentials, scope: String? = nil) async throws -> TokenResponse {
        let secret = try #require(credentials.secret)
        let body = "grant_type=client_credentials" + (scope.map { "&scope=\($0)" } ?? "")
        let form = try FormParameters(parsing: Array(body.utf8))
        let presented = PresentedClient(id: credentials.client.publicID, secret: secret, usedBasic: false)
        let client = try farm.service.authenticateClient(presented, address: "127.0.0.1")
        return try await farm.service.issueToken(TokenRequest(form: form, presented: presented), client: client)
    }

    @Test("a client's secret gives a token, and the token its client")
    func token() async throws {
        let farm = try await TestFarm()
        let credentials = try await farm.service.perform(AddClient(NewClient(name: "orca")))
        let response = try await issue(farm, credentials)
        #expect(response.expiresIn == 3_153_600_000)
        let client = try #require(farm.service.authenticate(token: response.accessToken))
        #expect(client.clientName == "orca")
        #expect(client.scope == .all)
        #expect(farm.service.authenticate(token: response.accessToken + "x") == nil)
        let stored = try #require(farm.store.rows.tokens.values.first)
        #expect(stored.digest == TokenDigest(of: response.accessToken))
    }

    @Test("a token ends with its life, and when it is revoked, and sleeps while client or account is disabled")
    func ends() async throws {
        let farm = try await TestFarm()
        var new = NewClient(name: "short")
        new.tokenLifetimeSeconds = 60
        let credentials = try await farm.service.perform(AddClient(new))
        let id = credentials.client.publicID
        let token = try await issue(farm, credentials).accessToken
        _ = try await farm.service.perform(SetClientDisabled(publicID: id, disabled: true))
        #expect(farm.service.authenticate(token: token) == nil)
        _ = try await farm.service.perform(SetClientDisabled(publicID: id, disabled: false))
        #expect(farm.service.authenticate(token: token) != nil)
        _ = try await farm.service.perform(SetAccountDisabled(name: "operator", disabled: true))
        #expect(farm.service.authenticate(token: token) == nil)
        _ = try await farm.service.perform(SetAccountDisabled(name: "operator", disabled: false))
        farm.clock.advance(by: .seconds(59))
        let tokenID = try #require(farm.service.authenticate(token: token)?.tokenID)
        let second = try await issue(farm, credentials).accessToken
        farm.clock.advance(by: .seconds(1))
        #expect(farm.service.authenticate(token: token) == nil)
        let secondID = try #require(farm.service.authenticate(token: second)?.tokenID)
        #expect(secondID != tokenID)
        try await farm.service.perform(RevokeToken(secondID))
        #expect(farm.service.authenticate(token: second) == nil)
        #expect(farm.store.rows.tokens[secondID]?.revokedAt == farm.clock.now)
    }

    @Test("when a token was last used is stored within two minutes, though the store fails in the first")
    func lastUse() async throws {
        let farm = try await TestFarm()
        let credentials = try await farm.service.perform(AddClient(NewClient(name: "orca")))
        let token = try await issue(farm, credentials).accessToken
        let used = farm.clock.now
        #expect(farm.service.authenticate(token: token) != nil)
        farm.store.fail(true)
        for _ in 0..<60 { await farm.service.tick() }
        farm.store.fail(false)
        for _ in 0..<60 { await farm.service.tick() }
        #expect(farm.store.rows.tokens.values.map(\.lastUsedAt) == [used])
    }

    @Test("a client's last use is known at once, and outlives its tokens and a restart")
    func lastUseOfClient() async throws {
        let farm = try await TestFarm()
        let credentials = try await farm.service.perform(AddClient(NewClient(name: "orca")))
        let token = try await issue(farm, credentials).accessToken
        func shown(_ farm: TestFarm) -> Timestamp? { farm.service.snapshot().clients.first?.lastUsedAt }
        #expect(shown(farm) == nil)
        let used = farm.clock.now
        #expect(farm.service.authenticate(token: token) != nil)
        #expect(shown(farm) == used)
        let id = credentials.client.publicID
        guard case .tokens(let tokens) = try await farm.service.perform(FarmAction.listTokens(client: id)) else {
            Issue.record("no tokens were listed")
            return
        }
        #expect(tokens.map(\.lastUsedAt) == [used])
        for _ in 0..<60 { await farm.service.tick() }
        _ = try await farm.service.perform(FarmAction.revokeTokens(client: id))
        #expect(shown(farm) == used)
        let again = try await TestFarm(store: farm.store)
        #expect(shown(again) == used)
    }

    @Test("above the limit of live tokens the least recently used goes")
    func tokenLimit() async throws {
        var limits = FarmLimits()
        limits.liveTokensPerClient = 2
        let farm = try await TestFarm(limits: limits)
        let credentials = try await farm.service.perform(AddClient(NewClient(name: "busy")))
        let first = try await issue(farm, credentials).accessToken
        farm.clock.advance(by: .seconds(1))
        let second = try await issue(farm, credentials).accessToken
        farm.clock.advance(by: .seconds(1))
        let third = try await issue(farm, credentials).accessToken
        #expect(farm.service.authenticate(token: first) == nil)
        #expect(farm.service.authenticate(token: second) != nil)
        #expect(farm.service.authenticate(token: third) != nil)
    }

    @Test("rotating keeps live tokens unless asked; removing a client ends them")
    func rotate() async throws {
        let farm = try await TestFarm()
        let credentials = try await farm.service.perform(AddClient(NewClient(name: "orca")))
        let id = credentials.client.publicID
        let token = try await issue(farm, credentials).accessToken
        let rotated = try await farm.service.perform(RotateClient(publicID: id, revokeTokens: false))
        #expect(rotated.secret != credentials.secret)
        #expect(farm.service.authenticate(token: token) != nil)
        await #expect(throws: OAuthError.invalidClient(usedBasic: false)) { _ = try await issue(farm, credentials) }
        try await farm.service.perform(RemoveClient(publicID: id))
        #expect(farm.service.authenticate(token: token) == nil)
        #expect(farm.store.rows.clients.isEmpty)
    }

    @Test(
        "a proof of before a new secret, or before the client was disabled, gives no token any more",
        arguments: [true, false])
    func staleProof(isRotated: Bool) async throws {
        let farm = try await TestFarm()
        let credentials = try await farm.service.perform(AddClient(NewClient(name: "orca")))
        let id = credentials.client.publicID
        let form = try FormParameters(parsing: Array("grant_type=client_credentials".utf8))
        let presented = PresentedClient(id: id, secret: credentials.secret, usedBasic: false)
        let proved = try farm.service.authenticateClient(presented, address: "127.0.0.1")
        if isRotated {
            _ = try await farm.service.perform(RotateClient(publicID: id, revokeTokens: true))
        } else {
            _ = try await farm.service.perform(SetClientDisabled(publicID: id, disabled: true))
        }
        await #expect(throws: OAuthError.invalidClient(usedBasic: false)) {
            _ = try await farm.service.issueToken(TokenRequest(form: form, presented: presented), client: proved)
        }
        #expect(farm.store.rows.tokens.isEmpty)
    }

    @Test("another account's printer is forbidden, an unknown one not found")
    func accounts() async throws {
        let farm = try await TestFarm()
        let other = try await farm.service.perform(AddAccount(name: "lab"))
        let caller = Caller.client(
            AuthenticatedClient(
                tokenID: 1, clientID: 1, clientName: "x", accountID: other.id, scope: .all, expiresAt: farm.clock.now))
        #expect(throws: FarmError.forbidden) { try farm.service.state.printer(farm.printer, for: caller) }
        #expect(throws: FarmError.noSuchPrinter) { try farm.service.state.printer(999, for: caller) }
        await #expect(throws: FarmError.forbidden) {
            try await farm.service.perform(StartPrint(caller: caller, printer: farm.printer, filename: "x"))
        }
        #expect(farm.service.state.printers(for: caller).isEmpty)
    }
}
