import Foundation
import Testing

/// What an operator does, told in keys and screens, with the real program in a real terminal.
@Suite("Stories", .serialized, .enabled(if: TmuxTerminal.path != nil, "tmux is not installed"))
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

    @Test("A printer: open, pause it with a key, see what the farm says, go back")
    func detail() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers", "PRINT")
            try terminal.press("Enter")
            try await terminal.see(" ‹ ", "frame ", "next")
            try terminal.press("p")
            try await terminal.see("PAUSE")
            try terminal.press("z")
            try await terminal.see("‹ ")
            try terminal.press("Escape", "Escape")
            try await terminal.see("FARM  4 printers")
        }
    }

    @Test("The history: the running prints, their sums, and an export that is never written over")
    func history() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers", "PRINT")
            try terminal.press("2")
            try await terminal.see("HISTORY  newest", "printing")
            try terminal.press("Tab")
            try await terminal.see("BY DAY")
            try terminal.press("t")
            try await terminal.see("BY WEEK")
            try terminal.press("e")
            try await terminal.see("export to: prints.csv")
            try terminal.press("Enter")
            try await terminal.see("in prints.csv.")
            let text = try String(contentsOf: terminal.file("prints.csv"), encoding: .utf8)
            #expect(text.hasPrefix("id,printer_id,printer,filename,"))
            #expect(text.split(separator: "\r\n").count > 1)
            try terminal.press("e", "Enter")
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

    @Test("The log: what the program says, found by a word")
    func log() async throws {
        try await tell { terminal in
            try await terminal.see("FARM  4 printers", "PRINT")
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
            try await terminal.see("FARM  4 printers", "PRINT")
            try terminal.resize(columns: 40, rows: 10)
            try await terminal.see("FARM", "? help")
            #expect(try terminal.screen().split(separator: "\n").allSatisfy { $0.count <= 40 })
            try terminal.resize(columns: 160, rows: 48)
            try await terminal.see("why", "score", "events")
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
            try await terminal.see("PRINT ", "farm ")
            #expect(try !terminal.screen().contains("─"))
        }
    }
}
