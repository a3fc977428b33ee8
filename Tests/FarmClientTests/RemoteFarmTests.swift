import API
import Farm
import FarmService
import Foundation
import HummingbirdCore
import Logging
import OAuth
import Storage
import TestSupport
import Testing
import Text

@testable import FarmClient

@Suite("A remote farm's events", .timeLimit(.minutes(20)))
struct RemoteEventTests {
    @Test("Events come in pieces, comments are heartbeats")
    func pieces() throws {
        var events = ServerSentEvents(limit: 1000)
        var found: [ServerSentEvents.Event] = []
        for piece in [": still", " here\n\nid: 7\nevent: pri", "nter\nda", "ta: {\"a\":1}\n\n", "data: x\r\n\r\n"] {
            found += try events.add(Array(piece.utf8))
        }
        #expect(
            found == [
                .init(name: "comment", data: []), .init(name: "printer", data: Array("{\"a\":1}".utf8), id: "7"),
                .init(name: "message", data: Array("x".utf8), id: "7"),
            ])
    }

    @Test("A line without an end is refused before it fills the memory")
    func endless() throws {
        var events = ServerSentEvents(limit: 10)
        #expect(throws: ControlError.self) { try events.add(Array(repeating: 65, count: 11)) }
    }

    @Test(
        "Times of the API are read back as they were",
        arguments: [0, 1_795_438_387_501_618, 951_782_400_000_000, 4_107_542_399_999_999])
    func times(microseconds: Int64) {
        let time = Timestamp(microseconds: microseconds)
        #expect(Timestamp(rfc3339: time.description) == time)
    }

    @Test(
        "What is no time of the API is none",
        arguments: ["", "2026-11-23", "2026-13-01T00:00:00Z", "x026-11-23T13:03:16Z"])
    func noTimes(text: String) { #expect(Timestamp(rfc3339: text) == nil) }
}

@Suite("A remote print's course", .timeLimit(.minutes(20)))
struct ThinnedPointsTests {
    @Test("of too many points the first and the newest stay", arguments: [1, 2, 3, 7, 99, 100, 1000])
    func thinned(limit: Int) {
        let points = (1...100).map {
            ScorePoint(
                at: Timestamp(microseconds: $0), frame: $0, p: 0, failureProbability: nil, ewmMean: 0, normalizedP: 0)
        }
        let kept = points.thinned(to: limit)
        #expect(kept.count == min(limit, 100))
        #expect(kept.last?.frame == 100 && (limit == 1 || kept.first?.frame == 1))
        #expect(Set(kept.map(\.frame)).count == kept.count && kept.map(\.frame) == kept.map(\.frame).sorted())
    }
}

