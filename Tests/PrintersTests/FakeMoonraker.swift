import Synchronization
import Text
import Wire
import WireTestSupport

@testable import Printers

/// A Moonraker with the habits of the real one, where they matter to a link.
final class FakeMoonraker: Sendable {
    struct State {
        /// What `webhooks` says; "disconnected" answers 503.
        var klippy = "ready"
        var message = "Printer is ready"
        /// Klipper hangs: its queries are never answered, and `server.info` says what it said before.
        var isHung = false
        /// Klipper is there, and its objects are not yet.
        var isUnreadable = false
        /// Commands of a print are begun only when this ends.
        var isBusy = false
        /// The effect of a command is not pushed.
        var isTaciturn = false
        var job = "standby"
        var file = ""
        var isPaused = false
        var calls: [String] = []
        var sockets: [Int: WebSocketSession] = [:]
        var subscribed: Set<Int> = []
    }
    static let key = "e86b5d56c835434b972255b7f6eb9e78"
    private let state = Mutex(State())
    private let server: Mutex<FakeServer?> = Mutex(nil)
    let port: Int

    init() async throws {
        let box = Box()
        let server = try await FakeServer(
            answer: { box.fake?.answer($0) ?? .hangUp }, talk: { await box.fake?.talk($0, $1) })
        port = server.port
        self.server.withLock { $0 = server }
        box.held.withLock { $0 = self }
    }

    private final class Box: Sendable {
        let held = Mutex<FakeMoonraker?>(nil)
        var fake: FakeMoonraker? { held.withLock { $0 } }
    }

    var calls: [String] { state.withLock { $0.calls } }
    var connections: Int { server.withLock { $0?.open ?? 0 } }

    func stop() async { await server.withLock { $0 }?.stop() }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    /// Klipper restarts: subscriptions are gone without a word.
    func restartKlippy(saysSo: Bool) async {
        change { $0.subscribed = [] }
        if saysSo { await notify("notify_klippy_ready", nil, toAll: true) }
    }

    /// Changes the job and pushes the change to those who are subscribed.
    func push(_ object: String, _ fields: [String: MachineJSON]) async {
        change { state in
            if let job = fields["state"]?.text, object == "print_stats" { state.job = job }
            if let file = fields["filename"]?.text { state.file = file }
            if let paused = fields["is_paused"]?.bool { state.isPaused = paused }
        }
        await notify("notify_status_update", .object([object: .object(fields)]), toAll: false)
    }

    func notify(_ method: String, _ param: MachineJSON?, toAll: Bool) async {
        var message: [String: MachineJSON] = ["jsonrpc": "2.0", "method": .string(method)]
        if let param { message["params"] = .array([param]) }
        let text = MachineJSON.object(message).encoded
        let sockets = state.withLock { state in
            state.sockets.filter { toAll || state.subscribed.contains($0.key) }.map(\.value)
        }
        for socket in sockets { try? await socket.send(.text(text)) }
    }

