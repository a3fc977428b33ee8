import Foundation
import GRDB
import Imaging
import Synchronization
import TestSupport
import Testing

@testable import farmtop

/// What the farm has promised, as its clients know it.
private final class Promises: Sendable {
    enum PrintState: Hashable { case open, success, cancelled }
    struct Print {
        /// More than one while a change was asked for and never answered.
        var states: Set<PrintState>
        var frames = 0
    }
    private let prints = Mutex<[Int64: Print]>([:])
    private let tokens = Mutex<[String]>([])

    var allPrints: [Int64: Print] { prints.withLock { $0 } }
    var allTokens: [String] { tokens.withLock { $0 } }
    func started(_ id: Int64) { prints.withLock { $0[id] = Print(states: [.open]) } }
    func frame(of id: Int64) { prints.withLock { $0[id]?.frames += 1 } }
    func asked(_ id: Int64, _ state: PrintState) { _ = prints.withLock { $0[id]?.states.insert(state) } }
    func answered(_ id: Int64, _ state: PrintState) { prints.withLock { $0[id]?.states = [state] } }
    func token(_ token: String) { tokens.withLock { $0.append(token) } }
    /// What was found after a kill is what has to hold from then on; a print left open may be ended by the next start.
    func settle(_ id: Int64, _ state: PrintState) {
        prints.withLock { $0[id]?.states = state == .open ? [.open, .success] : [state] }
    }
}

@Suite("Killed at any moment", .serialized, .timeLimit(.minutes(20)))
struct KillTests {
    /// `FARMTOP_KILLS=1000` for the long run, `FARMTOP_SEED` for another one.
    private static func number(_ name: String, default value: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
    }

    /// An app of one printer: starts prints, sends frames, ends prints, takes tokens, until the farm is gone.
    private static func drive(
        _ http: HTTP, client: (id: String, secret: String), printer: Int64, jpeg: [UInt8], promises: Promises,
        seed: UInt64
    ) {
        var random = SplitMix(seed: seed)
        do {
            while true {
                let started = try http.post(
                    "/api/v1/printers/\(printer)/start_print/", json: #"{"filename": "part.gcode"}"#)
                guard started.status == 200, let changed = started.object["printer"] as? [String: Any],
                    let current = changed["current_print"] as? [String: Any],
                    let id = (current["id"] as? NSNumber)?.int64Value
                else { continue }
                promises.started(id)
                for _ in 0..<random.below(4) where try http.predict(printer, jpeg: jpeg).status == 200 {
                    promises.frame(of: id)
                }
                if random.below(4) == 0 {
                    let answer = try HTTP(port: http.port).requestToken(client)
                    if let token = answer.object["access_token"] as? String { promises.token(token) }
                }
                let state: Promises.PrintState = random.below(2) == 0 ? .success : .cancelled
                promises.asked(id, state)
                let word = state == .success ? "success" : "cancelled"
                if try http.post("/api/v1/printers/\(printer)/finish_print/", json: #"{"status": "\#(word)"}"#).status
                    == 200
                {
                    promises.answered(id, state)
                }
            }
        } catch {
            // The farm was killed.
            return
        }
    }

    @Test("nothing that was acknowledged is lost, and nothing is half done")
    func kills() throws {
        let count = Self.number("FARMTOP_KILLS", default: 5)
        var random = SplitMix(seed: UInt64(Self.number("FARMTOP_SEED", default: 1)))
        let farm = try ServedFarm(TestHome())
        let client = try farm.addClient("harness")
        var http = farm.http
        http.token = try #require(http.requestToken(client).object["access_token"] as? String)
        let printers = try (1...4).map { number in
            let made = try http.post("/api/v1/printers/", json: #"{"name": "p\#(number)"}"#)
            return try #require((made.object["id"] as? NSNumber)?.int64Value)
        }
        let jpeg = JPEG.encode(DrawnScene.draw(seed: 1, progress: 0.5, tangle: 0, frame: 1))
        let promises = Promises()
        for kill in 1...count {
            let apps = DispatchGroup()
            for printer in printers {
                let (app, seed) = (HTTP(port: farm.port, token: http.token), random.next())
                apps.enter()
                Thread.detachNewThread {
                    Self.drive(app, client: client, printer: printer, jpeg: jpeg, promises: promises, seed: seed)
                    apps.leave()
                }
            }
            usleep(UInt32(50_000 + random.below(900_000)))
            #expect(farm.end(SIGKILL) == 128 + SIGKILL)
            apps.wait()
            try checkStored(farm.home.data, promises, "kill \(kill)")
            try farm.startAgain()
            try checkServed(farm.port, promises)
        }
        #expect(farm.end(SIGTERM) == 0)
        try checkStored(farm.home.data, promises, "the end")
        let frames = promises.allPrints.values.reduce(0) { $0 + $1.frames }
        print(
            "\(count) kills: \(promises.allPrints.count) prints, \(frames) frames, \(promises.allTokens.count) tokens")
        #expect(promises.allPrints.count >= count)
    }

    /// The files as the killed process left them.
    private func checkStored(_ folder: String, _ promises: Promises, _ when: Comment) throws {
        try FarmInvariants.check(folder) { database in
            for (id, promised) in promises.allPrints {
                let row = try Row.fetchOne(
                    database, sql: "SELECT finished_at, cancelled_at, frame_count FROM prints WHERE id = ?",
                    arguments: [id])
                guard let row else {
                    Issue.record("print \(id) is lost")
                    continue
                }
                let state: Promises.PrintState =
                    row["cancelled_at"] != nil ? .cancelled : row["finished_at"] != nil ? .success : .open
                #expect(promised.states.contains(state), when)
                #expect(row["frame_count"] >= promised.frames, when)
                promises.settle(id, state)
            }
            #expect(
                try Int.fetchOne(database, sql: "SELECT count(*) FROM access_tokens") ?? 0 >= promises.allTokens.count)
        }
    }

    /// What the next process makes of them.
    private func checkServed(_ port: UInt16, _ promises: Promises) throws {
        for token in promises.allTokens.suffix(5) {
            #expect(try HTTP(port: port, token: token).get("/api/v1/printers/").status == 200)
        }
        guard let token = promises.allTokens.last else { return }
        for (id, promised) in promises.allPrints.sorted(by: { $0.key > $1.key }).prefix(20) {
            let answer = try HTTP(port: port, token: token).get("/api/v1/prints/\(id)/")
            #expect(answer.status == 200)
            func isSet(_ key: String) -> Bool { answer.object[key] is String }
            let state: Promises.PrintState =
                isSet("cancelled_at") ? .cancelled : isSet("finished_at") ? .success : .open
            #expect(promised.states.contains(state))
        }
    }
}
