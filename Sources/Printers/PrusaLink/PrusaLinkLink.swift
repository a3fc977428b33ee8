public import Farm
import Text
import Wire

/// PrusaLink v1, on a Buddy board or a Raspberry Pi: one connection, one request at a time, slow polls.
///
/// Buddy keeps three connections for everybody and closes idle ones after 5 s.
public actor PrusaLinkLink: PrinterLink {
    public nonisolated let events: AsyncStream<LinkEvent>
    private nonisolated let queue = LinkEventQueue()
    private nonisolated let environment: LinkEnvironment
    private let settings: LinkSettings
    private let server: MachineServer
    private let nudge = Nudge()
    private var state = PrusaState()
    /// When the last command of ours is no longer waited for.
    private var hurriesUntil: ContinuousClock.Instant?
    private var isConnected = false
    private var timeoutsInARow = 0
    /// Polls wait for them: they share the one connection.
    private var uploads = 0
    /// `/usb` on Buddy, `/local` on the Pi.
    private var storage: String?

    public init(_ settings: LinkSettings, credentials: LinkCredentials, environment: LinkEnvironment) {
        self.settings = settings
        self.environment = environment
        let pace = environment.pace
        server = MachineServer(settings, credentials, pace: pace, manners: .init(idle: pace.prusaKeepAlive))
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

    private var interval: Duration {
        let isActive = state.reading(at: environment.now())?.state.isJobActive == true
        return isActive ? environment.pace.prusaPrinting : environment.pace.prusaIdle
    }
    private var readingAge: Duration { ReadingAge.polled(every: interval) }

    // MARK: Polling

    private func attempt(_ succeeded: @escaping @Sendable () -> Void) async throws(LinkFault) -> Never {
        // Some units' web server dies under requests: after three time-outs it is left in peace.
        if timeoutsInARow >= 3 { try await pause(environment.pace.prusaSlow) }
        do throws(LinkFault) {
            try await greet()
            isConnected = true
            while true {
                do throws(LinkFault) {
                    if uploads == 0 { try await refresh() }
                    timeoutsInARow = 0
                    succeeded()
                } catch {
                    // Its turn did not come.
                    guard uploads > 0 else { throw error }
                }
                if let until = hurriesUntil, until > .now {
                    await nudge.wait(atMost: environment.pace.afterCommand, by: environment)
                } else {
                    giveUpWaiting()
                    await nudge.wait(atMost: environment.jittered(interval), by: environment)
                }
                if Task.isCancelled { throw .stopped }
            }
        } catch {
            isConnected = false
            if case .noAnswer = error { timeoutsInARow += 1 }
            throw error
        }
    }

    private func pause(_ time: Duration) async throws(LinkFault) {
        do { try await environment.sleep(time) } catch { throw .stopped }
    }

    private func greet() async throws(LinkFault) {
        let version: MachineJSON
        do throws(LinkFault) { version = try await get("/api/version") } catch {
            throw error.greeting(by: "/api/version")
        }
        guard let text = version["text"]?.words(limit: 60), text.contains("PrusaLink") else {
            throw .otherServer(version["text"]?.words(limit: 60) ?? "no PrusaLink")
        }
        var identity = MachineIdentity(server: "PrusaLink " + (version["server"]?.words(limit: 40) ?? ""))
        identity.firmware = version["firmware"]?.words(limit: 60)
        identity.model = version["printer"]?.words(limit: 60)
        let info = try await get("/api/v1/info")
        identity.name = info["name"]?.words(limit: 100) ?? info["hostname"]?.words(limit: 100)
        identity.serial = info["serial"]?.words(limit: 60)
        queue.put(.identity(identity))
        queue.put(.abilities([.job, .start, .files, .upload]))
    }

    private func refresh() async throws(LinkFault) {
        state.apply(status: try await get("/api/v1/status"))
        if state.jobWithoutFile != nil {
            let answer = try await server.call(.get, "/api/v1/job", timeout: environment.pace.request)
            if answer.status == 200 { state.apply(job: try answer.json()) }
        }
        settleCommand()
        if let reading = state.reading(at: environment.now()) { queue.put(.reading(reading)) }
    }

    /// The state has confirmed the open command: it is no longer shown in place of what the machine says.
    private func settleCommand() {
        guard let open = state.openCommand else { return }
        var told = state
        told.openCommand = nil
        let isDone: Bool
        switch (open, told.reading(at: environment.now())?.state) {
        case (.cancel, .printing?), (.cancel, .paused?), (.cancel, .attention?): isDone = false
        case (.resume, .paused?), (.pause, .printing?): isDone = false
        default: isDone = true
        }
        if isDone { giveUpWaiting() }
    }

    private func giveUpWaiting() {
        state.openCommand = nil
        hurriesUntil = nil
    }

    private func get(_ path: String) async throws(LinkFault) -> MachineJSON {
        let answer = try await server.call(
            .get, path, headers: [HTTPHeader("Accept", "application/json")], timeout: environment.pace.request)
        switch answer.status {
        case 200: return try answer.json()
        case 403: throw .wrongCredentials
        case 404: throw .otherServer("a server without \(path)")
        default: throw answer.refusal
        }
    }

    public func look() async -> Bool {
        // While a file is sent nothing is asked.
        guard isConnected, uploads == 0 else { return false }
        nudge.raise()
        return true
    }

    // MARK: Commands

    public func send(_ command: LinkCommand, timeout: Duration) async -> LinkOutcome {
        await send(command, of: nil, timeout: timeout)
    }

    public func send(_ command: LinkCommand, of job: MachineJob?, timeout: Duration) async -> LinkOutcome {
        guard isConnected else { return .unknown("the printer is not connected") }
        let job = (job?.id ?? state.jobID.map(String.init)).map { "/api/v1/job/\(PercentEncoding.path($0))" }
        switch command {
        case .pause: return await send(.put, job.map { $0 + "/pause" }, command, timeout)
        case .resume: return await send(.put, job.map { $0 + "/resume" }, command, timeout)
        case .cancel: return await send(.delete, job, command, timeout)
        case .start(let path):
            return await send(.post, "/api/v1/files" + PercentEncoding.path(path), command, timeout)
        case .light, .emergencyStop: return .notOffered
        }
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String?, _ command: LinkCommand, _ timeout: Duration
    ) async
        -> LinkOutcome
    {
        guard let path else { return .refused("Not sent: the printer has no job.") }
        let answer: HTTPAnswer
        do throws(WireError) {
            answer = try await server.send(
                method, path, headers: [HTTPHeader("Accept", "application/json")], timeout: timeout)
        } catch {
            guard let doubt = LinkFault.doubt(error) else { return .refused("Not sent: \(LinkFault(error))") }
            hurry(for: nil)
            return .unknown(doubt)
        }
        switch answer.status {
        case 200...299:
            hurry(for: command)
            return .accepted
        case 404 where command.ability.isSubset(of: .job):
            nudge.raise()
            return .refused("The printer has another job by now.")
        case 409:
            nudge.raise()
            return .refused(answer.words.isEmpty ? conflict(command) : answer.words)
        default:
            nudge.raise()
            let words = answer.words
            return .refused(words.isEmpty ? "The printer answered with status \(answer.status)." : words)
        }
    }

    private func conflict(_ command: LinkCommand) -> String {
        if case .start = command {
            return "The printer is busy, or a question is open on its screen. Confirm it at the printer."
        }
        return "The printer's state does not allow that."
    }

    /// Looks at once and then often, until the state shows the effect.
    private func hurry(for command: LinkCommand?) {
        state.openCommand = command
        hurriesUntil = .now + environment.pace.commandEffect
        nudge.raise()
    }

    // MARK: Files and pictures

    public func files() async throws(LinkFault) -> [RemoteFile] {
        var found: [RemoteFile] = []
        var folders = [try await storagePath()]
        var asked = 0
        while let folder = folders.first, asked < 100, found.count < 10 * RemoteFile.listed {
            folders.removeFirst()
            asked += 1
            let body = try await get("/api/v1/files" + PercentEncoding.path(folder))
            let shown = folder.split(separator: "/").dropFirst().map { cleanedText($0, limit: 255) + "/" }.joined()
            let listed = PrusaFiles.list(body, path: folder, shown: shown)
            found += listed.files
            folders += listed.folders
        }
        return found.newest(RemoteFile.listed)
    }

    static let noStorage =
        "This PrusaLink does not tell where it keeps files (/api/v1/storage): update the printer's firmware or PrusaLink, or bring the file to the printer by hand."

    private func storagePath() async throws(LinkFault) -> String {
        if let storage { return storage }
        let answer = try await server.call(
            .get, "/api/v1/storage", headers: [HTTPHeader("Accept", "application/json")],
            timeout: environment.pace.request)
        // It has answered as a PrusaLink before: this one is old, or a part of one.
        if answer.status == 404 { throw .refused(status: 404, Self.noStorage) }
        if answer.status == 403 { throw .wrongCredentials }
        guard answer.status == 200 else { throw answer.refusal }
        let listed = try answer.json()["storage_list"]?.elements ?? []
        let usable = listed.first { $0["available"]?.bool != false && $0["read_only"]?.bool != true } ?? listed.first
        guard let path = usable?["path"]?.text, path.hasPrefix("/"), !path.contains("..") else {
            throw .badAnswer("the printer names no storage")
        }
        var trimmed = path
        while trimmed.hasSuffix("/"), trimmed.utf8.count > 1 { trimmed.removeLast() }
        storage = trimmed
        return trimmed
    }

    public func upload(
        _ file: FileUpload, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(LinkFault)
        -> RemoteFile
    {
        let path = try await storagePath() + "/" + file.name
        uploads += 1
        defer { uploads -= 1 }
        // A nonce that dies meanwhile would send the file twice.
        await server.forgetNonce()
        _ = try await get("/api/version")
        let answer = try await server.call(
            .put, "/api/v1/files" + PercentEncoding.path(path),
            headers: [
                HTTPHeader("Content-Type", "application/octet-stream"), HTTPHeader("Overwrite", "?1"),
                HTTPHeader("Print-After-Upload", file.start ? "?1" : "?0"), HTTPHeader("Accept", "application/json"),
            ],
            body: .file(FileBody(path: file.localPath, size: file.size, progress: progress)),
            timeout: file.timeout(environment.pace))
        guard answer.isSuccess else { throw answer.refusal }
        nudge.raise()
        return RemoteFile(
            path: path, name: cleanedText(file.name, limit: 1000), size: file.size, modifiedAt: environment.now())
    }

    public func cameras() async throws(LinkFault) -> [OfferedCamera] {
        let answer = try await server.call(
            .get, "/api/v1/cameras", headers: [HTTPHeader("Accept", "application/json")],
            timeout: environment.pace.request)
        guard answer.status == 200, !(try answer.json()["camera_list"]?.elements ?? []).isEmpty else { return [] }
        return [OfferedCamera(name: "PrusaLink camera", candidates: [.printer])]
    }

    public func picture() async throws(LinkFault) -> [UInt8] {
        let answer = try await server.call(.get, "/api/v1/cameras/snap", timeout: environment.pace.request)
        switch answer.status {
        case 200:
            guard let picture = JPEGEnd.wholePicture(answer.body) else {
                throw .noPicture("what came is no whole JPEG")
            }
            return picture
        case 204, 304: throw .noPicture("the printer has taken none yet")
        case 404: throw .noPicture("the printer has no camera")
        default: throw answer.refusal
        }
    }
}
