import Foundation
import TestSupport
import Testing

/// What an operator does, told in keys and screens, with the real program in a real terminal.
@Suite(
    "Stories", .serialized, .onItsOwnThread, .enabled(if: TmuxTerminal.path != nil, "tmux is not installed"),
    .timeLimit(.minutes(20)))
struct StoryTests {
    private func tell(
        _ arguments: String = "demo --printers 4 --interval 0.5", columns: Int = 80, rows: Int = 24,
        environment: [String: String] = [:], _ story: (TmuxTerminal) async throws -> Void
    ) async throws {
        let terminal = try await TmuxTerminal(arguments, columns: columns, rows: rows, environment: environment)
        defer { terminal.end() }
        try await story(terminal)
    }

    @Test("The farm: printers come in, a filter, a sort, cards and cameras, and away again")
    func farm() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers", "PRINTER", "? help")
            try terminal.press("/", "zzz")
            try await terminal.see("No printer matches zzz")
            try terminal.press("Escape")
            try await terminal.seeNoMore("zzz")
            try terminal.press("S", "n")
            try await terminal.see("PRINTER▼")
            try terminal.press("Tab")
            try await terminal.see("┌─ ")
            try terminal.press("Tab")
            try await terminal.see(" ago─┘")
            try terminal.press("q")
            try await terminal.see("Quit?")
            try terminal.press("Enter")
            try await terminal.see("Press y to do it")
            try terminal.press("y")
            try await terminal.see("ENDED with 0")
        }
    }

    /// A kind of terminal, and the colours that may be on it.
    struct Kind: CustomTestStringConvertible, Sendable {
        var term: String
        var colors: Set<TmuxTerminal.ColorKind>
        var environment: [String: String] = [:]
        var testDescription: String { "\(term) \(environment.keys.sorted().joined())" }

        static let usual = [
            Kind(term: "vt100", colors: []), Kind(term: "linux", colors: [.basic]),
            Kind(term: "xterm-256color", colors: [.basic, .bright, .indexed]),
            Kind(term: "tmux-256color", colors: [.basic, .bright, .indexed]),
            Kind(term: "xterm-256color", colors: [], environment: ["NO_COLOR": "1"]),
        ]
        /// Debian has it in a package of its own.
        static let direct = Kind(term: "xterm-direct", colors: [.basic, .direct])

        var isKnownHere: Bool {
            ["/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo"].contains {
                FileManager.default.fileExists(atPath: "\($0)/\(term.prefix(1))/\(term)")
            }
        }
    }

    @Test("Every area on each kind of terminal, in no other colours than it has", arguments: Kind.usual)
    func kinds(kind: Kind) async throws { try await tellAreas(on: kind) }

    @Test(
        "Every area on a terminal of direct colours, in no others",
        .enabled(if: Kind.direct.isKnownHere, "xterm-direct is not in the terminfo database (package ncurses-term)"))
    func directColors() async throws { try await tellAreas(on: .direct) }

    private func tellAreas(on kind: Kind) async throws {
        let environment = kind.environment.merging(["TERM": kind.term]) { $1 }
        try await tell("demo --printers 2 --interval 1", environment: environment) { terminal in
            var seen: Set<TmuxTerminal.ColorKind> = []
            func look(_ texts: String..., after keys: String...) async throws {
                for key in keys { try terminal.press(key) }
                for text in texts { try await terminal.see(text) }
                let colors = try terminal.colors()
                #expect(colors.subtracting(kind.colors).isEmpty, "\(keys) on \(kind.term)")
                seen.formUnion(colors)
            }
            try await look("FARM  2 printers", "PRINTER", "MACHINE", "? help")
            try await look("┌", after: "Tab")
            try await look("PRINTER", after: "Tab", "Tab")
            try await look("HISTORY  ", "WHEN", after: "2")
            try await look("OAUTH", "GRANTS", after: "3")
            try await look("LOG", "from info", after: "4")
            try await look("SYSTEM", "DETECTOR", after: "5")
            try await look("theme ", after: "G")
            try await look("FARM  2 printers", after: "1")
            try await look(" ‹ ", "Alerts at", after: "Enter")
            try await look("‹", after: "z")
            try await look("search", after: "?")
            // Colours that it has are made use of.
            #expect(kind.colors.isEmpty || !seen.isEmpty)
        }
    }

    @Test("A printer: open, pause it with a key, see what the farm says, go back")
    func detail() async throws {
        // The first printer's first print goes well, so that nobody else pauses it.
        try await tell("demo --printers 1 --interval 0.5") { terminal in
            try await terminal.see("FARM  1 printer", "PRINTING ")
            try terminal.press("Enter")
            try await terminal.see(" ‹ ", "> PRINTING ", " ago ─", "Alerts at")
            try terminal.press("p")
            try await terminal.see("PAUSED")
            try terminal.press("z")
            try await terminal.see("‹ ")
            try terminal.press("Escape", "Escape")
            try await terminal.see("FARM  1 printer")
        }
    }

    @Test("The history: the running prints, their sums, and an export that is never written over")
    func history() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers", "PRINTING ")
            try terminal.press("2")
            try await terminal.see("HISTORY  ", "WHEN", "printing")
            try terminal.press("Tab")
            try await terminal.see("BY DAY")
            try terminal.press("t")
            try await terminal.see("BY WEEK")
            try terminal.press("E")
            try await terminal.see("export to: prints.csv")
            try terminal.press("Enter")
            try await terminal.see("to prints.csv.")
            let text = try String(contentsOf: terminal.file("prints.csv"), encoding: .utf8)
            #expect(text.hasPrefix("id,printer_id,printer,filename,"))
            #expect(text.split(separator: "\r\n").count > 1)
            try terminal.press("E", "Enter")
            try await terminal.see("is there already")
        }
    }

    @Test("OAuth: a new client's secret is shown once")
    func oauth() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers")
            try terminal.press("3")
            try await terminal.see("OAUTH", "simulated apps")
            try terminal.press("c")
            try await terminal.see("New OAuth client")
            try terminal.press("my-app", "Enter")
            try await terminal.see("The secret is shown this once")
            try terminal.press("Escape")
            try await terminal.see("OAUTH  2 clients", "my-app")
        }
    }

    @Test("A client is edited in its form, and what the farm refuses can be mended there")
    func editClient() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers")
            try terminal.press("3")
            try await terminal.see("OAUTH", "simulated apps")
            try terminal.press("c")
            try await terminal.see("New OAuth client")
            try terminal.press("web", "Tab", "Tab", "Right", "Tab", "http://web.example/cb", "Enter")
            // Plain http to another machine would show the code to everybody on the way.
            try await terminal.see("New OAuth client", "http://web.example/cb", "http")
            try terminal.press("Escape")
            try await terminal.seeNoMore("New OAuth client")
            try terminal.press("c")
            try await terminal.see("New OAuth client")
            try terminal.press("web", "Enter")
            try await terminal.see("The secret is shown this once")
            try terminal.press("Escape")
            try await terminal.seeNoMore("The secret is shown this once")
            try await terminal.see("─ web ─")
            try terminal.press("e")
            try await terminal.see("Edit web")
            try terminal.press("2", "Enter")
            try await terminal.see("Saved web2; u undoes.")
            try terminal.press("u")
            try await terminal.see("Undone: ")
        }
    }

    @Test(
        "A device asks for access: the alert line says so, and the code that it shows gives it access",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/curl"), "curl is not installed"))
    func consent() async throws {
        try await tell(columns: 110, rows: 30) { terminal in
            try await terminal.see("FARM  4 printers")
            try terminal.press("3")
            try await terminal.see("OAUTH", "simulated apps")
            try terminal.press("c")
            try await terminal.see("New OAuth client")
            try terminal.press("tv", "Tab", "Tab", "Right", "Right", "Enter")
            try await terminal.see("A public client has no secret")
            try terminal.press("Escape")
            try await terminal.seeNoMore("A public client has no secret")
            try await terminal.see("─ tv ─")
            let screen = try terminal.screen()
            let address = try #require(screen.firstMatch(of: /issuer ([0-9.:]+)/)).1
            let client = try #require(screen.firstMatch(of: /id +(\w+)/)).1
            try terminal.press("1")
            try await terminal.see("FARM  4 printers")
            let (status, output) = try ChildProcess.run(
                "/usr/bin/curl",
                ["-sS", "-d", "client_id=\(client)&scope=read", "http://\(address)/o/device_authorization/"],
                environment: [])
            let reply = String(decoding: output, as: UTF8.self)
            try #require(status == 0, "\(reply)")
            let code = try #require(reply.firstMatch(of: /"user_code": ?"([^"]+)"/)).1
            try await terminal.see("tv", "asks for access: 3 shows it.")
            try terminal.press("3", "i")
            try await terminal.see("the code that the app shows:")
            try terminal.press(String(code).lowercased(), "Enter")
            try await terminal.see("tv has access: read of operator.")
        }
    }

    @Test("Themes show themselves before they are kept; F9 has the function keys; keys and areas can be clicked")
    func everyday() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers", "PRINTING ")
            try terminal.press("T", "j")
            try await terminal.see("┌─ themes ─", "▌ light")
            try terminal.press("Enter")
            try await terminal.see("Theme light.")
            try terminal.press("F9")
            try await terminal.see("F1 help  F3 filter", "F10 quit")
            try terminal.click(on: "F1 help")
            try await terminal.see("type to search")
            try terminal.press("Escape")
            try await terminal.seeNoMore("type to search")
            try terminal.click(on: "4 log")
            try await terminal.see(" LOG ")
        }
    }

    @Test("Back in time: each step shows the frame of that moment")
    func scrubbing() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers", "PRINTING ")
            try terminal.press("Enter")
            try await terminal.see("‹ ", " ago ─")
            // One after the first two, so that the second is not the newest.
            try await terminal.see("a third picture") { screen in
                (screen.firstMatch(of: /([0-9]+) pictures/).flatMap { Int($0.1) } ?? 0) >= 3
            }
            try terminal.press("Home")
            try await terminal.see("─ frame 1 ─", " at ")
            try terminal.press("Right")
            try await terminal.see("─ frame 2 ─")
            try terminal.press("End")
            try await terminal.see(" ago ─")
        }
    }

    @Test("The log: what the program says, found by a word")
    func log() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers", "PRINTING ")
            try terminal.press("4")
            try await terminal.see("LOG", "Print Job Started")
            try terminal.press("/", "listens", "Enter")
            try await terminal.see("The API listens on http")
            try terminal.press("Escape")
            try await terminal.see("Print Job Started")
        }
    }

    @Test("The help finds a command by a word and runs it")
    func help() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers")
            try terminal.press("?")
            try await terminal.see("type to search")
            try terminal.press("oauth clients and", "Enter")
            try await terminal.see("OAUTH")
        }
    }

    @Test("A window made small, wide and large again keeps the worst printer first")
    func resize() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers", "PRINTING ")
            try terminal.resize(columns: 40, rows: 10)
            try await terminal.see("FARM", "? help")
            #expect(try terminal.screen().split(separator: "\n").allSatisfy { $0.count <= 40 })
            try terminal.resize(columns: 160, rows: 48)
            try await terminal.see("why", "failure probability", "events")
        }
    }

    @Test("With --readonly no key changes anything, and the reason is said")
    func readOnly() async throws {
        try await tell("demo --printers 2 --readonly") { terminal in
            try await terminal.see("FARM  2 printers", "read-only")
            try terminal.press("D")
            try await terminal.see("started with --readonly")
        }
    }

    @Test("With --ascii nothing but ASCII is on the screen; with NO_COLOR there is no colour")
    func asciiWithoutColour() async throws {
        try await tell("demo --printers 2 --ascii", environment: ["NO_COLOR": "1"]) { terminal in
            try await terminal.see("FARM  2 printers", "PRINTER")
            #expect(try terminal.screen().allSatisfy(\.isASCII))
            try terminal.press(":theme light", "Enter")
            try await terminal.see("Colours are off here")
        }
    }

    @Test("Every theme can be had by its name, and a wrong name lists them")
    func themes() async throws {
        try await tell("demo --printers 2 --theme deuteranopia") { terminal in
            try await terminal.see("FARM  2 printers")
            try terminal.press(":theme pink", "Enter")
            try await terminal.see("Themes: default-dark, light, high-contrast")
        }
    }

    @Test("With --plain there is a line a change and no screen")
    func plain() async throws {
        try await tell("demo --printers 2 --plain --duration 20") { terminal in
            try await terminal.see("PRINTING", "farm ")
            #expect(try !terminal.screen().contains("─"))
        }
    }
}
