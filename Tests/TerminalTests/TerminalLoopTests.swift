import Foundation
import Glibc
import TestSupport
import Testing

@testable import Dashboard
@testable import Terminal

/// One after the other: a process has one screen.
@Suite("A program on a terminal", .serialized, .timeLimit(.minutes(20)))
struct TerminalLoopTests {
    // MARK: Coming and going

    @Test("The alternate screen is entered, and the terminal is as before at the end")
    func enterAndLeave() async throws {
        let stage = try Stage()
        stage.show(Grid("hello"))
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("hello") }
        #expect(stage.terminal.text.contains("\u{1B}[?1049h"))
        #expect(stage.terminal.text.contains("\u{1B}[?2004h"))
        #expect(!stage.terminal.isCooked)
        #expect(try await stage.finish() == .stopped)
        try await stage.terminal.wait(for: "the way out") { stage.terminal.text.contains("\u{1B}[?1049l") }
        let text = stage.terminal.text
        #expect(text.contains("\u{1B}[?1000l") && text.contains("\u{1B}[?2004l"))
        #expect(stage.terminal.isCooked)
    }

    @Test("A second screen in one process is refused, not tangled with the first")
    func second() async throws {
        let stage = try Stage()
        try await stage.waitUntilOpen()
        let other = try PseudoTerminal()
        #expect(throws: TerminalError.alreadyOpen) {
            try TerminalLoop(options: TerminalOptions(term: "xterm"), input: other.line, output: other.line)
        }
        try await stage.finish()
    }

    @Test("A terminal that goes away ends the program")
    func hangUp() async throws {
        let stage = try Stage()
        try await stage.waitUntilOpen()
        try await stage.terminal.hangUp()
        try await stage.terminal.wait(for: "the end") { stage.ending != nil }
        #expect(stage.ending == .hangUp)
    }

    @Test("What cannot be drawn on is said in one sentence each")
    func refusals() throws {
        let terminal = try PseudoTerminal()
        func failure(_ term: String, input: Int32) -> TerminalError? {
            do throws(TerminalError) {
                _ = try TerminalLoop(options: TerminalOptions(term: term), input: input, output: terminal.line)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure("dumb", input: terminal.line) == .noCursor(term: "dumb"))
        #expect(failure("no-such-terminal", input: terminal.line) == .unknownTerm("no-such-terminal"))
        #expect(failure("", input: terminal.line) == .noTerm)
        let null = open("/dev/null", O_RDONLY)
        defer { close(null) }
        #expect(failure("xterm", input: null) == .notATerminal)
    }

    // MARK: Frames

    @Test("An idle program sends nothing")
    func idle() async throws {
        let stage = try Stage()
        stage.show(Grid("hello"))
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("hello") }
        try await Task.sleep(for: .milliseconds(100))
        stage.terminal.clear()
        // News that changes nothing on the screen is idleness, too.
        for _ in 0..<10 {
            stage.loop.wake()
            try await Task.sleep(for: .milliseconds(40))
        }
        #expect(stage.wakeCount > 1)
        #expect(stage.terminal.bytes == [])
        try await stage.finish()
    }

    @Test("A changed cell costs a few bytes")
    func differences() async throws {
        let stage = try Stage()
        var grid = Grid(String(repeating: "-", count: 80))
        stage.show(grid)
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("---") }
        try await Task.sleep(for: .milliseconds(100))
        stage.terminal.clear()
        for column in 20..<40 { grid.cells[column].grapheme = "x" }
        stage.show(grid)
        try await stage.terminal.wait(for: "the change") { stage.terminal.text.contains("x") }
        try await Task.sleep(for: .milliseconds(50))
        #expect(stage.terminal.bytes.count <= 20 * 5)
        #expect(!stage.terminal.text.contains("-"))
        try await stage.finish()
    }

    @Test("On request everything is sent again, though nothing changed")
    func redraw() async throws {
        let stage = try Stage()
        stage.show(Grid("hello"))
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("hello") }
        stage.terminal.clear()
        stage.loop.redraw()
        try await stage.terminal.wait(for: "the same frame") { stage.terminal.text.contains("hello") }
        try await stage.finish()
    }

    @Test("News comes as often as it likes, frames at most 30 times a second")
    func coalescing() async throws {
        let stage = try Stage()
        try await stage.waitUntilOpen()
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<200 {
            stage.loop.wake()
            try await Task.sleep(for: .milliseconds(2))
        }
        let seconds = start.duration(to: clock.now) / .seconds(1)
        #expect(Double(stage.wakeCount) <= seconds * 30 + 2)
        #expect(stage.wakeCount >= 3)
        try await stage.finish()
    }

    @Test("Ticks come as long as the program wants them")
    func ticks() async throws {
        let stage = try Stage(tick: .milliseconds(5), ticksWanted: 3)
        try await stage.terminal.wait(for: "ticks") { stage.tickCount >= 3 }
        try await Task.sleep(for: .milliseconds(50))
        stage.show(Grid("no more ticks"))
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("no more ticks") }
        #expect(stage.tickCount == 3)
        try await stage.finish()
    }

    @Test("No control, bidirectional or invisible scalar of a cell reaches the terminal")
    func hostileCells() async throws {
        let stage = try Stage()
        let hostile: [Character] = [
            "\u{1B}", "\u{07}", "\u{9B}", "\u{9D}", "\u{0}", "\n", "\r\n", "\u{202E}", "\u{200B}", "\u{2066}",
            "\u{FEFF}",
            "\u{301}", "\u{E0041}", "\u{7F}",
        ]
        var grid = Grid(size: GridSize(rows: 24, columns: 80))
        for (index, character) in hostile.enumerated() {
            grid.cells[index * 2] = Cell(Grapheme(character), width: 1, paint: .plain)
            grid.cells[index * 2 + 1] = Cell("!", width: 1, paint: .plain)
        }
        stage.show(grid)
        try await stage.terminal.wait(for: "the frame") {
            stage.terminal.text.filter { $0 == "!" }.count == hostile.count
        }
        // ncurses' own sequences are ESC [ … and ESC with a letter; nothing else may hold a control.
        let text = stage.terminal.text
        for scalar in text.unicodeScalars where ![0x1B, 0x0D, 0x0A, 0x08].contains(scalar.value) {
            #expect(![.control, .format].contains(scalar.properties.generalCategory), "\(scalar.value)")
        }
        #expect(!text.contains("\u{1B}]") && !text.contains("\u{1B}P") && !text.contains("\u{1B}_"))
        #expect(text.contains("\u{FFFD}!"))
        try await stage.finish()
    }

    @Test(
        "Of all 58 hostile strings, as the dashboard writes them, nothing acts on the terminal",
        arguments: ["xterm-256color", "linux", "vt100"])
    func hostileStrings(term: String) async throws {
        struct Attack: Decodable { var text: String }
        let file = TestFiles.inTests("DashboardTests/Golden/hostile-strings.json")
        let attacks = try JSONDecoder().decode([Attack].self, from: Data(contentsOf: file))
        #expect(attacks.count == 58)
        let size = GridSize(rows: attacks.count + 1, columns: 60)
        var canvas = Canvas(size: size, theme: .mono)
        for (row, attack) in attacks.enumerated() {
            canvas.put(CellText(untrusted: attack.text), row: row, column: 0, end: 40)
            canvas.stamp("‡", row: row, column: 50, .text)
        }
        canvas.put("the last row", row: attacks.count, column: 0)
        let terminal = try PseudoTerminal(rows: UInt16(size.rows), columns: UInt16(size.columns))
        let stage = try Stage(options: TerminalOptions(term: term, locale: "C.UTF-8"), terminal: terminal)
        stage.show(canvas.finished(ascii: false))
        try await terminal.wait(for: "the frame") { terminal.text.contains("the last row") }
        try await stage.finish()
        let text = terminal.text
        // Every row was written to its end.
        #expect(text.filter { $0 == "‡" }.count == attacks.count)
        // ncurses' own: escape, carriage return, line feed, backspace, and the shifts of vt100's character sets.
        for scalar in text.unicodeScalars where ![0x1B, 0x0D, 0x0A, 0x08, 0x0E, 0x0F].contains(scalar.value) {
            let isHarmless = ![.control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned]
                .contains(
                    scalar.properties.generalCategory)
            #expect(isHarmless && !scalar.properties.isDefaultIgnorableCodePoint, "\(String(scalar.value, radix: 16))")
        }
        // No control string but the title's, and no sequence with an attack's own words.
        for opener in ["\u{1B}P", "\u{1B}_", "\u{1B}^", "\u{1B}X", "\u{1B}]52", "\u{1B}]8", "\u{1B}]0"] {
            #expect(!text.contains(opener), "\(opener.debugDescription)")
        }
    }

    @Test("Half a wide character never shifts a row")
    func wide() async throws {
        let stage = try Stage()
        var grid = Grid("..........")
        grid.cells[0] = Cell("漢", width: 2, paint: .plain)
        grid.cells[1] = Cell(" ", width: 0, paint: .plain)
        grid.cells[4] = Cell("字", width: 2, paint: .plain)  // its right half is missing
        grid.cells[79] = Cell("語", width: 2, paint: .plain)  // it does not fit
        stage.show(grid)
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("..") }
        try await Task.sleep(for: .milliseconds(50))
        #expect(stage.terminal.text.contains("漢..\u{FFFD}....."))
        #expect(!stage.terminal.text.contains("字") && !stage.terminal.text.contains("語"))
        try await stage.finish()
    }

    @Test("More colours than a console has pairs for are drawn, with the nearest")
    func fewPairs() async throws {
        let stage = try Stage(term: "linux")
        var grid = Grid(size: GridSize(rows: 24, columns: 80))
        for index in 0..<1000 {
            grid.cells[index] = Cell(
                "#", width: 1,
                paint: Paint(foreground: .indexed(UInt8(index % 8)), background: .indexed(UInt8(index / 8 % 8))))
        }
        stage.show(grid)
        try await stage.terminal.wait(for: "the frame") {
            stage.terminal.text.filter { $0 == "#" }.count == 1000
        }
        try await stage.finish()
    }

    // MARK: Keys, mouse, paste, size

    @Test("Keys, a click and a paste reach the program in order")
    func input() async throws {
        let stage = try Stage()
        try await stage.waitUntilOpen()
        stage.terminal.type("a\u{1B}[A\u{1B}OP\u{1B}[<0;3;2M\u{1B}[200~q\r\u{1B}[201~\u{3}")
        try await stage.terminal.wait(for: "six events") { stage.events.count >= 7 }
        #expect(
            stage.events == [
                .resize(GridSize(rows: 24, columns: 80)), .key(.character("a")), .key(.up), .key(.function(1)),
                .mouse(.click(Position(row: 1, column: 2))), .paste("q\r"), .key(.control("c")),
            ])
        stage.terminal.type("\u{1B}")
        try await stage.terminal.wait(for: "Escape") { stage.events.last == .key(.escape) }
        try await stage.finish()
    }

    @Test("A new size is told and everything is drawn for it")
    func resize() async throws {
        let stage = try Stage()
        stage.show(Grid("before"))
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("before") }
        stage.terminal.resize(rows: 10, columns: 40)
        kill(getpid(), SIGWINCH)
        try await stage.terminal.wait(for: "the size") {
            stage.events.last == .resize(GridSize(rows: 10, columns: 40))
        }
        stage.terminal.clear()
        stage.show(Grid("after", rows: 10, columns: 40))
        try await stage.terminal.wait(for: "the new frame") { stage.terminal.text.contains("after") }
        // A frame for another size than the terminal's is cut, not wrapped.
        stage.show(Grid(String(repeating: "w", count: 80)))
        try await stage.terminal.wait(for: "the cut frame") { stage.terminal.text.contains("www") }
        try await Task.sleep(for: .milliseconds(50))
        #expect(stage.terminal.text.filter { $0 == "w" }.count == 40)
        try await stage.finish()
    }

    @Test("The mouse can be left to the terminal, and taken back")
    func mouse() async throws {
        let stage = try Stage()
        try await stage.waitUntilOpen()
        stage.terminal.clear()
        stage.loop.setMouse(false)
        try await stage.terminal.wait(for: "mouse off") { stage.terminal.text.contains("\u{1B}[?1000l") }
        stage.loop.setMouse(true)
        try await stage.terminal.wait(for: "mouse on") { stage.terminal.text.contains("\u{1B}[?1000h") }
        try await stage.finish()
    }

    @Test("Bell, title and clipboard; the old title comes back")
    func controlStrings() async throws {
        let stage = try Stage(term: "tmux-256color")
        try await stage.waitUntilOpen()
        stage.loop.bell()
        stage.loop.setTitle("FAILING rack-a-07")
        #expect(stage.loop.copy("foobar"))
        try await stage.terminal.wait(for: "all three") { stage.terminal.text.contains("\u{1B}]52;c;Zm9vYmFy\u{07}") }
        #expect(stage.terminal.text.contains("\u{1B}[22;0t"))
        #expect(stage.terminal.text.contains("\u{1B}]2;FAILING rack-a-07\u{07}"))
        // One rings; the others end the title and the clipboard's text.
        #expect(stage.terminal.bytes.filter { $0 == 7 }.count == 3)
        try await stage.finish()
        try await stage.terminal.wait(for: "the old title") { stage.terminal.text.contains("\u{1B}[23;0t") }
    }

    // MARK: Kinds of terminals

    @Test(
        "Each kind of terminal gets what it understands",
        arguments: [
            ("vt100", ColorDepth.mono), ("linux", .ansi8), ("xterm-256color", .indexed256),
            ("tmux-256color", .indexed256), ("screen", .ansi8),
        ])
    func kinds(term: String, colors: ColorDepth) async throws { try await expectUnderstood(term, colors) }

    /// Debian has it in a package of its own.
    private static let knowsDirect = ["/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo"].contains {
        access("\($0)/x/xterm-direct", R_OK) == 0
    }

    @Test(
        "A terminal of direct colours gets them",
        .enabled(if: knowsDirect, "xterm-direct is not in the terminfo database (package ncurses-term)"))
    func direct() async throws { try await expectUnderstood("xterm-direct", .direct) }

    private func expectUnderstood(_ term: String, _ colors: ColorDepth) async throws {
        let stage = try Stage(term: term)
        #expect(stage.loop.capabilities.colors == colors)
        let paint = Paint(foreground: .rgb(255, 95, 95), background: .indexed(17), attributes: [.bold])
        stage.show(Grid("hello", paint: paint))
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("hello") }
        stage.terminal.type("\u{1B}[B\u{1B}OB")
        try await stage.terminal.wait(for: "two arrows") { stage.events.count == 3 }
        #expect(stage.events.suffix(2) == [.key(.down), .key(.down)])
        try await stage.finish()
        let text = stage.terminal.text
        switch colors {
        case .mono: #expect(!text.contains("[3") && !text.contains("[4"))
        case .ansi8: #expect(text.contains("31") && text.contains("4"))
        case .indexed256: #expect(text.contains("38;5;203") && text.contains("48;5;17"))
        default: #expect(text.contains("255") && text.contains("95"))
        }
        if ["vt100", "linux"].contains(term) {
            #expect(!text.contains("?1000h") && !text.contains("?2004h"))
            #expect(!stage.loop.capabilities.hasTitle && !stage.loop.copy("x"))
        }
        #expect(stage.terminal.isCooked)
    }

    @Test("NO_COLOR means none, and a poorer palette may be asked for")
    func fewerColors() async throws {
        var options = TerminalOptions(environment: ["TERM": "xterm-256color", "NO_COLOR": "1", "LANG": "C.UTF-8"])
        var stage = try Stage(options: options, terminal: PseudoTerminal())
        let paint = Paint(foreground: .rgb(255, 0, 0), background: .indexed(17))
        stage.show(Grid("hello", paint: paint))
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("hello") }
        try await stage.finish()
        #expect(!stage.terminal.text.contains("8;5;"))

        options.colorLimit = .ansi16
        stage = try Stage(options: options, terminal: PseudoTerminal())
        stage.show(Grid("hello", paint: paint))
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("hello") }
        try await stage.finish()
        #expect(stage.terminal.text.contains("\u{1B}[91m") || stage.terminal.text.contains("[91"))
    }

    @Test("The environment's locale decides about UTF-8; without any, UTF-8 is taken")
    func locale() throws {
        func isUTF8(_ environment: [String: String], ascii: Bool = false) throws -> Bool {
            let terminal = try PseudoTerminal()
            var options = TerminalOptions(environment: environment.merging(["TERM": "xterm"]) { $1 })
            options.ascii = ascii
            return try TerminalLoop(options: options, input: terminal.line, output: terminal.line).capabilities.isUTF8
        }
        #expect(try isUTF8(["LANG": "C.UTF-8"]))
        #expect(try isUTF8([:]))
        #expect(try !isUTF8(["LANG": "C.UTF-8", "LC_ALL": "C"]))
        #expect(try !isUTF8(["LANG": "C.UTF-8"], ascii: true))
        #expect(try isUTF8(["LC_CTYPE": "C.UTF-8", "LANG": "C"]))
    }

    @Test("Where only ASCII may be sent, only ASCII is")
    func ascii() async throws {
        let stage = try Stage(
            options: TerminalOptions(term: "xterm", ascii: true, locale: "C.UTF-8"), terminal: PseudoTerminal())
        stage.show(Grid("─é漢🬀 end"))
        try await stage.terminal.wait(for: "the frame") { stage.terminal.text.contains("end") }
        try await stage.finish()
        #expect(stage.terminal.bytes.allSatisfy { $0 < 0x80 })
        #expect(stage.terminal.text.contains("???? end"))
    }
}
