public import Farm
import Text
import Wire

/// OctoPrint: its push socket for states, REST for everything else.
public actor OctoPrintLink: PrinterLink {
    public nonisolated let events: AsyncStream<LinkEvent>
    private nonisolated let queue = LinkEventQueue()
    private nonisolated let environment: LinkEnvironment
    private let settings: LinkSettings
    private let credentials: LinkCredentials
    private let server: MachineServer
    private let nudge = Nudge()
    private var state = OctoPrintState()
    private var isConnected = false
    /// Frames that said something of the printer: what REST answered before one of them is old.
    private var framesTaken = 0
    /// Push sockets in a row whose login was not taken.
    private var silentSockets = 0

    private static let needed = ["STATUS", "PRINT", "FILES_LIST", "FILES_UPLOAD", "SETTINGS_READ"]
    private static let subscribed = [
        "PrintStarted", "PrintPaused", "PrintResumed", "PrintDone", "PrintCancelled", "PrintFailed", "PrintCancelling",
        "PrinterStateChanged", "Connected", "Disconnected", "Error",
    ]

    public init(_ settings: LinkSettings, credentials: LinkCredentials, environment: LinkEnvironment) {
        self.settings = settings
        self.credentials = credentials
        self.environment = environment
        server = MachineServer(settings, credentials, pace: environment.pace)
        events = queue.stream
    }

    public nonisolated func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [queue] in await queue.watchAge { await self.readingAge } }
            await LinkAttempts(events: queue, environment: environment).run { succeeded throws(LinkFault) in
                try await self.attempt(succeeded)
            }
            group.cancelAll()
        }
        await server.drop()
    }

    private var isPushed: Bool { silentSockets < 2 }
    private var interval: Duration {
        let isActive = state.reading(at: environment.now())?.state.isJobActive == true
        return isActive ? environment.pace.octoPrintPrinting : environment.pace.octoPrintIdle
    }
    private var readingAge: Duration {
        isPushed ? environment.pace.pushedReading : ReadingAge.polled(every: interval)
    }

    // MARK: One connection

    private func attempt(_ succeeded: @escaping @Sendable () -> Void) async throws(LinkFault) -> Never {
        state = OctoPrintState()
        try await greet()
        try await refresh(succeeded)
        isConnected = true
        do throws(LinkFault) {
            while true {
                if isPushed {
                    try await push(succeeded)
                    silentSockets += 1
                } else {
                    try await poll(succeeded)
                    // Push may work again by now.
                    silentSockets = 0
                }
            }
        } catch {
            isConnected = false
            throw error
        }
    }

    private func greet() async throws(LinkFault) {
        let version: MachineJSON
        do throws(LinkFault) { version = try await get("/api/version") } catch {
            throw error.greeting(by: "/api/version")
        }
        guard let text = version["text"]?.words(limit: 60), text.hasPrefix("OctoPrint") else {
            throw .otherServer(version["text"]?.words(limit: 60) ?? "no OctoPrint")
        }
        let user = try await get("/api/currentuser")
        guard user["name"]?.text != nil else { throw .wrongCredentials }
        let granted = Set(user["permissions"]?.elements.compactMap(\.text) ?? [])
        let missing = granted.contains("ADMIN") ? [] : Self.needed.filter { !granted.contains($0) }
        guard missing.isEmpty else { throw .notPermitted(missing: missing) }
        var identity = MachineIdentity(server: text)
        // Names are a courtesy: without them the link works as well.
        if let settings = try? await get("/api/settings") {
            identity.name = settings["appearance"]?["name"]?.words(limit: 100)
        }
        if let profiles = try? await get("/api/printerprofiles")["profiles"] {
            let current = profiles.members.values.first { $0["current"]?.bool == true } ?? profiles["_default"]
            identity.model = current?["model"]?.words(limit: 100)
        }
        queue.put(.identity(identity))
        queue.put(.abilities([.job, .start, .files, .upload, .emergencyStop]))
    }

    /// All of the state by REST.
    private func refresh(_ succeeded: @Sendable () -> Void) async throws(LinkFault) {
        let framesBefore = framesTaken
        let job = try await get("/api/job")
        let printer = try await server.call(.get, "/api/printer?exclude=sd", timeout: environment.pace.request)
        guard framesTaken == framesBefore else { return }
        state.apply(job: job)
        switch printer.status {
        case 200: state.apply(printer: try printer.json())
        case 409: state.applyNotOperational()
        default: throw refusal(printer)
        }
        // How the file's last print ended is known here only, when nobody was watching.
        if let reading = state.reading(at: environment.now()), !reading.state.isJobActive, let path = reading.file?.path
        {
            let file = try await server.call(
                .get, "/api/files/local/" + PercentEncoding.path(path), timeout: environment.pace.request)
            if file.status == 200 { state.apply(file: try file.json()) }
        }
        tell(succeeded)
    }

    private func tell(_ succeeded: @Sendable () -> Void) {
        guard let reading = state.reading(at: environment.now()) else { return }
        succeeded()
        queue.put(.reading(reading))
    }

    /// For ten minutes.
    private func poll(_ succeeded: @Sendable () -> Void) async throws(LinkFault) {
        let end = ContinuousClock.now + .seconds(600)
        while end > .now {
            await nudge.wait(atMost: environment.jittered(interval), by: environment)
            if Task.isCancelled { throw .stopped }
            try await refresh(succeeded)
        }
    }

    // MARK: Push

    /// Until the connection is lost. Returns when the login was not taken, which is a reason to log in again.
    private func push(_ succeeded: @escaping @Sendable () -> Void) async throws(LinkFault) {
        let login = try await logIn()
        let socket: WebSocketSession
        do throws(WireError) {
            socket = try await WebSocketSession.open(
                settings.address.address(of: "/sockjs/websocket").target, by: settings.route(environment.pace),
                limits: environment.pace.webSocketLimits, timeout: environment.pace.request)
        } catch {
            // A proxy that lets no websocket through: REST works all the same.
            if case .upgradeRefused = error { return }
            throw LinkFault(error, approved: settings.fingerprint)
        }
        let heard = FirstSuccess()
        let fault = await withTaskGroup(of: LinkFault?.self) { group in
            group.addTask { await self.read(socket, login: login, heard, succeeded) }
            group.addTask { await self.check(heard, succeeded) }
            let first = await group.next() ?? .connectionLost
            await socket.close()
            group.cancelAll()
            return first
        }
        if heard.isNoted { silentSockets = 0 }
        if let fault { throw fault }
    }

    /// `NAME:SESSION`, which the push socket takes; sessions do not survive a restart of the server.
    private func logIn() async throws(LinkFault) -> String {
        let answer = try await server.call(
            .post, "/api/login", headers: [HTTPHeader("Content-Type", "application/json")],
            body: .bytes(Array("{\"passive\":true}".utf8)), timeout: environment.pace.request)
        guard answer.isSuccess else { throw refusal(answer) }
        let body = try answer.json()
        guard let name = body["name"]?.text, let session = body["session"]?.text else {
            throw .badAnswer("the login names no session")
        }
        return "\(name):\(session)"
    }

    private func read(
        _ socket: WebSocketSession, login: String, _ heard: FirstSuccess, _ succeeded: @Sendable () -> Void
    ) async -> LinkFault? {
        do throws(WireError) {
            while true {
                // A frame that cannot be read is dropped; the connection is not.
                guard case .text(let text) = try await socket.next(),
                    let frame = try? MachineJSON(parsing: Array(text.utf8))
                else { continue }
                if frame["connected"] != nil {
                    for message in greeting(login) { try await socket.send(.text(message.encoded)) }
                }
                if frame["reauthRequired"] != nil { return nil }
                if frame["history"] != nil {
                    heard.note()
                    nudge.raise()
                }
                if state.apply(frame: frame) {
                    framesTaken += 1
                    tell(succeeded)
                }
            }
        } catch {
            return LinkFault(error)
        }
    }

    /// In this order.
    private func greeting(_ login: String) -> [MachineJSON] {
        [
            .object([
                "subscribe": .object([
                    "state": .object(["logs": .bool(false), "messages": .bool(false)]),
                    "events": .array(Self.subscribed.map(MachineJSON.string)), "plugins": .bool(false),
                ])
            ]),
            .object(["throttle": 4]),
            .object(["auth": .string(login)]),
        ]
    }

    /// A bad login is answered by silence, so the answer to a good one is waited for; afterwards REST is asked from time to
    /// time.
    /// - Returns: nil when the login was not taken.
    private func check(_ heard: FirstSuccess, _ succeeded: @Sendable () -> Void) async -> LinkFault? {
        do {
            let end = ContinuousClock.now + environment.pace.octoPrintHistory
            while !heard.isNoted, end > .now, !Task.isCancelled {
                await nudge.wait(atMost: end - .now, by: environment)
            }
            guard heard.isNoted else { return nil }
            while true {
                await nudge.wait(atMost: environment.jittered(environment.pace.octoPrintCheck), by: environment)
                try Task.checkCancellation()
                try await refresh(succeeded)
            }
        } catch let fault as LinkFault {
            return fault
        } catch {
            return .stopped
        }
    }

    // MARK: REST

    /// No key and a wrong one are answered 403, with the same words as a missing permission.
    private func refusal(_ answer: HTTPAnswer) -> LinkFault {
        answer.status == 403 ? .wrongCredentials : answer.refusal
    }

    private func get(_ path: String) async throws(LinkFault) -> MachineJSON {
        let answer = try await server.call(.get, path, timeout: environment.pace.request)
        if answer.status == 404 { throw .otherServer("a server without \(path)") }
        guard answer.isSuccess else { throw refusal(answer) }
        return try answer.json()
    }

    public func look() async -> Bool {
        guard isConnected, !isPushed else { return false }
        nudge.raise()
        return true
    }

    public func send(_ command: LinkCommand, timeout: Duration) async -> LinkOutcome {
        guard isConnected else { return .unknown("the printer is not connected") }
        switch command {
        // Without `action` it toggles.
        case .pause: return await post("/api/job", ["command": "pause", "action": "pause"], timeout)
        case .resume: return await post("/api/job", ["command": "pause", "action": "resume"], timeout)
        case .cancel: return await post("/api/job", ["command": "cancel"], timeout)
        // `start` of `/api/job` is answered 204 with nothing chosen, and nothing happens.
        case .start(let path):
            return await post(
                "/api/files/local/" + PercentEncoding.path(path), ["command": "select", "print": true], timeout)
        case .emergencyStop: return await post("/api/printer/command", ["command": "M112"], timeout)
        case .light: return .notOffered
        }
    }

    private func post(_ path: String, _ body: [String: MachineJSON], _ timeout: Duration) async -> LinkOutcome {
        let answer: HTTPAnswer
        do throws(WireError) {
            // On a connection of its own: it waits for no poll, and an emergency stop for no other command.
            answer = try await MachineServer(settings, credentials, pace: environment.pace, manners: .init(idle: .zero))
                .send(
                    .post, path, headers: [HTTPHeader("Content-Type", "application/json")],
                    body: .bytes(Array(MachineJSON.object(body).encoded.utf8)), timeout: timeout)
        } catch {
            nudge.raise()
            return LinkFault.doubt(error).map { .unknown($0) } ?? .refused("Not sent: \(LinkFault(error))")
        }
        nudge.raise()
        guard !answer.isSuccess else { return .accepted }
        let words = answer.words
        return .refused(words.isEmpty ? "The printer answered with status \(answer.status)." : words)
    }

    public func files() async throws(LinkFault) -> [RemoteFile] {
        OctoPrintFiles.list(try await get("/api/files?recursive=true"))
    }

    public func upload(
        _ file: FileUpload, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(LinkFault)
        -> RemoteFile
    {
        var form = MultipartForm()
        form.add("select", file.start ? "true" : "false")
        form.add("print", file.start ? "true" : "false")
        let (headers, body) = form.request(file: file, progress: progress)
        let answer = try await MachineServer(settings, credentials, pace: environment.pace, manners: .init(idle: .zero))
            .call(
                .post, "/api/files/local", headers: headers, body: body, timeout: file.timeout(environment.pace))
        guard answer.isSuccess else { throw refusal(answer) }
        let json = try answer.json()
        // The name may have been changed: commands take the answer's.
        guard let stored = json["files"]?["local"], let path = stored["path"]?.text ?? stored["name"]?.text else {
            throw .badAnswer("the upload's answer names no file")
        }
        let name = stored["display"]?.words(limit: 1000) ?? cleanedText(path, limit: 1000)
        if file.start, json["effectivePrint"]?.bool != true {
            throw .refused(status: answer.status, "\(name) is stored, but the printer did not start it.")
        }
        nudge.raise()
        return RemoteFile(path: path, name: name, size: file.size, modifiedAt: environment.now())
    }

    public func cameras() async throws(LinkFault) -> [OfferedCamera] {
        OctoPrintCameras.offered(in: try await get("/api/settings"), server: settings.address.base)
    }

    public func picture() async throws(LinkFault) -> [UInt8] { throw .notOffered }
}
