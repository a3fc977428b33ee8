import Crypto
import Synchronization
import Text
import Wire
import WireTestSupport

@testable import Printers

/// A Buddy board: three sockets for everybody, a nonce that lives five seconds, no qop.
final class FakePrusaLink: Sendable {
    struct State {
        var told = "IDLE"
        var job: Int?
        /// Nonces given out, and whether each still lives.
        var nonces: [String: Bool] = [:]
        var challenges = 0
        var isHung = false
        var asked: [String] = []
        var snap: (status: Int, body: [UInt8]) = (404, [])
        var uploaded: [UInt8] = []
        var tellsStorage = true
        /// A file that is sent is answered only when this ends.
        var keepsPuts = false
        /// Requests being answered, and the most at one time.
        var running = 0
        var mostAsked = 0
    }
    private let state = Mutex(State())
    private let server: FakeServer
    private let password = "secret"
    let port: Int

    init() async throws {
        let box = Box()
        server = try await FakeServer(answer: { await box.fake?.answer($0) ?? .hangUp })
        port = server.port
        box.held.withLock { $0 = self }
    }

    private final class Box: Sendable {
        let held = Mutex<FakePrusaLink?>(nil)
        var fake: FakePrusaLink? { held.withLock { $0 } }
    }

    var asked: [String] { state.withLock { $0.asked } }
    var challenges: Int { state.withLock { $0.challenges } }
    var uploaded: [UInt8] { state.withLock { $0.uploaded } }
    /// Files that were sent, with and without what opens them.
    var puts: [String] { server.requests.filter { $0.method == "PUT" && $0.path.contains("/files/") }.map(\.target) }
    var requestCount: Int { server.requests.count }
    var mostAsked: Int { state.withLock { $0.mostAsked } }
    var mostOpen: Int { server.mostOpen }
    func stop() async { await server.stop() }
    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    /// As after five seconds.
    func ageNonces() { change { state in for nonce in state.nonces.keys { state.nonces[nonce] = false } } }

    private func answer(_ request: FakeServer.Request) async -> FakeServer.Reply {
        if state.withLock({ $0.isHung }) { return .silence }
        change { state in
            state.running += 1
            state.mostAsked = max(state.mostAsked, state.running)
        }
        defer { change { $0.running -= 1 } }
        await Task.yield()
        switch verdict(request) {
        case .open:
            if request.path.contains("/files/"), request.method == "PUT" {
                while state.withLock({ $0.keepsPuts }) { try? await Task.sleep(for: .milliseconds(5)) }
            }
            return state.withLock { Self.resource(request, &$0) }
        case .challenge(let isStale):
            let nonce = state.withLock { state in
                state.challenges += 1
                let nonce = "00000000000000\(state.challenges)"
                state.nonces[nonce] = true
                return nonce
            }
            let value = "Digest realm=\"Printer API\", nonce=\"\(nonce)\", stale=\"\(isStale)\""
            return .answer(401, headers: [HTTPHeader("WWW-Authenticate", value)])
        }
    }

    private enum Verdict {
        case open
        case challenge(isStale: Bool)
    }

    /// Buddy's parser: these fields and no others, and the very target that was requested.
    private func verdict(_ request: FakeServer.Request) -> Verdict {
        guard let header = request.header("authorization"), header.hasPrefix("Digest ") else {
            return .challenge(isStale: false)
        }
        var fields: [String: String] = [:]
        for part in header.dropFirst(7).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            fields[String(pair[0].drop { $0 == " " })] = pair[1].filter { $0 != "\"" }
        }
        guard Set(fields.keys) == ["username", "realm", "nonce", "uri", "response"], fields["uri"] == request.target
        else { return .challenge(isStale: false) }
        let nonce = fields["nonce"] ?? ""
        let secret = md5("maker:Printer API:\(password)"), target = md5("\(request.method):\(request.target)")
        guard fields["response"] == md5("\(secret):\(nonce):\(target)"),
            let lives = state.withLock({ $0.nonces[nonce] })
        else { return .challenge(isStale: false) }
        return lives ? .open : .challenge(isStale: true)
    }

    private func md5(_ text: String) -> String { Hexadecimal.text(Insecure.MD5.hash(data: Array(text.utf8))) }

    private static func resource(_ request: FakeServer.Request, _ state: inout State) -> FakeServer.Reply {
        state.asked.append("\(request.method) \(request.target)")
        let job = state.job.map { "/api/v1/job/\($0)" }
        switch (request.method, request.path) {
        case ("GET", "/api/version"):
            return .json(
                #"{"api":"2.0.0","text":"PrusaLink","server":"2.1.2","hostname":"prusa","nozzle_diameter":0.4}"#)
        case ("GET", "/api/v1/info"): return .json(#"{"serial":"CZPX0000X000XC00000","hostname":"prusa","mmu":false}"#)
        case ("GET", "/api/v1/status"):
            var body: MachineJSON = [
                "printer": [
                    "state": .string(state.told), "temp_nozzle": 214.9, "target_nozzle": 215,
                    "temp_bed": 59.5, "target_bed": 60,
                ]
            ]
            if let job = state.job {
                body = .object(
                    body.members.merging([
                        "job": [
                            "id": .integer(Int64(job)), "progress": 42, "time_remaining": 520,
                            "time_printing": 526,
                        ]
                    ]) { $1 })
            }
            return .json(body.encoded)
        case ("GET", "/api/v1/job"):
            guard let job = state.job else { return .answer(204) }
            return .json(
                #"{"id":\#(job),"state":"PRINTING","file":{"name":"CUBE~1.BGC","display_name":"cube.bgcode","path":"/usb"}}"#
            )
        case ("PUT", _) where job.map({ request.path == $0 + "/pause" }) == true:
            guard state.told == "PRINTING" else { return .answer(409) }
            state.told = "PAUSED"
            return .answer(204)
        case ("PUT", _) where job.map({ request.path == $0 + "/resume" }) == true:
            guard state.told == "PAUSED" else { return .answer(409) }
            state.told = "PRINTING"
            return .answer(204)
        // It goes on to say PRINTING while it aborts: the test ends that.
        case ("DELETE", _) where request.path == job: return .answer(204)
        case ("PUT", _) where request.path.hasPrefix("/api/v1/files/"):
            state.uploaded = request.body
            return .answer(201)
        case ("POST", _) where request.path.hasPrefix("/api/v1/files/"): return .answer(409)
        case ("GET", "/api/v1/storage") where state.tellsStorage:
            return .json(#"{"storage_list":[{"path":"/usb/","name":"usb","read_only":false,"available":true}]}"#)
        case ("GET", "/api/v1/files/usb"):
            return .json(
                #"{"children":[{"name":"CUBE~1.BGC","display_name":"cube.bgcode","type":"PRINT_FILE","size":7},{"name":"ORDERS~1","display_name":"orders","type":"FOLDER"}]}"#
            )
        case ("GET", "/api/v1/files/usb/ORDERS~1"):
            return .json(#"{"children":[{"name":"A~1.BGC","display_name":"a.bgcode","type":"PRINT_FILE"}]}"#)
        case ("GET", "/api/v1/cameras/snap"): return .answer(state.snap.status, body: state.snap.body)
        default: return .answer(404)
        }
    }
}

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}