@Suite("A remote farm's actions", .timeLimit(.minutes(20)))
struct RemoteCallTests {
    @Test("What the API can do is asked of it; what only the console may is not")
    func calls() {
        #expect(RemoteCall(.pausePrint(7))?.path == "/api/v1/printers/7/request_pause/")
        for (action, path) in [
            (FarmAction.pausePrint(7, of: 12), "request_pause/?print_id=12"),
            (.resumePrint(7, of: 12), "resume_print/?print_id=12"),
            (.cancelPrint(7, of: 12), "cancel_print/?print_id=12"),
            (.finishPrint(7, of: 12, result: .cancelled, reason: nil), "finish_print/?print_id=12"),
            (.machine(.move(7, .emergencyStop, of: 12)), "emergency_stop/?print_id=12"),
            (.confirmPause(7, of: 12), "pause_print/?print_id=12"),
            (.archivePrinter(7), "archive/"), (.archivePrinter(7, seen: .nothing), "archive/?print_id=0"),
            (.deletePrinter(7, seen: .print(12)), "?print_id=12"), (.deletePrinter(7), ""),
            (.muteAlerts(7, of: 12, muted: true), "mute_current_print/?mute_alert=true&print_id=12"),
            (.acknowledgeAlert(7, of: 12, verdict: nil), "acknowledge_alert/?print_id=12"),
            (.acknowledgeAlert(7, of: 12, verdict: .failed), "acknowledge_alert/?alert_overwrite=FAILED&print_id=12"),
        ] {
            #expect(RemoteCall(action)?.path == "/api/v1/printers/7/\(path)")
        }
        #expect(RemoteCall(.confirmPause(7))?.path == "/api/v1/printers/7/pause_print/")
        #expect(RemoteCall(.unarchivePrinter(7))?.path == "/api/v1/printers/7/?with_archived=1")
        #expect(
            RemoteCall(.startPrint(7, filename: "a.gcode", requireClear: true))?.body
                == ["filename": .string("a.gcode"), "require_clear": .bool(true)])
        #expect(
            RemoteCall(.machine(.startFile(7, path: "local/a.gcode", requireClear: true)))?.body?["require_clear"]
                == .bool(true))
        #expect(RemoteCall(.startPrint(7, filename: "a.gcode"))?.body == ["filename": .string("a.gcode")])
        #expect(RemoteCall(.undoDismissal(7))?.path == "/api/v1/printers/7/undo_dismissal/")
        #expect(RemoteCall(.forgetCamera(7))?.path == "/api/v1/printers/7/forget_camera/")
        #expect(
            RemoteCall(.markFailed(9, reason: "warping"))?.body
                == ["result": "failed", "failure_reason": "warping"])
        #expect(RemoteCall(.finishPrint(7, result: .replaced, reason: nil)) == nil)
        #expect(
            RemoteCall(.acknowledgeAlert(7, verdict: .notFailed))?.path
                == "/api/v1/printers/7/acknowledge_alert/?alert_overwrite=NOT_FAILED")
        #expect(RemoteCall(.judgePrint(9, verdict: nil))?.body == ["alert_overwrite": .null])
        var settings = PrinterSettings(name: "mk3")
        #expect(RemoteCall(.updatePrinter(7, settings: settings))?.body?["camera_region"] == .null)
        var edited = settings
        edited.detectiveSensitivity = 1.1
        #expect(
            RemoteCall(.updatePrinter(7, settings: edited, from: settings))?.body
                == ["detective_sensitivity": .double(1.1)], "only what differs")
        settings.cameraRegion = CameraRegion("ignore=0,0,250,100") ?? .whole
        let area: [String: JSONValue] = [
            "x": .double(0), "y": .double(0), "width": .double(0.25), "height": .double(0.1),
        ]
        let region: [String: JSONValue] = ["bed": .null, "ignored": .array([.object(area)])]
        #expect(RemoteCall(.updatePrinter(7, settings: settings))?.body?["camera_region"] == .object(region))
        #expect(RemoteCall(.listClients) == nil)
        #expect(RemoteCall(.removeClient("a")) == nil)
    }
}

/// A farm in a folder of its own, served over TCP on a free port while `body` runs.
private func served(
    scope: Scope = .all, ownVersion: String? = nil, _ body: (RemoteFarm, FarmService) async throws -> Void
) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ft-\(UUID().uuidString.prefix(8))")
    defer { try? FileManager.default.removeItem(at: folder) }
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let now: @Sendable () -> Timestamp = { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }
    var limits = FarmLimits()
    // However long a busy machine takes: a test that waits for the end of this time would set its own.
    limits.pauseConfirmedWithinAtLeast = .seconds(86_400)
    let service = try FarmService(
        store: SQLiteStore(DataFolder(preparing: folder.path).lock()), detector: nil, limits: limits,
        clock: .neverSet(now), logger: logger,
        version: "1.2.3")
    let server = FarmServer(
        service: service,
        configuration: .init(
            publicURL: "http://127.0.0.1:3334", pictureSigner: PictureSigner(key: Array(repeating: 7, count: 32)),
            answerSigner: AnswerSigner(key: Array(repeating: 7, count: 32)),
            holder: HolderDescription(pid: 42, version: "1.2.3", startedAt: now(), dataFolder: folder.path), now: now),
        logger: logger)
    let (ports, port) = AsyncStream<Int>.makeStream()
    let listener = server.listener(host: "127.0.0.1", port: 0) { port.yield($0) }
    let serving = Task { try await listener.run() }
    guard
        case .credentials(let made) = try await service.perform(.addClient(NewClient(name: "remote", scope: scope))),
        let secret = made.secret, let bound = await ports.first(where: { _ in true })
    else { throw FarmError.noSuchClient }
    let farm = RemoteFarm(
        base: "http://127.0.0.1:\(bound)",
        credentials: RemoteCredentials(clientID: made.client.publicID, clientSecret: secret),
        retryDelay: .milliseconds(20), version: ownVersion)
    var failure: (any Error)?
    do { try await body(farm, service) } catch { failure = error }
    await farm.close()
    await service.shutdown()
    serving.cancel()
    _ = await serving.result
    if let failure { throw failure }
}

