import Foundation
public import Glibc

/// A program that a test starts. Foundation's own `Process` reads beyond a buffer on Linux now and then, which ends the
/// tests (swift-corelibs-foundation#5472, in Swift 6.3).
public struct ChildProcess: Sendable {
    public struct NotStarted: Error, CustomStringConvertible {
        public var description: String
    }
    public let id: pid_t
    /// What tells a sanitizer or the counting of lines what to do; it goes on to each program that a test starts.
    public static let instrumentation = ProcessInfo.processInfo.environment
        .filter { $0.key.hasSuffix("SAN_OPTIONS") || $0.key == "LLVM_PROFILE_FILE" }
        .map { "\($0.key)=\($0.value)" }
    /// More than tests have open at a time.
    private static let files: CInt = 1024

    /// Starts it with nothing on its standard input, and with no other file of this process open.
    /// - Parameters:
    ///   - environment: all of it but `instrumentation`, as `NAME=value`.
    ///   - output, errors: files that its output and its messages are added to.
    public init(
        _ path: String, _ arguments: [String], environment: [String], output: String = "/dev/null",
        errors: String = "/dev/null"
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        for file in STDERR_FILENO + 1..<Self.files { posix_spawn_file_actions_addclose(&actions, file) }
        // Threads of a dispatch queue block signals, and a child would go on doing so.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t(), all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, CShort(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            (environment + Self.instrumentation).map { strdup($0) } + [nil]
        defer {
            words.forEach { free($0) }
            variables.forEach { free($0) }
        }
        var id: pid_t = 0
        let code = posix_spawn(&id, path, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw NotStarted(description: "\(path): \(String(cString: strerror(code)))") }
        self.id = id
    }

    /// Waits for its end.
    /// - Returns: its exit code; of a signal, 128 and its number.
    @discardableResult
    public func wait() -> Int32 { Self.wait(id) }

    public static func wait(_ id: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// Runs a program to its end.
    /// - Returns: its exit code and all that it wrote to its standard output; its messages too with `withErrors`.
    public static func run(
        _ path: String, _ arguments: [String], environment: [String], withErrors: Bool = false
    ) throws -> (status: Int32, output: [UInt8]) {
        let file = NSTemporaryDirectory() + "farmtop-output-\(UUID().uuidString)"
        defer { unlink(file) }
        let child = try ChildProcess(
            path, arguments, environment: environment, output: file, errors: withErrors ? file : "/dev/null")
        let status = child.wait()
        return (status, [UInt8](try Data(contentsOf: URL(filePath: file))))
    }
}
