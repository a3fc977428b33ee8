import Synchronization
import Text
import Wire
import WireTestSupport

@testable import Printers

/// An OctoPrint with the habits of the recorded one, where they matter to a link.
final class FakeOctoPrint: Sendable {
    struct State {
        /// The state's text, as `/api/job` has it.
        var text = "Operational"
        var error = ""
        var file: String?
        var completion: MachineJSON = .null
        var lastSuccess: Bool?
        var permissions = ["STATUS", "PRINT", "FILES_LIST", "FILES_UPLOAD", "SETTINGS_READ"]
        /// Takes no login at the push socket, and does not say so.
        var isMute = false
        /// Answers 204 to every command and does nothing.
        var isDeaf = false
        var isHung = false
        /// What hangs, as "POST /api/job".
        var hung: [String] = []
        /// The next answer of `/api/printer` is overtaken by a push that says paused.
        var isOvertaken = false
        var bodies: [String] = []
        var sockets: [Int: WebSocketSession] = [:]
        var logins = 0
        /// Polls until the request for a key is decided; then what becomes of it.
        var undecided = 2
        var grants = true
    }
    static let key = "0123456789ABCDEF0123456789ABCDEF"
    private let state = Mutex(State())
    private let server: FakeServer
    let port: Int

    init() async throws {
        let box = Box()
        server = try await FakeServer(
            answer: { await box.fake?.answer($0) ?? .hangUp }, talk: { await box.fake?.talk($0, $1) })
        port = server.port
        box.held.withLock { $0 = self }
    }

    private final class Box: Sendable {
        let held = Mutex<FakeOctoPrint?>(nil)
        var fake: FakeOctoPrint? { held.withLock { $0 } }
    }

    var bodies: [String] { state.withLock { $0.bodies } }
    var logins: Int { state.withLock { $0.logins } }
    var hung: [String] { state.withLock { $0.hung } }