@Suite("A farm over the network", .timeLimit(.minutes(20)))
struct RemoteFarmTests {
    /// Waits for a snapshot of which `holds` is true; the test's time limit bounds it.
    private func see(_ farm: RemoteFarm, _ holds: @Sendable (FarmSnapshot) -> Bool) async -> FarmSnapshot? {
        for await update in farm.updates() {
            if case .snapshot(let snapshot) = update, holds(snapshot) { return snapshot }
        }
        return nil
    }

    @Test("Printers made here are seen there, with their prints", .timeLimit(.minutes(20)))
    func workflow() async throws {
        try await served { farm, service in
            _ = try await farm.perform(.createPrinter(account: "", settings: PrinterSettings(name: "mk3")))
            let made = try #require(await see(farm) { !$0.printers.isEmpty }?.printers.first)
            #expect(made.printer.settings.name == "mk3" && made.machineWord == .idle)
            _ = try await farm.perform(.startPrint(made.id, filename: "benchy.gcode"))
            let printing = await see(farm) { $0.printers.first?.print?.filename == "benchy.gcode" }
            #expect(printing?.printers.first?.machineWord == .printing)
            #expect(printing?.events.contains { $0.kind == .started } == true)
            _ = try await farm.perform(.finishPrint(made.id, result: .success, reason: nil))
            var query = PrintQuery()
            query.results = [.success]
            #expect(try await farm.prints(query).map(\.filename) == ["benchy.gcode"])
            #expect(try await farm.events(printer: made.id, print: nil, limit: 5).first?.kind == .ended)
            #expect(service.state.printers[made.id]?.currentPrint == nil)
        }
    }

    @Test(
        "The states are those of the farm: a pause asked is ASKED until the app confirms it", .timeLimit(.minutes(20)))
    func states() async throws {
        try await served { farm, service in
            _ = try await farm.perform(.createPrinter(account: "", settings: PrinterSettings(name: "mk3")))
            _ = try await farm.perform(.startPrint(1, filename: "benchy.gcode"))
            _ = try await farm.perform(.pausePrint(1))
            let told = await see(farm) { $0.printers.first?.machineWord == .asked }
            let asked = try #require(told?.printers.first)
            #expect(asked.states.camera == .noPicture && asked.pauseDeadline != nil && asked.print?.pausedAt == nil)
            let there = try #require(service.snapshot().printers.first)
            #expect(asked.states == there.states && asked.rank == there.rank && asked.thresholds == there.thresholds)
            #expect(asked.pauseDeadline == there.pauseDeadline && asked.failureProbability == there.failureProbability)
            #expect(asked.print?.pauseRequestedAt == there.print?.pauseRequestedAt)
            _ = try await farm.perform(.confirmPause(1))
            let paused = await see(farm) { $0.printers.first?.machineWord == .paused }
            #expect(paused?.printers.first?.rank.level == .printing)
            #expect(paused?.events.last?.kind == .paused && paused?.events.last?.actor == .client("remote"))
        }
    }

