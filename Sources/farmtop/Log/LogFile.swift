import FarmConfiguration
import FarmService
import Foundation
import Glibc
import Logging
import Synchronization

/// A log file (0600) that is put aside when it has grown: `farmtop.log` becomes `farmtop.log.1`, that `farmtop.log.2`, and
/// so on. When the file or its folder goes away or cannot be written, its lines go to standard error until it is there
/// again: a log that fails stops nothing.
final class LogFile: Sendable {
    struct Limits: Equatable, Sendable {
        /// The size of one file; a line is never cut.
        var bytes = 10 << 20
        /// Files put aside that are kept.
        var keptFiles = 5
    }

    /// Which file a descriptor is open on.
    private struct Identity: Equatable {
        var device: dev_t
        var number: ino_t

        init?(_ status: stat?) {
            guard let status else { return nil }
            device = status.st_dev
            number = status.st_ino
        }
    }

    private struct State {
        var bytes = 0
        /// Nil: lines go to standard error, for `failure`.
        var identity: Identity?
        var failure: String?
        var lastLook: Duration
    }

    /// Between two looks whether the file is still the one that the path names.
    static let lookInterval = Duration.seconds(5)

    let path: String
    /// Open on the file, or on standard error; the number stays the same.
    let descriptor: Int32
    /// Its last lines, for the screen.
    let ring = LogRing()
    private let limits: Limits
    private let elapsed: @Sendable () -> Duration
    private let complain: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - elapsed: of a clock that only runs.
    ///   - complain: told why the log is not written.
    init(
        _ path: String, limits: Limits = Limits(),
        elapsed: @escaping @Sendable () -> Duration = runningClock(),
        complain: @escaping @Sendable (String) -> Void = { Console.error("farmtop: \($0)") }
    ) {
        self.path = path
        self.limits = limits
        self.elapsed = elapsed
        self.complain = complain
        let copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        descriptor = copy >= 0 ? copy : Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC)
        state = Mutex(State(lastLook: elapsed()))
        state.withLock { open(&$0) }
    }

    deinit { close(descriptor) }

    /// Why lines go to standard error; nil while they go to the file.
    var failure: String? { state.withLock { $0.failure } }

    func logger(_ level: Logger.Level) -> Logger {
        Logger(label: "farmtop") { _ in StandardErrorLog(level: level, file: self) }
    }

    /// Writes a whole line.
    @Sendable func write(_ line: [UInt8]) {
        state.withLock { state in
            look(&state)
            if state.identity != nil, state.bytes > 0, state.bytes + line.count > limits.bytes { putAside(&state) }
            let written = Glibc.write(descriptor, line, line.count)
            state.bytes += max(0, written)
            guard written < line.count, state.identity != nil else { return }
            fail(&state, written < 0 ? String(cString: strerror(errno)) : "the disk is full")
            _ = Glibc.write(descriptor, line, line.count)
        }
    }

    /// Opens the file by its name again, for whoever has moved it away.
    func reopen() { state.withLock { open(&$0) } }

    /// Every few seconds: has the file gone, or can it be written again?
    private func look(_ state: inout State) {
        let now = elapsed()
        guard now - state.lastLook >= Self.lookInterval else { return }
        state.lastLook = now
        if state.identity == nil || Identity(status(of: path)) != state.identity { open(&state) }
    }

    /// Oldest first, so that each name is free when it is taken; files above a free name stay where they are. When it
    /// cannot be done the file goes on growing until it is tried again after as much more.
    private func putAside(_ state: inout State) {
        func name(_ number: Int) -> String { number == 0 ? path : "\(path).\(number)" }
        func failed(_ result: Int32) -> Bool {
            guard result != 0, errno != ENOENT else { return false }
            complain("The log \(path) cannot be rotated: \(String(cString: strerror(errno))). It keeps growing.")
            state.bytes = 0
            return true
        }
        if limits.keptFiles == 0 {
            guard !failed(unlink(path)) else { return }
        } else {
            let free = (1...limits.keptFiles).first { status(of: name($0)) == nil } ?? limits.keptFiles
            for number in (0..<free).reversed() where failed(rename(name(number), name(number + 1))) { return }
        }
        state.bytes = 0
        open(&state)
    }

    private func open(_ state: inout State) {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            return fail(&state, "\(folder) cannot be made")
        }
        // A fifo that nobody reads would wait.
        let file = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard file >= 0 else { return fail(&state, String(cString: strerror(errno))) }
        defer { close(file) }
        _ = fcntl(file, F_SETFL, O_APPEND)
        var opened = stat()
        fstat(file, &opened)
        // Standard error that was led into the file goes with it.
        if let old = state.identity, Identity(status(of: STDERR_FILENO)) == old { dup2(file, STDERR_FILENO) }
        lead(to: file)
        state.identity = Identity(opened)
        state.failure = nil
        if state.bytes != 0 || opened.st_size > 0 { state.bytes = Int(opened.st_size) }
    }

    private func fail(_ state: inout State, _ reason: String) {
        let message =
            "The log \(path) cannot be written: \(reason). Lines go to standard error until it can. "
            + "Fix it, or set log.file elsewhere."
        if state.failure != message { complain(message) }
        state.failure = message
        state.identity = nil
        state.bytes = 0
        lead(to: STDERR_FILENO)
    }

    /// Makes `descriptor` stand for another open file.
    private func lead(to file: Int32) {
        dup2(file, descriptor)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    private func status(of path: String) -> stat? {
        var result = stat()
        return stat(path, &result) == 0 ? result : nil
    }

    private func status(of descriptor: Int32) -> stat? {
        var result = stat()
        return fstat(descriptor, &result) == 0 ? result : nil
    }
}

extension Configuration.Log {
    var limits: LogFile.Limits {
        LogFile.Limits(bytes: Int(maxMebibytes) << 20, keptFiles: Int(keptFiles))
    }
}
