import Foundation
import Testing

/// A terminal of tmux's own server, with `farmtop` in it.
final class TmuxTerminal: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }
    private let socket: String
    private let folder: URL
    /// In the foreground: a server that went into the background would keep what tells that its parent has ended.
    private let server: Process

    /// How long a screen may take to show something, on a machine that is busy.
    private static let patience = Duration.seconds(90)

    static let path: String? = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/bin/tmux"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// The program, beside the test bundle.
    static let farmtop = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "farmtop").path

    /// - Parameters:
    ///   - arguments: of farmtop; words without spaces or quotes.
    ///   - environment: more variables for the program.
    init(
        _ arguments: String, columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]
    ) async throws {
        let id = UUID().uuidString.prefix(8)
        socket = "farmtop-story-\(id)"
        folder = URL(filePath: NSTemporaryDirectory()).appending(path: "farmtop-story-\(id)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let variables = ([("LANG", "C.UTF-8"), ("HOME", folder.path)] + environment.sorted { $0.key < $1.key })
            .map { "\($0.0)=\($0.1)" }.joined(separator: " ")
        server = Self.process(socket, ["-D"])
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        try server.run()
        let deadline = ContinuousClock.now + Self.patience
        while try !serves(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        try tmux([
            "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "-c", folder.path,
            "env \(variables) \(Self.farmtop) \(arguments); echo ENDED with $?; cat",
        ])
    }

    /// Where the program runs; files that it is asked for lie there.
    func file(_ name: String) -> URL { folder.appending(path: name) }

    /// Types each word as a key: `Enter`, `Escape`, `Tab`, `C-a`, or text.
    func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

    func resize(columns: Int, rows: Int) throws { try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"]) }

    func screen() throws -> String { try tmux(["capture-pane", "-p"]) }

    /// Waits until the screen shows all of `texts`; each wait is bounded.
    func see(_ texts: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        var screen = ""
        repeat {
            screen = try self.screen()
            if texts.allSatisfy(screen.contains) { return }
            try await Task.sleep(for: .milliseconds(50))
        } while clock.now < deadline
        Issue.record("\(texts) is not on the screen:\n\(screen)", sourceLocation: sourceLocation)
        throw Failure(description: "\(texts) is not on the screen")
    }

    /// Ends this server and what runs in it.
    func end() {
        do {
            try tmux(["kill-server"])
            try FileManager.default.removeItem(at: folder)
        } catch {
            Issue.record(error)
        }
    }

    private func serves() throws -> Bool {
        do {
            try tmux(["show-options", "-s"])
            return true
        } catch is Failure {
            return false
        }
    }

    private static func process(_ socket: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: path ?? "/usr/bin/tmux")
        process.arguments = ["-L", socket, "-f", "/dev/null", "-u"] + arguments
        return process
    }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        let process = Self.process(socket, ["-N"] + arguments)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Failure(description: "tmux \(arguments[0]): \(text)") }
        return text
    }
}