    @Test(
        "An end with a reason, and the word of a print that has just ended, are the farm's too",
        .timeLimit(.minutes(20)))
    func ends() async throws {
        try await served { farm, _ in
            _ = try await farm.perform(.createPrinter(account: "", settings: PrinterSettings(name: "mk3")))
            await #expect(throws: FarmError.notPrinting) {
                try await farm.perform(.finishPrint(1, result: .failed, reason: nil))
            }
            _ = try await farm.perform(.startPrint(1, filename: "benchy.gcode"))
            _ = try await farm.perform(.finishPrint(1, result: .failed, reason: "warping"))
            let ended = await see(farm) { $0.printers.first?.print?.result == .failed }
            #expect(ended?.printers.first?.machineWord == .failed)
            #expect(ended?.printers.first?.print?.failureReason == "warping")
            var query = PrintQuery()
            query.results = [.failed]
            #expect(try await farm.prints(query).map(\.failureReason) == ["warping"])
        }
    }

    @Test("A printer that leaves the farm leaves the screen", .timeLimit(.minutes(20)))
    func removed() async throws {
        try await served { farm, service in
            _ = try await farm.perform(.createPrinter(account: "", settings: PrinterSettings(name: "mk3")))
            var wasThere = false
            for await update in farm.updates() {
                guard case .snapshot(let snapshot) = update else { continue }
                if !snapshot.printers.isEmpty, !wasThere {
                    wasThere = true
                    _ = try await service.perform(.archivePrinter(1))
                }
                if wasThere, snapshot.printers.isEmpty { break }
            }
            #expect(wasThere)
        }
    }

    @Test("One list shows all printers, and after a broken link the stream goes on where it ended")
    func resumed() async throws {
        try await served { farm, service in
            for number in 1...30 {
                _ = try await service.perform(
                    .createPrinter(account: Account.firstName, settings: PrinterSettings(name: "mk\(number)")))
            }
            var isRevoked = false
            for await update in farm.updates() {
                guard case .snapshot(let snapshot) = update else { continue }
                if !isRevoked {
                    isRevoked = true
                    #expect(snapshot.printers.map(\.id) == (1...30).map { PrinterID($0) })
                    // The stream ends with its token, and tells nothing of what comes after.
                    _ = try await service.perform(.revokeTokens(client: farm.connection.credentials.clientID))
                    _ = try await service.perform(
                        .createPrinter(account: Account.firstName, settings: PrinterSettings(name: "made meanwhile")))
                }
                if snapshot.printers.last?.printer.settings.name == "made meanwhile" { break }
            }
            let metrics = String(decoding: try await farm.bytes(.init("/metrics")), as: UTF8.self)
            func answers(_ route: String) -> String { "{method=\"GET\",route=\"\(route)\",status=\"2xx\"}" }
            #expect(metrics.contains(answers("/api/v1/printers/") + " 1\n"))
            #expect(metrics.contains(answers("/api/v1/events/stream") + " 2\n"))
            #expect(!metrics.contains("/prediction/"))
        }
    }

    @Test("A farm of another version is a lost link that says which side to update", .timeLimit(.minutes(20)))
    func otherVersion() async throws {
        try await served(ownVersion: "0.2.0") { farm, _ in
            for await update in farm.updates() {
                guard case .disconnected(let reason) = update else { continue }
                #expect(reason == "The farm at \(farm.base) runs farmtop 1.2.3, this is 0.2.0. Update farmtop here.")
                break
            }
        }
    }

    @Test("A client that may only read is refused what changes the farm, and knows its scope")
    func readOnly() async throws {
        try await served(scope: .read) { farm, _ in
            let scope = try await farm.scope()
            #expect(scope == .read)
            await #expect(throws: FarmAPIError.self) {
                try await farm.perform(.createPrinter(account: "", settings: PrinterSettings(name: "mk3")))
            }
            await #expect(throws: RemoteFarmError.notOverTheNetwork) { try await farm.perform(.listClients) }
        }
    }

    @Test("A wrong secret is named as such, and is in no message")
    func wrongSecret() async throws {
        try await served { farm, _ in
            let wrong = RemoteFarm(
                base: farm.base, credentials: RemoteCredentials(clientID: "nobody", clientSecret: "hush-hush"))
            await #expect(throws: RemoteFarmError.credentialsRefused(base: farm.base)) { try await wrong.scope() }
            await wrong.close()
            #expect(!"\(RemoteFarmError.credentialsRefused(base: farm.base))".contains("hush"))
        }
    }

    @Test("A farm that is not there is a lost link that says so", .timeLimit(.minutes(20)))
    func notThere() async throws {
        let farm = RemoteFarm(
            base: "http://127.0.0.1:1", credentials: RemoteCredentials(clientID: "a", clientSecret: "b"),
            retryDelay: .milliseconds(20))
        for await update in farm.updates() {
            guard case .disconnected(let reason) = update else { continue }
            #expect(reason.contains("No farm answers at http://127.0.0.1:1"))
            break
        }
        await farm.close()
    }
}