    private func answer(_ request: FakeServer.Request) -> FakeServer.Reply {
        guard request.header("x-api-key") == Self.key else {
            return .json(#"{"error": {"code": 401, "message": "Unauthorized"}}"#, status: 401)
        }
        switch (request.method, request.path) {
        case ("GET", "/server/files/list"):
            return .json(#"{"result": [{"path": "batch 7/Käfer & co.gcode", "modified": 1795961970.8, "size": 6211}]}"#)
        case ("POST", "/server/files/upload"):
            return .json(
                #"{"result": {"item": {"path": "cube.gcode", "root": "gcodes"}, "print_started": false, "print_queued": false}}"#,
                status: 201)
        case ("GET", "/server/webcams/list"):
            return .json(#"{"error": {"code": 404, "message": "Unknown"}}"#, status: 404)
        default: return .answer(404)
        }
    }

    private func talk(_ request: FakeServer.Request, _ socket: WebSocketSession) async {
        let isOpen = request.header("x-api-key") == Self.key
        change { $0.sockets[request.connection] = socket }
        while case .text(let text)? = try? await socket.next() {
            guard let call = try? MachineJSON(parsing: Array(text.utf8)), let id = call["id"],
                let method = call["method"]?.text
            else { continue }
            while method.hasPrefix("printer.print."), state.withLock({ $0.isBusy }) {
                try? await Task.sleep(for: .milliseconds(5))
            }
            let reply: MachineJSON?
            if isOpen {
                reply = self.reply(method, call["params"], connection: request.connection)
            } else {
                reply = ["error": ["code": -32602, "message": "Unauthorized"]]
            }
            guard let reply else { continue }
            var message = reply.members
            message["jsonrpc"] = "2.0"
            message["id"] = id
            try? await socket.send(.text(MachineJSON.object(message).encoded))
            await sayAfter(method, call["params"])
        }
        change { state in
            state.sockets[request.connection] = nil
            state.subscribed.remove(request.connection)
        }
    }

    private func reply(_ method: String, _ params: MachineJSON?, connection: Int) -> MachineJSON? {
        state.withLock { state in
            let script = params?["script"]?.text
            state.calls.append(script ?? method)
            let isGone = state.klippy == "disconnected"
            let notConnected: MachineJSON = ["error": ["code": 503, "message": "Klippy Host not connected"]]
            switch method {
            case "server.info":
                return [
                    "result": [
                        "klippy_connected": .bool(!isGone), "klippy_state": .string(state.klippy),
                        "moonraker_version": "v0.9.3",
                    ]
                ]
            case "server.connection.identify": return ["result": ["connection_id": 1]]
            case "server.history.list": return ["result": ["count": 0, "jobs": .array([])]]
            case "server.files.metadata":
                return ["result": ["estimated_time": 60, "layer_count": 60, "filament_type": "PETG"]]
            case _ where isGone: return notConnected
            case _ where state.isHung: return nil
            case "printer.info":
                return [
                    "result": [
                        "app": "Kalico", "state": .string(state.klippy), "state_message": .string(state.message),
                        "hostname": "vm", "software_version": "v2026.10",
                    ]
                ]
            case "printer.objects.list" where state.isUnreadable: return notConnected
            case "printer.objects.list":
                return ["result": ["objects": .array(Self.objects.map(MachineJSON.string))]]
            case "printer.objects.subscribe":
                state.subscribed.insert(connection)
                return ["result": ["eventtime": 1, "status": Self.status(state)]]
            case "printer.objects.query": return ["result": ["eventtime": 1, "status": Self.status(state)]]
            case "printer.print.pause":
                // The real one: the flag is set while idle too, and where it is set nothing happens.
                if !state.isPaused, state.job == "printing" { state.job = "paused" }
                state.isPaused = true
                return ["result": "ok"]
            case "printer.print.resume":
                if state.job == "paused" { state.job = "printing" }
                state.isPaused = false
                return ["result": "ok"]
            case "printer.print.cancel":
                if ["printing", "paused"].contains(state.job) { state.job = "cancelled" }
                state.isPaused = false
                return ["result": "ok"]
            case "printer.print.start":
                guard params?["filename"]?.text != "nosuch.gcode" else {
                    return ["error": ["code": 400, "message": "Unable to open file"]]
                }
                state.job = "printing"
                state.file = params?["filename"]?.text ?? ""
                return ["result": "ok"]
            case "printer.gcode.script":
                if script == "CLEAR_PAUSE" { state.isPaused = false }
                return ["result": "ok"]
            case "printer.emergency_stop":
                state.klippy = "shutdown"
                state.message = "Shutdown due to webhooks request"
                state.job = "paused"
                return ["result": "ok"]
            default: return ["error": ["code": -32601, "message": "Method not found"]]
            }
        }
    }

    private func sayAfter(_ method: String, _ params: MachineJSON?) async {
        let now = state.withLock { $0 }
        guard !now.isTaciturn else { return }
        switch method {
        case "printer.print.pause", "printer.print.resume", "printer.print.cancel", "printer.print.start":
            await notify(
                "notify_status_update",
                [
                    "print_stats": ["state": .string(now.job), "filename": .string(now.file)],
                    "pause_resume": ["is_paused": .bool(now.isPaused)],
                ], toAll: false)
        case "printer.gcode.script":
            await notify("notify_status_update", ["pause_resume": ["is_paused": .bool(now.isPaused)]], toAll: false)
        case "printer.emergency_stop": await notify("notify_klippy_shutdown", nil, toAll: true)
        default: break
        }
    }

    private static let objects = [
        "webhooks", "print_stats", "virtual_sdcard", "display_status", "pause_resume", "extruder", "heater_bed",
        "output_pin case_light",
    ]

    private static func status(_ state: State) -> MachineJSON {
        [
            "webhooks": ["state": .string(state.klippy), "state_message": .string(state.message)],
            "print_stats": [
                "filename": .string(state.file), "state": .string(state.job), "print_duration": 12,
                "filament_used": 1.5, "message": "",
                "info": ["total_layer": 60, "current_layer": 7],
            ],
            "virtual_sdcard": ["progress": 0.25],
            "display_status": ["progress": 0.25, "message": .null],
            "pause_resume": ["is_paused": .bool(state.isPaused)],
            "extruder": ["temperature": 204.5, "target": 205],
            "heater_bed": ["temperature": 59.5, "target": 60],
            "output_pin case_light": ["value": 0],
        ]
    }
}
