import Foundation
import Glibc
import TestSupport
import Testing

/// A terminal of tmux's own server, with `farmtop` in it.
final class TmuxTerminal: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }
    private let socket: String
    private let folder: URL

    /// How often the screen is looked at for something, 50 ms apart. Not a time: a busy machine may keep this process from
    /// looking for longer than the program needs.
    private static let looks = 1800

    /// Seconds after which a program ends whose tests were killed, and so could not end it.
    private static let longest = 1100

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
        try tmux([
            "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "-c", folder.path,
            "timeout", "--foreground", "\(Self.longest)", "sh", "-c",
            // Whoever runs the tests may want no colours; the stories are told in colour.
            "exec 9>\(held.lastPathComponent); flock 9;"
                + " env -u NO_COLOR \(variables) \(Self.farmtop) \(arguments); echo ENDED with $?; cat",
        ])
    }

    /// Locked by whatever runs in the terminal, until the last of it has ended.
    private var held: URL { file(".running") }

    /// Where the program runs; files that it is asked for lie there.
    func file(_ name: String) -> URL { folder.appending(path: name) }

    /// Types each word as a key: `Enter`, `Escape`, `Tab`, `C-a`, or text.
    func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

    /// Clicks on the first `text` on the screen, as a terminal with mouse mode 1006 reports it.
    func click(on text: String) throws {
        let lines = try screen().split(separator: "\n", omittingEmptySubsequences: false)
        guard let row = lines.firstIndex(where: { $0.contains(text) }), let range = lines[row].firstRange(of: text)
        else { throw Failure(description: "\(text) is not there to be clicked") }
        let column = lines[row].distance(from: lines[row].startIndex, to: range.lowerBound)
        try tmux(["send-keys", "-l", "\u{1B}[<0;\(column + 1);\(row + 1)M"])
    }

    func resize(columns: Int, rows: Int) throws { try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"]) }

    func screen() throws -> String { try tmux(["capture-pane", "-p"]) }

    /// The kinds of colours on the screen, as tmux keeps them.
    func colors() throws -> Set<ColorKind> {
        var kinds: Set<ColorKind> = []
        for sequence in try tmux(["capture-pane", "-e", "-p"]).split(separator: "\u{1B}[").dropFirst() {
            guard let end = sequence.firstIndex(where: { $0.isLetter }), sequence[end] == "m" else { continue }
            var codes = sequence[..<end].split(whereSeparator: { $0 == ";" || $0 == ":" }).compactMap { Int($0) }[...]
            while let code = codes.popFirst() {
                switch code {
                case 30...37, 40...47: kinds.insert(.basic)
                case 90...97, 100...107: kinds.insert(.bright)
                case 38, 48:
                    let isIndexed = codes.popFirst() == 5
                    kinds.insert(isIndexed ? .indexed : .direct)
                    codes = codes.dropFirst(isIndexed ? 1 : 3)
                default: break
                }
            }
        }
        return kinds
    }

    enum ColorKind { case basic, bright, indexed, direct }

    /// Waits until the screen shows all of `texts`; each wait is bounded.
    func see(_ texts: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait("\(texts) is not on the screen", sourceLocation) { texts.allSatisfy($0.contains) }
    }

    /// Waits until the screen is as `holds` wants it.
    func see(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ holds: (String) -> Bool
    ) async throws {
        try await wait("\(what) is not on the screen", sourceLocation, until: holds)
    }

    /// Waits until the screen shows `text` no more. A key after Escape has to wait for it: read at once, they are one key.
    func seeNoMore(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait("\(text) is still on the screen", sourceLocation) { !$0.contains(text) }
    }

    private func wait(
        _ failure: String, _ sourceLocation: SourceLocation, until holds: (String) -> Bool
    ) async throws {
        var screen = ""
        for _ in 0..<Self.looks {
            screen = try self.screen()
            if holds(screen) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("\(failure):\n\(screen)", sourceLocation: sourceLocation)
        throw Failure(description: failure)
    }

    /// Ends this server and what runs in it. A program whose terminal is gone still closes its farm and removes files of its
    /// own, so the folder is removed after it.
    func end() {
        do {
            try tmux(["kill-server"])
            try waitForEnd()
            try FileManager.default.removeItem(at: folder)
        } catch {
            Issue.record(error)
        }
    }

    private func waitForEnd() throws {
        let file = open(held.path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }  // Ended before it had begun.
        defer { close(file) }
        guard flock(file, LOCK_EX) == 0 else { throw Failure(description: "\(held.path): error \(errno)") }
    }

    private static let program = path ?? "/usr/bin/tmux"
    private static let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }

    private static func options(_ socket: String) -> [String] { ["-L", socket, "-f", "/dev/null", "-u"] }

    @discardableResult
    private func tmux(_ arguments: [String]) throws -> String {
        let (status, output) = try ChildProcess.run(
            Self.program, Self.options(socket) + arguments, environment: Self.environment, withErrors: true)
        let text = String(decoding: output, as: UTF8.self)
        guard status == 0 else { throw Failure(description: "tmux \(arguments[0]): \(text)") }
        return text
    }
}