    /// Until a push socket stands: what is pushed from then on reaches it, after its history.
    func waitForSocket() async throws {
        while state.withLock({ $0.sockets.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
    }
    var requests: [FakeServer.Request] { server.requests }
    func stop() async { await server.stop() }
    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    /// A frame to all push sockets.
    func push(_ frame: MachineJSON) async {
        let sockets = state.withLock { Array($0.sockets.values) }
        for socket in sockets { try? await socket.send(.text(frame.encoded)) }
    }

    /// An event; REST says from now on what it tells of the state.
    func event(_ type: String, _ payload: [String: MachineJSON]) async {
        if let text = payload["state_string"]?.text { change { $0.text = text } }
        await push(["event": ["type": .string(type), "payload": .object(payload)]])
    }

    func cutSockets() async {
        let sockets = state.withLock { Array($0.sockets.values) }
        for socket in sockets { await socket.close() }
    }

    private static func flags(_ text: String) -> MachineJSON {
        let isActive = ["Printing", "Pausing", "Cancelling", "Resuming", "Finishing", "Starting"].contains(text)
        return [
            "operational": .bool(isActive || ["Operational", "Paused"].contains(text)), "printing": .bool(isActive),
            "cancelling": .bool(text == "Cancelling"), "pausing": .bool(text == "Pausing"),
            "resuming": .bool(text == "Resuming"), "finishing": .bool(text == "Finishing"),
            "closedOrError": .bool(text.hasPrefix("Offline")), "error": false, "paused": .bool(text == "Paused"),
            "ready": .bool(text == "Operational"), "sdReady": true,
        ]
    }

    private static func job(_ state: State) -> (job: MachineJSON, progress: MachineJSON) {
        let name = state.file.map(MachineJSON.string) ?? .null
        return (
            ["file": ["name": name, "path": name, "display": name, "origin": "local"], "estimatedPrintTime": .null],
            ["completion": state.completion, "printTime": 12, "printTimeLeft": 34]
        )
    }

    private static func current(_ state: State) -> MachineJSON {
        let (job, progress) = job(state)
        return [
            "state": ["text": .string(state.text), "flags": flags(state.text), "error": .string(state.error)],
            "job": job, "progress": progress,
            "temps": .array([
                [
                    "tool0": ["actual": 204.5, "target": 205],
                    "bed": ["actual": 59.5, "target": .null],
                ]
            ]),
        ]
    }

    /// A `current` frame of what it is now.
    func pushCurrent() async { await push(["current": state.withLock { Self.current($0) }]) }

    private func answer(_ request: FakeServer.Request) async -> FakeServer.Reply {
        if request.path.hasPrefix("/plugin/appkeys/") { return appKeys(request) }
        let hangs = state.withLock { state in
            if state.isHung { state.hung.append("\(request.method) \(request.path)") }
            return state.isHung
        }
        if hangs { return .silence }
        guard request.header("x-api-key") == Self.key else {
            return .json(#"{"error": "You don't have the permission to access the requested resource."}"#, status: 403)
        }
        if request.method == "POST" { return post(request) }
        if request.path == "/api/printer", state.withLock({ $0.isOvertaken }) {
            let old = get(request)
            change { state in
                state.isOvertaken = false
                state.text = "Paused"
            }
            await event("PrinterStateChanged", ["state_id": "PAUSED", "state_string": "Paused"])
            // The push is taken before the answer that it has overtaken comes.
            try? await Task.sleep(for: .milliseconds(100))
            return old
        }
        return get(request)
    }

    private func get(_ request: FakeServer.Request) -> FakeServer.Reply {
        return state.withLock { state in
            switch request.path {
            case "/api/version": return .json(#"{"api":"0.1","server":"1.11.8","text":"OctoPrint 1.11.8"}"#)
            case "/api/currentuser":
                return .json(
                    MachineJSON.object([
                        "name": "farmer", "permissions": .array(state.permissions.map(MachineJSON.string)),
                    ]).encoded)
            case "/api/settings":
                return .json(#"{"appearance": {"name": "Bench 3"}, "webcam": {}, "api": {"key": "secret"}}"#)
            case "/api/printerprofiles":
                return .json(#"{"profiles": {"_default": {"model": "Generic RepRap Printer", "current": true}}}"#)
            case "/api/job":
                let (job, progress) = Self.job(state)
                return .json(
                    MachineJSON.object([
                        "state": .string(state.text), "job": job, "progress": progress, "error": .string(state.error),
                    ]).encoded)
            case "/api/printer":
                guard !state.text.hasPrefix("Offline") else {
                    return .json(#"{"error": "Printer is not operational"}"#, status: 409)
                }
                return .json(
                    MachineJSON.object([
                        "state": [
                            "text": .string(state.text), "flags": Self.flags(state.text), "error": .string(state.error),
                        ],
                        "temperature": ["tool0": ["actual": 204.5, "target": 205]],
                    ]).encoded)
            case "/api/files":
                return .json(
                    #"{"files": [{"name": "cube.gcode", "path": "cube.gcode", "type": "machinecode", "origin": "local", "size": 7}]}"#
                )
            case _ where request.path.hasPrefix("/api/files/local/"):
                guard let file = state.file, let success = state.lastSuccess else { return .answer(404) }
                return .json(
                    MachineJSON.object([
                        "path": .string(file),
                        "prints": [
                            "last": [
                                "date": 1_795_961_000, "success": .bool(success), "printTime": 60,
                            ]
                        ],
                    ]).encoded)
            default: return .answer(404)
            }
        }
    }

    private func post(_ request: FakeServer.Request) -> FakeServer.Reply {
        state.withLock { state in
            let text = String(decoding: request.body, as: UTF8.self)
            let body = (try? MachineJSON(parsing: request.body)) ?? .null
            switch request.path {
            case "/api/login":
                state.logins += 1
                return .json(#"{"name": "farmer", "session": "s1"}"#)
            case "/api/files/local":
                state.bodies.append(text)
                return .json(
                    #"{"done": true, "effectivePrint": false, "files": {"local": {"name": "Kfer  co.gcode", "path": "Kfer  co.gcode", "display": "Käfer & co.gcode"}}}"#,
                    status: 201)
            default: break
            }
            state.bodies.append("\(request.target) \(body.encoded)")
            if state.isDeaf { return .answer(204) }
            if request.path.hasPrefix("/api/files/local/") {
                guard !request.path.hasSuffix("nosuch.gcode") else {
                    return .json(#"{"error": "Not found"}"#, status: 404)
                }
                state.text = "Printing"
                state.file = String(request.path.dropFirst("/api/files/local/".utf8.count))
                return .answer(204)
            }
            switch (body["command"]?.text, body["action"]?.text, state.text) {
            case ("pause", "pause", "Printing"): state.text = "Paused"
            case ("pause", "resume", "Paused"): state.text = "Printing"
            case ("pause", _, "Operational"), ("cancel", _, "Operational"):
                return .json(
                    #"{"error": "Printer is neither printing nor paused, pause command cannot be performed"}"#,
                    status: 409)
            case ("cancel", _, _): state.text = "Operational"
            case ("M112", _, _):
                state.text = "Offline after error"
                state.error = "Closing serial port due to emergency stop M112."
            default: break
            }
            return .answer(204)
        }
    }

    private func appKeys(_ request: FakeServer.Request) -> FakeServer.Reply {
        state.withLock { state in
            switch (request.method, request.path) {
            case ("GET", "/plugin/appkeys/probe"): return .answer(204)
            case ("POST", "/plugin/appkeys/request"):
                state.bodies.append(String(decoding: request.body, as: UTF8.self))
                return .json(#"{"app_token": "T", "auth_dialog": "http://x"}"#, status: 201)
            case ("GET", "/plugin/appkeys/request/T"):
                state.undecided -= 1
                if state.undecided >= 0 { return .json(#"{"message": "Awaiting decision"}"#, status: 202) }
                return state.grants ? .json(#"{"api_key": "granted"}"#) : .answer(404)
            default: return .answer(404)
            }
        }
    }

    private func talk(_ request: FakeServer.Request, _ socket: WebSocketSession) async {
        guard request.path == "/sockjs/websocket" else { return }
        try? await socket.send(.text(#"{"connected": {"version": "1.11.8"}}"#))
        while case .text(let text)? = try? await socket.next() {
            guard let message = try? MachineJSON(parsing: Array(text.utf8)) else { continue }
            change { $0.bodies.append(message.encoded) }
            guard let login = message["auth"]?.text, !state.withLock({ $0.isMute }) else { continue }
            guard login == "farmer:s1" else {
                try? await socket.send(.text(#"{"reauthRequired": {"reason": "stale"}}"#))
                continue
            }
            try? await socket.send(.text(MachineJSON.object(["history": state.withLock { Self.current($0) }]).encoded))
            change { $0.sockets[request.connection] = socket }
        }
        change { $0.sockets[request.connection] = nil }
    }
}
