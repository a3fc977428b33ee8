public import Farm
import Glibc

/// Where the programs that take pictures are looked for: the folders of the system, whatever PATH says.
public enum PictureProgram {
    static let folders = ["/usr/local/bin", "/usr/bin", "/bin"]

    /// - Throws: `noPicture` when there is no such program.
    public static func path(of name: String) throws(LinkFault) -> String {
        guard !name.isEmpty else { throw .noPicture("no program is named") }
        guard !name.contains("/") else {
            guard access(name, X_OK) == 0 else {
                throw .noPicture(
                    "\(cleanedText(name, limit: 200)) cannot be started: \(String(cString: strerror(errno)))")
            }
            return name
        }
        for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        throw .noPicture("there is no program \(cleanedText(name, limit: 60)) in \(folders.joined(separator: ", "))")
    }
}

/// A program that writes one JPEG to its standard output: ffmpeg, rpicam-still, v4l2-ctl. From the configuration file only.
///
/// No shell reads the words. The program gets a clean environment and none of our files, and its whole process group is
/// killed when it has ended, when its time is over, or when nobody wants the picture any more.
struct PictureCommand: Sendable {
    let words: [String]
    let timeout: Duration
    private static let environment = [
        "PATH=\(PictureProgram.folders.joined(separator: ":"))", "LANG=C.UTF-8", "HOME=/nonexistent",
    ]

    func output() async throws(LinkFault) -> [UInt8] {
        let (process, pipe) = try start()
        defer { close(pipe) }
        let result = await collect(pipe)
        // Its children too: a program may have left some behind.
        kill(-process, SIGKILL)
        let status = await reap(process)
        switch result {
        case .failure(let fault): throw fault
        case .success(let bytes):
            if bytes.isEmpty, status != 0 { throw .noPicture("the program ended with \(Self.describe(status))") }
            return bytes
        }
    }

    private func start() throws(LinkFault) -> (process: pid_t, output: CInt) {
        let path = try PictureProgram.path(of: words.first ?? "")
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw .noPicture("no pipe: \(String(cString: strerror(errno)))") }
        let (output, input) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
        defer { close(input) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, input, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        for file in Self.openFiles() { posix_spawn_file_actions_addclose(&actions, file) }

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
        var variables: [UnsafeMutablePointer<CChar>?] = Self.environment.map { strdup($0) } + [nil]
        defer {
            for word in arguments + variables { free(word) }
        }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, &attributes, &arguments, &variables)
        guard code == 0 else {
            close(output)
            throw .noPicture("the program cannot be started: \(String(cString: strerror(code)))")
        }
        return (process, output)
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

    /// What it writes, until it closes its output. Looked after without a thread of its own: twenty programs that hang must
    /// not hold twenty threads.
    private func collect(_ pipe: CInt) async -> Result<[UInt8], LinkFault> {
        let end = ContinuousClock.now + timeout
        let limit = PictureFetch.sizeLimit
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let length = read(pipe, &buffer, buffer.count)
            if length > 0 {
                guard bytes.count + length <= limit else { return .failure(.tooLarge(limit: limit)) }
                bytes += buffer[..<length]
            } else if length == 0 {
                return .success(bytes)
            } else if errno != EINTR && errno != EAGAIN {
                return .failure(.noPicture("its output cannot be read: \(String(cString: strerror(errno)))"))
            } else {
                guard !Task.isCancelled else { return .failure(.stopped) }
                guard end > .now else { return .failure(.noAnswer(seconds: max(1, Int(timeout.components.seconds)))) }
                // Cancelled: seen on the next round.
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// After SIGKILL this takes moments, unless the program hangs inside the kernel; then it is given up after a second.
    private func reap(_ process: pid_t) async -> CInt {
        var status: CInt = 0
        for _ in 0..<200 {
            let found = waitpid(process, &status, WNOHANG)
            if found == process { return status }
            if found < 0, errno != EINTR { return 0 }
            // The wait must go on where the caller's task is cancelled already.
            await Task { try? await Task.sleep(for: .milliseconds(5)) }.value
        }
        return status
    }

    private static func describe(_ status: CInt) -> String {
        status & 0x7F == 0 ? "exit code \((status >> 8) & 0xFF)" : "signal \(status & 0x7F)"
    }
}
