import Foundation
import Glibc
import Synchronization
import Terminal
import Testing

@testable import Dashboard

/// A program on a pseudo terminal, run on a thread of its own: what it is told is kept, what it shows is set.
final class Stage: Sendable {
    let terminal: PseudoTerminal
    let loop: TerminalLoop
    private let told = Mutex<[TerminalEvent]>([])
    private let shown = Mutex<Grid?>(nil)
    private let result = Mutex<TerminalEnding?>(nil)
    private let wakes = Atomic(0)
    private let ticks = Atomic(0)

    /// - Parameters:
    ///   - tick: how long until a tick, each time; nil: never.
    ///   - ticksWanted: after so many no other one is wanted.
    init(
        options: TerminalOptions, terminal: PseudoTerminal, tick: Duration? = nil, ticksWanted: Int = .max
    ) throws {
        self.terminal = terminal
        loop = try TerminalLoop(options: options, input: terminal.line, output: terminal.line)
        Thread.detachNewThread { [self] in
            let program = TerminalProgram(
                onEvent: { event in self.told.withLock { $0.append(event) } },
                onWake: { self.wakes.wrappingAdd(1, ordering: .relaxed) },
                onTick: { self.ticks.wrappingAdd(1, ordering: .relaxed) },
                untilNextTick: { self.tickCount < ticksWanted ? tick : nil },
                frame: { self.shown.withLock { $0 } })
            let ending = try? loop.run(program)
            result.withLock { $0 = ending }
        }
    }

    convenience init(
        term: String = "xterm-256color", tick: Duration? = nil, ticksWanted: Int = .max
    ) throws {
        try self.init(
            options: TerminalOptions(term: term, locale: "C.UTF-8"), terminal: PseudoTerminal(), tick: tick,
            ticksWanted: ticksWanted)
    }

    var events: [TerminalEvent] { told.withLock { $0 } }
    var ending: TerminalEnding? { result.withLock { $0 } }
    var wakeCount: Int { wakes.load(ordering: .relaxed) }
    var tickCount: Int { ticks.load(ordering: .relaxed) }

    func show(_ grid: Grid) {
        shown.withLock { $0 = grid }
        loop.wake()
    }

    func waitUntilOpen() async throws {
        try await terminal.wait(for: "the first event") { !events.isEmpty }
    }

    @discardableResult
    func finish() async throws -> TerminalEnding? {
        loop.stop()
        try await terminal.wait(for: "the end") { ending != nil }
        return ending
    }
}

extension Grid {
    /// A screen with `text` in its first row.
    init(_ text: String, paint: Paint = .plain, rows: Int = 24, columns: Int = 80) {
        self.init(size: GridSize(rows: rows, columns: columns))
        for (index, character) in text.enumerated() where index < cells.count {
            cells[index] = Cell(Grapheme(character), width: 1, paint: paint)
        }
    }
}
