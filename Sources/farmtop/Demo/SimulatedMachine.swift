import Farm
import Imaging
import Synchronization

/// A machine of the demo: it prints by itself, and the farm reaches it through a link like any other.
final class SimulatedMachine: Sendable {
    let name: String
    private let clock = ContinuousClock()
    /// How much faster than the clock its jobs advance.
    let speed: Double

    private struct State {
        var print: SimulatedPrint
        var files: [RemoteFile]
        /// When `print` was as it is.
        var moment: ContinuousClock.Instant
        /// Pictures that were taken.
        var pictures = 0
    }
    private let state: Mutex<State>

    init(name: String, print: SimulatedPrint, files: [String], speed: Double) {
        self.name = name
        self.speed = speed
        let stored = files.enumerated().map { index, file in
            RemoteFile(
                path: file, name: file, size: Int64(1_000_000 + index * 734_211), estimate: Double(1800 + index * 900),
                filamentType: "PLA")
        }
        state = Mutex(State(print: print, files: stored, moment: .now))
    }

    /// The job at this moment.
    var print: SimulatedPrint { state.withLock { advanced(&$0) } }

    var files: [RemoteFile] { state.withLock { $0.files } }

    func obey(_ command: LinkCommand) -> LinkOutcome {
        state.withLock { state in
            _ = advanced(&state)
            return state.print.obey(command)
        }
    }

    func take(_ file: RemoteFile) {
        state.withLock { state in
            state.files.removeAll { $0.path == file.path }
            state.files.insert(file, at: 0)
        }
    }

    /// What its camera sees; nil while nothing is printed.
    func picture() -> [UInt8]? {
        let (print, number) = state.withLock { state in
            state.pictures += 1
            return (advanced(&state), state.pictures)
        }
        guard print.isOpen else { return nil }
        let strands = print.strands
        return JPEG.encode(
            DrawnScene.draw(
                seed: print.seed, progress: strands > 0 ? min(0.25, print.progress) : print.progress, tangle: strands,
                frame: number))
    }

    private func advanced(_ state: inout State) -> SimulatedPrint {
        let now = clock.now
        let span = (now - state.moment) * speed
        state.moment = now
        state.print.advance(by: Double(span.components.seconds) + Double(span.components.attoseconds) * 1e-18)
        return state.print
    }
}

/// The way to a machine of the demo. A new one is made whenever the printer is connected again.
struct SimulatedLink: PrinterLink {
    /// How often it looks at its machine.
    static let interval = Duration.milliseconds(500)

    let machine: SimulatedMachine
    let kind: LinkKind
    let now: @Sendable () -> Timestamp
    let events: AsyncStream<LinkEvent>
    private let sink: AsyncStream<LinkEvent>.Continuation

    /// - Parameter kind: the server that it stands for, which offers what that one does.
    init(_ machine: SimulatedMachine, as kind: LinkKind, now: @escaping @Sendable () -> Timestamp) {
        self.machine = machine
        self.kind = kind
        self.now = now
        (events, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(16))
    }

    private var abilities: LinkAbilities {
        let all: LinkAbilities = [.job, .start, .files, .upload, .picture]
        switch kind {
        case .moonraker: return all.union([.light, .emergencyStop])
        case .octoprint: return all.union(.emergencyStop)
        case .prusalink: return all
        }
    }

    func run() async {
        sink.yield(.identity(MachineIdentity(server: "farmtop demo", name: machine.name, model: "simulated")))
        sink.yield(.abilities(abilities))
        var told: (state: MachineState, at: ContinuousClock.Instant)?
        while !Task.isCancelled {
            let print = machine.print
            // A change at once, and the rest every other second, as real machines are asked.
            if told.map({ $0.state != print.state || .now - $0.at >= .seconds(2) }) ?? true {
                sink.yield(.reading(print.reading(at: now(), speed: machine.speed)))
                told = (print.state, .now)
            }
            // Cancelled: the loop's condition ends it.
            try? await Task.sleep(for: Self.interval)
        }
        sink.finish()
    }

    func send(_ command: LinkCommand, timeout: Duration) async -> LinkOutcome { machine.obey(command) }

    func files() async throws(LinkFault) -> [RemoteFile] { machine.files }

    func upload(_ file: FileUpload, progress: @escaping @Sendable (Int64) -> Void) async throws(LinkFault) -> RemoteFile
    {
        progress(file.size)
        let stored = RemoteFile(path: file.name, name: file.name, size: file.size, modifiedAt: now())
        machine.take(stored)
        if file.start { _ = machine.obey(.start(path: stored.path)) }
        return stored
    }

    func cameras() async throws(LinkFault) -> [OfferedCamera] {
        [OfferedCamera(name: "drawn", candidates: [.printer])]
    }

    func picture() async throws(LinkFault) -> [UInt8] {
        guard let picture = machine.picture() else { throw .noPicture("nothing is printed") }
        return picture
    }
}
