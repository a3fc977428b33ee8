import Dashboard
import Foundation
import Glibc
import Testing

@testable import Terminal

/// Each in a process of its own, which leads a session on a pseudo terminal as under a shell.
@Suite("The terminal is given back, however the program ends", .timeLimit(.minutes(20)))
struct RescueTests {
    /// What makes the program end, once its first frame is due.
    enum Fate: String, Codable, CaseIterable {
        case trap, segmentationFault, abort, exit, terminate, interrupt, hangUp, quit, suspend, hang, ignorePipes
        case lateHangUp
    }

    /// Runs in the child.
    private static func live(_ path: String, _ fate: Fate) {
        setsid()
        signal(SIGHUP, SIG_DFL)
        let descriptor = open(path, O_RDWR)
        let options = TerminalOptions(term: "xterm-256color", locale: "C.UTF-8", crashNote: "See the log.")
        do {
            let loop = try TerminalLoop(options: options, input: descriptor, output: descriptor)
            let program = TerminalProgram(
                onEvent: { event in if case .resize = event { loop.wake() } },
                onWake: { meet(fate, loop) },
                frame: { Grid(size: GridSize(rows: 24, columns: 80)) })
            let ending = try loop.run(program)
            if fate == .ignorePipes { raise(SIGPIPE) }
            if fate == .lateHangUp {
                // Another thread takes it: this one may be of those that take no signals.
                kill(getpid(), SIGHUP)
                usleep(300_000)
            }
            Glibc.exit(ending == .stopped ? 0 : 10)
        } catch {
            Glibc.exit(20)
        }
    }

    private static func meet(_ fate: Fate, _ loop: TerminalLoop) {
        switch fate {
        case .trap: fatalError("as planned")
        case .segmentationFault: kill(getpid(), SIGSEGV)
        case .abort: Glibc.abort()
        case .exit: Glibc.exit(3)
        case .terminate: kill(getpid(), SIGTERM)
        case .interrupt: kill(getpid(), SIGINT)
        case .hangUp:
            // From the shell, and from the system.
            for _ in 0..<20 { kill(getpid(), SIGHUP) }
        case .quit: kill(getpid(), SIGQUIT)
        case .ignorePipes:
            signal(SIGPIPE, SIG_IGN)
            loop.stop()
        case .lateHangUp: loop.stop()
        case .suspend:
            // Nobody could wake a process that stops without a shell, so that the system continues it at once.
            loop.suspend()
            loop.stop()
        case .hang:
            // Two that come at once count as one, so that it is asked again until it ends.
            while true {
                kill(getpid(), SIGTERM)
                usleep(10_000)
            }
        }
    }

    private func expectGivenBack(_ terminal: PseudoTerminal, _ fate: Fate) async throws {
        try await terminal.catchUp()
        let text = terminal.text
        #expect(text.contains("\u{1B}[?1049h"), "\(fate)")
        guard let leave = text.range(of: "\u{1B}[?1049l", options: .backwards) else {
            Issue.record("\(fate): the alternate screen was not left")
            return
        }
        #expect(!text[leave.upperBound...].contains("\u{1B}[?1049h"), "\(fate)")
        for mode in ["\u{1B}[?1000l", "\u{1B}[?1006l", "\u{1B}[?2004l", "\u{1B}[?12l\u{1B}[?25h"] {
            #expect(text.contains(mode), "\(fate) \(mode.debugDescription)")
        }
        #expect(terminal.isCooked, "\(fate)")
    }

    @Test("After a trap, with a word about the log")
    func trap() async throws {
        let terminal = try PseudoTerminal()
        await #expect(processExitsWith: .failure) { [path = terminal.path as String] in Self.live(path, .trap) }
        try await expectGivenBack(terminal, .trap)
        #expect(terminal.text.hasSuffix("See the log.\r\n"))
    }

    @Test("After a segmentation fault, which still ends the process as such")
    func segmentationFault() async throws {
        let terminal = try PseudoTerminal()
        await #expect(processExitsWith: .signal(SIGSEGV)) { [path = terminal.path as String] in
            Self.live(path, .segmentationFault)
        }
        try await expectGivenBack(terminal, .segmentationFault)
    }

    @Test("After the program's end, with signals that it came to ignore meanwhile still ignored")
    func ignoredMeanwhile() async throws {
        let terminal = try PseudoTerminal()
        await #expect(processExitsWith: .exitCode(0)) { [path = terminal.path as String] in
            Self.live(path, .ignorePipes)
        }
        try await expectGivenBack(terminal, .ignorePipes)
    }

    @Test("After abort()")
    func abort() async throws {
        let terminal = try PseudoTerminal()
        await #expect(processExitsWith: .signal(SIGABRT)) { [path = terminal.path as String] in Self.live(path, .abort)
        }
        try await expectGivenBack(terminal, .abort)
    }

    @Test("After exit() from anywhere")
    func exit() async throws {
        let terminal = try PseudoTerminal()
        await #expect(processExitsWith: .exitCode(3)) { [path = terminal.path as String] in Self.live(path, .exit) }
        try await expectGivenBack(terminal, .exit)
    }

    @Test("SIGTERM, SIGINT and SIGHUP end the loop in order", arguments: [Fate.terminate, .interrupt, .hangUp])
    func ending(fate: Fate) async throws {
        let terminal = try PseudoTerminal()
        await #expect(processExitsWith: .exitCode(10)) { [path = terminal.path as String, fate = fate as Fate] in
            Self.live(path, fate)
        }
        try await expectGivenBack(terminal, fate)
    }

    @Test("A SIGHUP that comes once the loop has ended does not cut short what the program has to end")
    func lateHangUp() async throws {
        let terminal = try PseudoTerminal()
        await #expect(processExitsWith: .exitCode(0)) { [path = terminal.path as String] in
            Self.live(path, .lateHangUp)
        }
        try await expectGivenBack(terminal, .lateHangUp)
    }

    @Test("A second SIGTERM ends a program that hangs")
    func hang() async throws {
        let terminal = try PseudoTerminal()
        await #expect(processExitsWith: .signal(SIGTERM)) { [path = terminal.path as String] in Self.live(path, .hang) }
        try await expectGivenBack(terminal, .hang)
    }

    @Test("SIGQUIT")
    func quit() async throws {
        let terminal = try PseudoTerminal()
        await #expect(processExitsWith: .signal(SIGQUIT)) { [path = terminal.path as String] in Self.live(path, .quit) }
        try await expectGivenBack(terminal, .quit)
    }

    @Test("Suspended, the shell has its screen; resumed, the program has its own again")
    func suspend() async throws {
        let terminal = try PseudoTerminal()
        await #expect(processExitsWith: .success) { [path = terminal.path as String] in Self.live(path, .suspend) }
        try await expectGivenBack(terminal, .suspend)
    }
}
