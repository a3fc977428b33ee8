import Glibc

/// A program that is run once: no shell reads its words, it gets a clean environment and none of our files, and its whole process
/// group is killed when it has ended, when its time is over, or when nobody wants the result any more.
///
/// `posix_spawn` in place of Foundation's `Process`, which leaves the children of a program alive and takes a thread for each. The
/// architecture page compares it with swift-subprocess.
public struct ProgramRun: Sendable {
    /// What a program said, and how it ended.
    public struct Result: Equatable, Sendable {
        /// 128 and more: ended by the signal of that number less 128. 127: there is no such program.
        public var exitCode: Int32
        /// As much as was asked for.
        public var output: [UInt8]
        /// The first `usualLimit` bytes.
        public var errors: [UInt8]
    }

    /// What is wanted of its standard output. The run ends when the program closes what is read.
    public enum Output: Equatable, Sendable {
        /// The first `usualLimit` bytes, and those of its standard error.
        case start
        /// All of it, or nothing where it is longer; its standard error goes nowhere.
        case whole(limit: Int)
    }

    /// Why there is no result.
    public enum Failure: Error, Equatable, Sendable {
        /// It could not be started, in the system's words.
        case notStarted(String)
        case tooLong(limit: Int)
        case timedOut
        case cancelled
    }

    static let usualLimit = 65_536
    /// Where programs are looked for: the folders of the system, whatever PATH says.
    public static let folders = ["/usr/local/bin", "/usr/bin", "/bin"]

    private let words: [String]
    private let environment: [String]
    private let input: [UInt8]
    private let output: Output
    private let timeout: Duration

    /// - Parameters:
    ///   - words: the program, by its path or its name in the usual folders, and its arguments.
    ///   - environment: beside a path, a language and a home that is not there; `NAME=value`.
    ///   - input: for its standard input.
    public init(
        _ words: [String], environment: [String] = [], input: [UInt8] = [], output: Output = .start, timeout: Duration
    ) {
        self.words = words
        self.environment =
            ["PATH=\(Self.folders.joined(separator: ":"))", "LANG=C.UTF-8", "HOME=/nonexistent"] + environment
        self.input = input
        self.output = output
        self.timeout = timeout
    }

    /// Starts the program and waits for its end.
    public func result() async throws(Failure) -> Result {
        let path = try Self.path(of: words.first ?? "")
        var pipes = try Pipes()
        defer { pipes.closeAll() }
        let process = try start(path, &pipes)
        let outcome = await exchange(&pipes, with: process)
        // Its children too: a program may have left some behind.
        kill(-process, SIGKILL)
        let status = await Self.reap(process, within: .seconds(1))
        switch outcome {
        case .failure(let failure): throw failure
        case .success(let (output, errors)):
            guard let status else { throw .timedOut }
            let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
            return Result(exitCode: code, output: output, errors: errors)
        }
    }

    /// - Parameter name: a path, or a name in one of the folders of the system.
    /// - Throws: `notStarted` when there is no such program.
    public static func path(of name: String) throws(Failure) -> String {
        guard !name.isEmpty else { throw .notStarted("no program is named") }
        guard !name.contains("/") else {
            guard access(name, X_OK) == 0 else { throw .notStarted(String(cString: strerror(errno))) }
            return name
        }
        for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        throw .notStarted("there is no such program in \(folders.joined(separator: ", "))")
    }

    /// Our ends and the program's ends of its three standard files.
    private struct Pipes {
        var input: CInt = -1, output: CInt = -1, errors: CInt = -1
        var theirs: [CInt] = []

        init() throws(Failure) {
            func pair() throws(Failure) -> (read: CInt, write: CInt) {
                var ends: [CInt] = [0, 0]
                guard pipe(&ends) == 0 else { throw .notStarted(String(cString: strerror(errno))) }
                for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
                return (ends[0], ends[1])
            }
            do throws(Failure) {
                let first = try pair()
                (input, theirs) = (first.write, [first.read])
                let second = try pair()
                output = second.read
                theirs.append(second.write)
                let third = try pair()
                errors = third.read
                theirs.append(third.write)
            } catch {
                closeAll()
                throw error
            }
            for end in [input, output, errors] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        }

        mutating func closeTheirs() {
            for end in theirs { close(end) }
            theirs = []
        }

        mutating func closeInput() {
            if input >= 0 { close(input) }
            input = -1
        }

        mutating func closeAll() {
            closeTheirs()
            closeInput()
            for end in [output, errors] where end >= 0 { close(end) }
            (output, errors) = (-1, -1)
        }
    }

    private func start(_ path: String, _ pipes: inout Pipes) throws(Failure) -> pid_t {
        defer { pipes.closeTheirs() }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes.theirs[0], STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, pipes.theirs[1], STDOUT_FILENO)
        if takesErrors {
            posix_spawn_file_actions_adddup2(&actions, pipes.theirs[2], STDERR_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        }
        if !Self.closeFiles(from: STDERR_FILENO + 1, in: &actions) {
            for file in Self.openFiles() { posix_spawn_file_actions_addclose(&actions, file) }
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t(), all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, CShort(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer {
            for word in arguments + variables { free(word) }
        }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw .notStarted(String(cString: strerror(code))) }
        return process
    }

    /// `posix_spawn_file_actions_addclosefrom_np`, looked up by name: Swift's module of the C library leaves out what is GNU's own.
    /// It closes what is open at the moment of the start, so that also a file which another thread is just opening stays here.
    /// - Returns: false where the C library is older than 2.34 which has no such action.
    private static func closeFiles(from first: CInt, in actions: inout posix_spawn_file_actions_t) -> Bool {
        typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt
        guard let address = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return false }
        return unsafeBitCast(address, to: AddCloseFrom.self)(&actions, first) == 0
    }

