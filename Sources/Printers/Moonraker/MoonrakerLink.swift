public import Farm
import Text
import Wire

/// Moonraker in front of Klipper: one websocket for states and commands, REST for files.
public actor MoonrakerLink: PrinterLink {
    public nonisolated let events: AsyncStream<LinkEvent>
    private nonisolated let queue = LinkEventQueue()
    private nonisolated let environment: LinkEnvironment
    private let settings: LinkSettings
    private let credentials: LinkCredentials
    private let server: MachineServer
    private var state: MoonrakerState
    private var calls: MoonrakerCalls?
    private let nudge = Nudge()
    /// What a notification has made necessary; done by the watching task, as it waits for answers.
    private var due: Set<Work> = []
    private var isSubscribed = false
    private var identity = MachineIdentity(server: "Moonraker")
    /// Updates that came before the answer of the subscription; nil while none is awaited.
    private var early: [MachineJSON]?

    private enum Work {
        case subscribe
        case askWhy
        case history
        case metadata
    }

    public init(_ settings: LinkSettings, credentials: LinkCredentials, environment: LinkEnvironment) {
        self.settings = settings
        self.credentials = credentials
        self.environment = environment
        server = MachineServer(settings, credentials, pace: environment.pace)
        state = MoonrakerState(lightName: settings.lightName)
        events = queue.stream
    }

    public nonisolated func run() async {
        await withTaskGroup(of: Void.self) { group in
            let age = environment.pace.pushedReading
            group.addTask { [queue] in await queue.watchAge { age } }
            await LinkAttempts(events: queue, environment: environment).run { succeeded throws(LinkFault) in
                try await self.attempt(succeeded)
            }
            group.cancelAll()
        }
    }

    // MARK: One connection

    private func attempt(_ succeeded: @escaping @Sendable () -> Void) async throws(LinkFault) -> Never {
        let calls = MoonrakerCalls(try await open())
        self.calls = calls
        state = MoonrakerState(lightName: settings.lightName)
        due = [.subscribe, .history]
        isSubscribed = false
        let fault = await withTaskGroup(of: LinkFault.self) { group in
            group.addTask { await self.read(calls, succeeded) }
            group.addTask { await self.watch(calls, succeeded) }
            let first = await group.next() ?? .connectionLost
            await calls.end()
            group.cancelAll()
            return first
        }
        self.calls = nil
        throw fault
    }

    private func open() async throws(LinkFault) -> WebSocketSession {
        var headers: [HTTPHeader] = []
        if case .header(let header) = WireCredentials(credentials) { headers.append(header) }
        do throws(WireError) {
            return try await WebSocketSession.open(
                settings.address.address(of: "/websocket").target, by: settings.route(environment.pace),
                headers: headers,
                limits: environment.pace.webSocketLimits, timeout: environment.pace.request)
        } catch {
            switch error {
            case .upgradeRefused(let status) where LinkFault.isForeign(status: status):
                throw .otherServer("a server without Moonraker's websocket")
            case .malformed: throw .otherServer("what it answers is no HTTP")
            default: break
            }
            throw LinkFault(error, approved: settings.fingerprint)
        }
    }

    /// Takes what comes until the connection ends.
    private func read(_ calls: MoonrakerCalls, _ succeeded: @Sendable () -> Void) async -> LinkFault {
        do throws(WireError) {
            while true {
                // A message that cannot be read is dropped; the connection is not.
                guard case .text(let text) = try await calls.socket.next(),
                    let message = try? MachineJSON(parsing: Array(text.utf8))
                else { continue }
                if await calls.settle(message) { continue }
                take(message, succeeded)
            }
        } catch {
            return LinkFault(error)
        }
    }

    private func take(_ message: MachineJSON, _ succeeded: @Sendable () -> Void) {
        let first = message["params"]?.elements.first
        switch message["method"]?.text {
        case "notify_status_update":
            guard let first else { return }
            // Before the subscription's answer there is nothing to merge it into.
            if let waiting = early, waiting.count < 100 { early?.append(first) }
            guard isSubscribed else { return }
            state.merge(status: first)
            tell(succeeded)
            if state.fileWithoutMetadata != nil { ask(.metadata) }
        case "notify_klippy_ready":
            // The subscriptions of before are gone without a word.
            isSubscribed = false
            ask(.subscribe)
        case "notify_klippy_shutdown": ask(.askWhy)
        case "notify_klippy_disconnected":
            isSubscribed = false
            state.klippyIsGone()
            tell(succeeded)
        case "notify_history_changed": ask(.history)
        case "notify_gcode_response":
            guard let line = first?.words(limit: 200), line.hasPrefix("!!") || state.openCommand != nil else { return }
            queue.put(.said(line))
        default: break
        }
    }

    private func ask(_ work: Work) {
        due.insert(work)
        nudge.raise()
    }

    private func tell(_ succeeded: @Sendable () -> Void = {}) {
        guard let reading = state.reading(at: environment.now()) else { return }
        succeeded()
        queue.put(.reading(reading))
    }

    /// Greets, does what is due, and asks from time to time whether Klipper still answers.
    private func watch(_ calls: MoonrakerCalls, _ succeeded: @Sendable () -> Void) async -> LinkFault {
        do throws(LinkFault) {
            try await greet(calls)
            var nextCheck = ContinuousClock.now + environment.jittered(environment.pace.moonrakerCheck)
            while !Task.isCancelled {
                while let work = due.popFirst() { try await perform(work, calls, succeeded) }
                await nudge.wait(atMost: max(.zero, nextCheck - .now), by: environment)
                guard due.isEmpty, nextCheck <= .now else { continue }
                try await check(calls, succeeded)
                nextCheck = .now + environment.jittered(environment.pace.moonrakerCheck)
            }
            return .stopped
        } catch {
            return error
        }
    }

    private func greet(_ calls: MoonrakerCalls) async throws(LinkFault) {
        let info = try await calls.answer("server.info", timeout: environment.pace.request)
        guard info["klippy_state"] != nil else { throw .otherServer("a server without Klipper") }
        _ = await calls.call(
            "server.connection.identify",
            [
                "client_name": .string("farmtop"), "version": .string("0.2"), "type": .string("other"),
                "url": .string("https://farmtop.invalid"),
            ], timeout: environment.pace.request)
        state.apply(serverInfo: info)
        identity = MachineIdentity(server: "Moonraker " + (info["moonraker_version"]?.words(limit: 60) ?? ""))
        if !(await askKlippy(calls)) { queue.put(.identity(identity)) }
        queue.put(.abilities(abilities))
    }

    /// Who runs the motors, and why they do not run.
    /// - Returns: whether it answered.
    private func askKlippy(_ calls: MoonrakerCalls) async -> Bool {
        guard case .success(let klippy) = await calls.call("printer.info", timeout: environment.pace.request) else {
            return false
        }
        state.apply(printerInfo: klippy)
        var found = identity
        found.firmware = klippy["app"]?.words(limit: 40) ?? "Klipper"
        if let version = klippy["software_version"]?.words(limit: 60) { found.firmware? += " " + version }
        found.name = klippy["hostname"]?.words(limit: 100)
        if found != identity {
            identity = found
            queue.put(.identity(found))
        }
        return true
    }

    private var abilities: LinkAbilities {
        let always: LinkAbilities = [.job, .start, .files, .upload, .emergencyStop]
        let hasLight = MoonrakerLight.script(settings.lightName, isOn: true) != nil && !state.lacksLight
        return hasLight ? always.union(.light) : always
    }

    private func perform(
        _ work: Work, _ calls: MoonrakerCalls, _ succeeded: @Sendable () -> Void
    )
        async throws(LinkFault)
    {
        switch work {
        case .subscribe: try await subscribe(calls, succeeded)
        case .askWhy:
            if await askKlippy(calls) { tell(succeeded) }
        case .history:
            let answer = await calls.call(
                "server.history.list", ["limit": 1, "order": "desc"],
                timeout: environment.pace.request)
            if case .success(let list) = answer, let job = list["jobs"]?.elements.first {
                state.apply(history: job)
                if isSubscribed { tell(succeeded) }
            }
        case .metadata:
            guard let path = state.fileWithoutMetadata else { return }
            let answer = await calls.call(
                "server.files.metadata", ["filename": .string(path)], timeout: environment.pace.request)
            // Without metadata, and on servers that have none, it is not asked again for this file.
            state.apply(metadata: (try? answer.get()) ?? .null, of: path)
            if isSubscribed { tell(succeeded) }
        }
    }

    private func subscribe(_ calls: MoonrakerCalls, _ succeeded: @Sendable () -> Void) async throws(LinkFault) {
        let listed = await calls.call("printer.objects.list", timeout: environment.pace.request)
        switch listed {
        case .failure(.unanswered): return klipperHangs()
        case .failure(.lost): throw .connectionLost
        case .failure(.refused): return try await lookAgain(calls, succeeded)
        case .success(let list):
            let names = list["objects"]?.elements.compactMap(\.text) ?? []
            state.lacksLight = !names.isEmpty && !(settings.lightName.map(names.contains) ?? true)
            queue.put(.abilities(abilities))
            let objects = state.subscription(of: names).mapValues { MachineJSON.array($0.map(MachineJSON.string)) }
            early = []
            defer { early = nil }
            switch await calls.call(
                "printer.objects.subscribe", ["objects": .object(objects)], timeout: environment.pace.request)
            {
            case .success(let answer):
                isSubscribed = true
                state.replace(status: answer["status"] ?? .null)
                for update in early ?? [] { state.merge(status: update) }
                tell(succeeded)
                if state.fileWithoutMetadata != nil { due.insert(.metadata) }
                if identity.firmware == nil { _ = await askKlippy(calls) }
            case .failure(.unanswered): klipperHangs()
            case .failure(.lost): throw .connectionLost
            case .failure(.refused): try await lookAgain(calls, succeeded)
            }
        }
    }

    /// Klipper cannot be asked: what does Moonraker know of it?
    private func lookAgain(_ calls: MoonrakerCalls, _ succeeded: @Sendable () -> Void) async throws(LinkFault) {
        state.apply(serverInfo: try await calls.answer("server.info", timeout: environment.pace.request))
        _ = await askKlippy(calls)
        tell(succeeded)
    }

    private func check(_ calls: MoonrakerCalls, _ succeeded: @Sendable () -> Void) async throws(LinkFault) {
        guard isSubscribed else { return try await subscribe(calls, succeeded) }
        let objects = state.subscription(of: []).mapValues { MachineJSON.array($0.map(MachineJSON.string)) }
        switch await calls.call(
            "printer.objects.query", ["objects": .object(objects)], timeout: environment.pace.request)
        {
        case .success(let answer):
            state.merge(status: answer["status"] ?? .null)
            tell(succeeded)
        case .failure(.unanswered): klipperHangs()
        case .failure(.lost): throw .connectionLost
        case .failure(.refused):
            isSubscribed = false
            try await lookAgain(calls, succeeded)
        }
    }

    /// Moonraker stands, and its query is never answered: what it says of Klipper is old.
    private func klipperHangs() {
        isSubscribed = false
        state.klippyIsGone()
        queue.put(.offline(.printerNotConnected("Klipper does not answer")))
    }

    // MARK: Commands

    public func send(_ command: LinkCommand, timeout: Duration) async -> LinkOutcome {
        guard let calls else { return .unknown("the printer is not connected") }
        let end = ContinuousClock.now + timeout
        if command == .pause {
            // Klipper keeps a pause that came while nothing ran, and the next print can then not be paused.
            guard state.reading(at: environment.now())?.state == .printing else {
                return .refused("Not sent: the printer is not printing.")
            }
        }
        if needsFlagCleared(before: command) {
            let cleared = await calls.call(
                "printer.gcode.script", ["script": .string("CLEAR_PAUSE")], timeout: end - .now)
            guard case .success = cleared else { return outcome(cleared, timeout) }
        }
        guard let (method, params) = request(for: command) else { return .notOffered }
        state.openCommand = command
        tell()
        let answer = await calls.call(method, params, timeout: end - .now)
        if case .success = answer { await lookAtJob(calls) }
        if state.openCommand == command { state.openCommand = nil }
        switch answer {
        // Nothing was heard of the machine: what it said before must not pass for news.
        case .failure(.unanswered), .failure(.lost): break
        case .success, .failure(.refused): if self.calls === calls { tell() }
        }
        return outcome(answer, timeout)
    }

    /// "ok" comes before the push that shows its effect: without a look the state of before would be told once more.
    private func lookAtJob(_ calls: MoonrakerCalls) async {
        let objects: MachineJSON = ["webhooks": .null, "print_stats": .null, "pause_resume": .null]
        let answer = await calls.call("printer.objects.query", ["objects": objects], timeout: environment.pace.request)
        if self.calls === calls, isSubscribed, case .success(let found) = answer {
            state.merge(status: found["status"] ?? .null)
        }
    }

    private func needsFlagCleared(before command: LinkCommand) -> Bool {
        guard state.hasStrayPause else { return false }
        switch command {
        case .pause, .start: return true
        case .resume, .cancel, .light, .emergencyStop: return false
        }
    }

    private func request(for command: LinkCommand) -> (method: String, params: [String: MachineJSON])? {
        switch command {
        case .pause: return ("printer.print.pause", [:])
        case .resume: return ("printer.print.resume", [:])
        case .cancel: return ("printer.print.cancel", [:])
        case .start(let path): return ("printer.print.start", ["filename": .string(path)])
        case .emergencyStop: return ("printer.emergency_stop", [:])
        case .light(let isOn):
            guard let script = MoonrakerLight.script(settings.lightName, isOn: isOn) else { return nil }
            return ("printer.gcode.script", ["script": .string(script)])
        }
    }

    private func outcome(_ answer: Result<MachineJSON, MoonrakerCalls.Fault>, _ timeout: Duration) -> LinkOutcome {
        switch answer {
        case .success: .accepted
        case .failure(.refused(_, let words)): .refused(words)
        case .failure(.unanswered): .unknown("no answer within \(timeout.components.seconds) s")
        case .failure(.lost): .unknown("the connection was lost")
        }
    }

    // MARK: Files and cameras

    public func files() async throws(LinkFault) -> [RemoteFile] {
        MoonrakerFiles.list(try await get("/server/files/list?root=gcodes"))
    }

    public func upload(
        _ file: FileUpload, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(LinkFault)
        -> RemoteFile
    {
        var form = MultipartForm()
        form.add("root", "gcodes")
        form.add("checksum", try await file.checksum())
        form.add("print", file.start ? "true" : "false")
        let (headers, body) = form.request(file: file, progress: progress)
        // On a connection of its own, so that lists do not wait for it.
        let answer = try await MachineServer(settings, credentials, pace: environment.pace, manners: .init(idle: .zero))
            .call(
                .post, "/server/files/upload", headers: headers, body: body, timeout: file.timeout(environment.pace))
        guard answer.isSuccess else { throw answer.refusal }
        let json = try answer.json()
        let result = json["result"] ?? json
        guard let path = result["item"]?["path"]?.text, !path.isEmpty else {
            throw .badAnswer("the upload's answer names no file")
        }
        let stored = RemoteFile(
            path: path, name: cleanedText(path, limit: 1000), size: file.size, modifiedAt: environment.now())
        if file.start, result["print_started"]?.bool != true {
            throw .refused(status: answer.status, "\(stored.name) is stored, but the printer did not start it.")
        }
        return stored
    }

    public func cameras() async throws(LinkFault) -> [OfferedCamera] {
        let answer = try await server.call(.get, "/server/webcams/list", timeout: environment.pace.request)
        let body = answer.status == 404 ? MachineJSON.null : try checked(answer).json()
        return MoonrakerCameras.offered(in: body, server: settings.address.base)
    }

    public func picture() async throws(LinkFault) -> [UInt8] { throw .notOffered }

    private func get(_ path: String) async throws(LinkFault) -> MachineJSON {
        try checked(try await server.call(.get, path, timeout: environment.pace.request)).json()
    }

    private func checked(_ answer: HTTPAnswer) throws(LinkFault) -> HTTPAnswer {
        guard answer.isSuccess else { throw answer.refusal }
        return answer
    }
}

/// The G-code of the light that a person named.
enum MoonrakerLight {
    /// Nil for a name that is none of the kinds known here.
    static func script(_ name: String?, isOn: Bool) -> String? {
        let parts = (name ?? "").split(separator: " ")
        guard parts.count == 2,
            parts[1].unicodeScalars.allSatisfy({
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789_-".unicodeScalars.contains($0))
            })
        else { return nil }
        let value = isOn ? 1 : 0
        switch parts[0] {
        case "output_pin": return "SET_PIN PIN=\(parts[1]) VALUE=\(value)"
        case "led", "neopixel", "dotstar":
            return "SET_LED LED=\(parts[1]) RED=\(value) GREEN=\(value) BLUE=\(value) WHITE=\(value)"
        default: return nil
        }
    }
}
