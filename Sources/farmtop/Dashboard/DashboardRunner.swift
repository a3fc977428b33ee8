import Dashboard
import Farm
import FarmConfiguration
import FarmService
import Foundation
import Imaging
import ServiceLifecycle
import Synchronization
import Terminal

/// Runs the dashboard: what the terminal and the farm say goes into the state, what the state asks for is done.
struct DashboardRunner: Service {
    let backend: any FarmBackend
    let options: DashboardOptions
    let loop: TerminalLoop
    let quietHours: DailyHours?
    let log: LogRing

    init(
        backend: any FarmBackend, options: DashboardOptions, terminal: TerminalOptions, quietHours: DailyHours?,
        log: LogRing
    ) throws(TerminalError) {
        self.backend = backend
        self.log = log
        self.quietHours = quietHours
        loop = try TerminalLoop(options: terminal)
        self.options = options.limited(to: loop.capabilities)
    }

    /// Until the operator quits, a signal comes, or the farm ends. The terminal has a thread of its own.
    func run() async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                    let thread = Thread {
                        do throws(TerminalError) {
                            try runOnThisThread()
                            continuation.resume()
                        } catch {
                            continuation.resume(throwing: error)
                        }
                    }
                    thread.stackSize = 8 << 20
                    thread.start()
                }
            } onGracefulShutdown: {
                loop.stop()
            }
        } onCancel: {
            loop.stop()
        }
    }

    private func runOnThisThread() throws(TerminalError) {
        let inbox = Inbox(loop)
        let updates = Task { [backend] in
            for await update in backend.updates() {
                inbox.add(.farm(update))
                // No more than can be drawn: a snapshot that nobody sees is not even made.
                do { try await Task.sleep(for: .milliseconds(33)) } catch { return }
            }
        }
        log.follow { inbox.add(.log($0)) }
        defer {
            updates.cancel()
            log.follow(nil)
        }
        var state = DashboardState(
            options: options, size: GridSize(rows: 24, columns: 80), now: Timestamp.systemClock())
        var isChanged = true
        func handle(_ event: DashboardEvent) {
            isChanged = true
            for effect in state.handle(event) { perform(effect, inbox) }
        }
        func handleNow(_ events: [DashboardEvent]) {
            handle(.tick(Timestamp.systemClock()))
            events.forEach(handle)
        }
        _ = try loop.run(
            TerminalProgram(
                onEvent: { handleNow([.terminal($0)]) },
                onWake: { handleNow(inbox.take()) },
                onTick: { handleNow([]) },
                untilNextTick: {
                    state.nextTick.map { tick in
                        // A clock that is set back meanwhile keeps nobody waiting for hours.
                        .microseconds(
                            min(1_000_000, max(0, tick.microseconds - Timestamp.systemClock().microseconds)))
                    }
                },
                frame: {
                    guard isChanged else { return nil }
                    isChanged = false
                    return state.draw()
                }))
    }

    private func perform(_ effect: DashboardEffect, _ inbox: Inbox) {
        switch effect {
        case .bell: if !isQuiet { loop.bell() }
        case .title(let title): loop.setTitle(title)
        case .copy(let text): _ = loop.copy(text)
        case .mouse(let isOn): loop.setMouse(isOn)
        case .suspend: loop.suspend()
        case .redraw: loop.redraw()
        case .quit: loop.stop()
        case .writeScreen(let path, let text):
            do {
                try Data(text.utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
                inbox.add(.screenWritten(path: path, nil))
            } catch {
                inbox.add(.screenWritten(path: path, RequestFailure(message: fileReason(error))))
            }
        case .exportPrints(let query, let export):
            Task { [backend] in inbox.add(await Self.write(export, query, from: backend)) }
        case .decodePicture(let jpeg, let id):
            Task { inbox.add(.decoded(id, await Self.pixels(of: jpeg))) }
        case .perform, .loadPicture, .proposeBed, .loadPoints, .loadPrints, .loadEvents:
            Task { [backend] in inbox.add(await Self.answer(to: effect, from: backend)) }
        }
    }

    private var isQuiet: Bool {
        guard let quietHours else { return false }
        var now = time(nil)
        var local = tm()
        localtime_r(&now, &local)
        return quietHours.contains(minute: Int(local.tm_hour * 60 + local.tm_min))
    }

    private static func write(
        _ export: PrintExport, _ query: PrintQuery, from backend: any FarmBackend
    ) async -> DashboardEvent {
        do {
            let count = try await export.write(
                query, from: backend, home: ProcessInfo.processInfo.environment["HOME"])
            return .exported(path: export.path, prints: count, nil)
        } catch {
            let message = CommandFailure(error)?.message ?? "\(error)"
            return .exported(path: export.path, prints: 0, RequestFailure(message: message))
        }
    }

    private static func pixels(of jpeg: [UInt8]) async -> Result<Pixels, RequestFailure> {
        do {
            return .success(try await decoded(jpeg))
        } catch {
            return .failure(RequestFailure(message: CommandFailure(error)?.message ?? "\(error)"))
        }
    }

    private static func decoded(_ jpeg: [UInt8]) async throws -> Pixels {
        try await blocking { Result { try JPEG.decode(jpeg).pixels } }.get()
    }

    /// What the farm says to a question of the screen.
    private static func answer(to effect: DashboardEffect, from backend: any FarmBackend) async -> DashboardEvent {
        do {
            switch effect {
            case .perform(let action, let id): return .reply(id, .success(try await backend.perform(action)))
            case .loadPicture(let key):
                let picture = try await backend.picture(key)
                return .picture(key, try await decoded(picture.jpeg), picture.detections)
            case .proposeBed(let frame):
                return .bedProposed(frame, .success(try await RegionProposal.bed(upTo: frame, of: backend)))
            case .loadPoints(let print):
                return .points(print, try await backend.predictions(of: print, after: 0, limit: 1000))
            case .loadPrints(let query): return .prints(query, try await backend.prints(query))
            case .loadEvents(let query):
                return .events(
                    query, try await backend.events(printer: query.printer, print: query.print, limit: query.limit))
            default: return .loadFailed(effect, "nothing to load")
            }
        } catch {
            let message = CommandFailure(error)?.message ?? "\(error)"
            switch effect {
            case .perform(_, let id): return .reply(id, .failure(RequestFailure(message: message)))
            case .loadPicture(let key): return .pictureFailed(key, message)
            case .proposeBed(let frame): return .bedProposed(frame, .failure(RequestFailure(message: message)))
            default: return .loadFailed(effect, message)
            }
        }
    }

    /// Events from other threads, in order, until the terminal's thread takes them.
    private final class Inbox: Sendable {
        private let events = Mutex<[DashboardEvent]>([])
        private let loop: TerminalLoop

        init(_ loop: TerminalLoop) { self.loop = loop }

        func add(_ event: DashboardEvent) {
            events.withLock { waiting in
                // Only the newest snapshot counts.
                if case .farm = event, case .farm? = waiting.last { waiting.removeLast() }
                if case .log(let lines) = event, case .log(let before)? = waiting.last {
                    waiting[waiting.count - 1] = .log(before + lines)
                    return
                }
                waiting.append(event)
            }
            loop.wake()
        }

        func take() -> [DashboardEvent] {
            events.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
        }
    }
}

extension DashboardOptions {
    /// Without what the terminal cannot show.
    fileprivate func limited(to capabilities: TerminalCapabilities) -> DashboardOptions {
        var options = self
        options.colors = capabilities.colors
        options.isASCIIOnly = isASCIIOnly || !capabilities.isUTF8
        if options.isASCIIOnly {
            options.picture = .ascii
        } else if !capabilities.hasSextants, picture == .sextant {
            options.picture = .half
        }
        if capabilities.colors == .mono { options.theme = .mono }
        return options
    }
}
