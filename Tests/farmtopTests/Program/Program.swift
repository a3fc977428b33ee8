import Foundation
import Glibc
import TestSupport
import Testing

/// The built program, run as a person or systemd would: arguments, files, signals.
enum Program {
    struct Outcome: Equatable, Sendable {
        var status: Int32
        var output: String
        var errors: String
    }

    /// It lies beside the test bundle; `FARMTOP_PROGRAM` names another.
    static var path: String {
        if let named = ProcessInfo.processInfo.environment["FARMTOP_PROGRAM"] { return named }
        return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "farmtop").path
    }

    /// Nothing of the machine's own settings; no trace of a crash that a test asked for.
    private static func environment(home: String) -> [String] {
        ["HOME=\(home)", "PATH=/usr/bin:/bin", "SWIFT_BACKTRACE=enable=no"]
    }

    /// Starts it with its standard error in a file.
    /// - Returns: its pid.
    static func start(_ arguments: [String], home: String, output: String = "/dev/null", errors: String) throws -> pid_t
    {
        try ChildProcess(path, arguments, environment: environment(home: home), output: output, errors: errors).id
    }

    /// Waits for its end.
    /// - Returns: its exit code; of a signal, 128 and its number.
    static func wait(_ pid: pid_t) -> Int32 {
        ChildProcess.wait(pid)
    }

    /// Runs it to its end.
    static func run(_ arguments: [String], home: String) throws -> Outcome {
        let files = ["out", "err"].map { "\(home)/\(UUID().uuidString).\($0)" }
        defer { files.forEach { unlink($0) } }
        let status = wait(try start(arguments, home: home, output: files[0], errors: files[1]))
        return Outcome(
            status: status, output: try String(contentsOfFile: files[0], encoding: .utf8),
            errors: try String(contentsOfFile: files[1], encoding: .utf8))
    }
}

/// A home folder with a farm's data folder in it; both go away with the test.
final class TestHome: Sendable {
    let path: String
    var data: String { path + "/data" }
    var database: String { data + "/farmtop.db" }

    init() throws {
        // Short: a unix socket's path has 107 characters at the most.
        path = NSTemporaryDirectory() + "ft-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func run(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(arguments + ["--data-dir", data], home: path)
    }

    func writeConfiguration(_ text: String) throws {
        let folder = path + "/.config/farmtop"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: folder + "/config.toml", atomically: true, encoding: .utf8)
    }
}