    /// All files of this process but the three standard ones. Most are closed by the start of a program anyway.
    private static func openFiles() -> [CInt] {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var found: [CInt] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let file = CInt(name), file > STDERR_FILENO, file != dirfd(folder) { found.append(file) }
        }
        return found
    }

    private var takesErrors: Bool { output == .start }

    /// Writes what it is to read and reads what it writes, until it closes that or has ended. Looked after without a thread of its own:
    /// programs that hang must not hold threads.
    private func exchange(
        _ pipes: inout Pipes, with process: pid_t
    ) async -> Swift.Result<(output: [UInt8], errors: [UInt8]), Failure> {
        let end = ContinuousClock.now + timeout
        var rest = input[...]
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var isOutputOpen = true
        var areErrorsOpen = takesErrors
        var hasEnded = false
        var pause = Pause()
        while isOutputOpen || areErrorsOpen {
            guard !Task.isCancelled else { return .failure(.cancelled) }
            guard end > .now else { return .failure(.timedOut) }
            var hasMoved = feed(&rest, &pipes)
            if isOutputOpen { hasMoved = take(pipes.output, &output, &isOutputOpen, limit) || hasMoved }
            if areErrorsOpen { hasMoved = take(pipes.errors, &errors, &areErrorsOpen, Self.usualLimit) || hasMoved }
            if case .whole(let limit) = self.output, output.count > limit { return .failure(.tooLong(limit: limit)) }
            if hasMoved {
                hasEnded = false
                pause = Pause()
                continue
            }
            // A child that it left behind may hold its pipes for hours.
            if hasEnded { break }
            hasEnded = Self.hasEnded(process)
            if hasEnded { continue }
            // Cancelled: seen on the next round.
            try? await Task.sleep(for: pause.next())
        }
        return .success((output, errors))
    }

    /// Bytes of its output that are kept: one more than may be, where that is to be noticed.
    private var limit: Int {
        switch output {
        case .start: Self.usualLimit
        case .whole(let limit): limit + 1
        }
    }

    /// Leaves it to be reaped, so that its number is nobody else's yet.
    private static func hasEnded(_ process: pid_t) -> Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information.si_signo == SIGCHLD
    }

    /// - Returns: whether something was written.
    private func feed(_ rest: inout ArraySlice<UInt8>, _ pipes: inout Pipes) -> Bool {
        guard pipes.input >= 0 else { return false }
        guard !rest.isEmpty else {
            pipes.closeInput()
            return true
        }
        let chunk = Array(rest.prefix(65_536))
        let (length, fault) = Self.writeQuietly(chunk, to: pipes.input)
        if length > 0 {
            rest = rest.dropFirst(length)
            return true
        }
        // A program that does not read its input is no fault.
        if length < 0, fault != EAGAIN, fault != EINTR { pipes.closeInput() }
        return false
    }

    /// Without the signal that a pipe brings which nobody reads any more: whoever calls may not have ignored it.
    private static func writeQuietly(_ bytes: [UInt8], to pipe: CInt) -> (length: Int, fault: CInt) {
        var broken = sigset_t(), before = sigset_t()
        sigemptyset(&broken)
        sigaddset(&broken, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &broken, &before)
        let length = write(pipe, bytes, bytes.count)
        let fault = errno
        if length < 0, fault == EPIPE {
            var pending = sigset_t()
            sigpending(&pending)
            var caught: CInt = 0
            if sigismember(&pending, SIGPIPE) == 1 { sigwait(&broken, &caught) }
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return (length, fault)
    }

    /// - Returns: whether something came, its end included.
    private func take(_ pipe: CInt, _ bytes: inout [UInt8], _ isOpen: inout Bool, _ limit: Int) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let length = read(pipe, &buffer, buffer.count)
        if length > 0 {
            bytes += buffer[..<length].prefix(max(0, limit - bytes.count))
            return true
        }
        if length == 0 || (errno != EAGAIN && errno != EINTR) { isOpen = false }
        return !isOpen
    }

    /// After SIGKILL this takes moments, unless the program hangs inside the kernel. Then nobody waits for it here, and its end is
    /// taken when it comes: one that is never taken keeps its number for ever.
    /// - Returns: its status; nil where it has not ended in time.
    static func reap(_ process: pid_t, within time: Duration) async -> CInt? {
        let end = ContinuousClock.now + time
        var pause = Pause()
        while true {
            // Read before the look: however long a busy machine lets this task wait, there is a look after the time is over.
            let isOver = ContinuousClock.now >= end
            if let status = ended(process) { return status }
            if isOver { break }
            // The wait must go on where the caller's task is cancelled already.
            let wait = pause.next()
            await Task { try? await Task.sleep(for: wait) }.value
        }
        Task.detached {
            while ended(process) == nil { try? await Task.sleep(for: .seconds(1)) }
        }
        return nil
    }

    /// Takes the end of a process that has ended.
    private static func ended(_ process: pid_t) -> CInt? {
        var status: CInt = 0
        let found = waitpid(process, &status, WNOHANG)
        if found == process { return status }
        // Somebody else has taken it, and nobody knows how it ended: no success.
        return found < 0 && errno != EINTR ? 255 << 8 : nil
    }

    /// How long a program is let alone between two looks at it: most take moments, and one that takes minutes costs next to nothing.
    private struct Pause {
        private var length = Duration.microseconds(250)

        mutating func next() -> Duration {
            defer { length = min(length * 2, .milliseconds(20)) }
            return length
        }
    }
}
