import Farm
import Testing

@testable import Dashboard

@Suite("History", .timeLimit(.minutes(20)))
struct HistoryTests {
    private func history() -> DashboardState {
        var state = FarmFixture.dashboard()
        state.answerLoads(state.press(.character("2")))
        return state
    }

    private func query(of effects: [DashboardEffect]) -> PrintQuery? {
        effects.reduce(nil) { if case .loadPrints(let query) = $1 { query } else { $0 } }
    }

    @Test("b shows the selected print's printer only, > and < choose the time, esc shows all again")
    func filters() throws {
        var state = history()
        _ = state.press(.down)
        #expect(try #require(query(of: state.press(.character("b")))).printerIDs == [8])
        state = history()
        let week = try #require(query(of: state.type("<<<")))
        // Midnight of six days before 2026-11-23, UTC.
        #expect(week.startedFrom?.description == "2026-11-17T00:00:00.000000Z")
        #expect(try #require(query(of: state.press(.escape))).startedFrom == nil)
    }

    @Test("/ keeps the prints whose file or printer has all the words")
    func search() {
        var state = history()
        _ = state.type("/lid")
        _ = state.press(.enter)
        let text = state.draw().text
        #expect(text.contains("lid_v3.gcode") && !text.contains("fan_duct.gcode"))
    }

    @Test("n and F judge the alert of a past print, u takes it back, and a print without an alert says so")
    func verdicts() {
        var state = history()
        #expect(state.press(.character("F")).actions.isEmpty)
        #expect(state.draw().text.contains("No alert was raised on bracket_x8.gcode."))
        _ = state.press(.end)
        #expect(state.press(.character("F")).actions == [.judgePrint(88, verdict: .failed)])
        #expect(state.press(.character("u")).actions == [.judgePrint(88, verdict: nil)])
        #expect(state.press(.character("n")).actions == [.judgePrint(88, verdict: .notFailed)])
    }

    @Test("E asks for a file, .csv or .json, and says how many prints are in it")
    func export() {
        var state = history()
        _ = state.press(.character("E"))
        let effects = state.press(.enter)
        guard case .exportPrints(let query, let export)? = effects.first else {
            Issue.record("nothing is exported")
            return
        }
        #expect(query.limit == 1000 && export.path == "prints.csv" && export.format == .csv)
        _ = state.handle(.exported(path: "prints.csv", prints: 4, nil))
        #expect(state.draw().text.contains("Wrote 4 prints to prints.csv."))
        _ = state.type(":export prints.xls")
        #expect(state.press(.enter).isEmpty)
        #expect(state.draw().text.contains("The name must end in .csv or .json."))
    }

    @Test("Days, weeks from Monday, and months have every period from now back to the oldest print")
    func periods() {
        var state = history()
        state.answerLoads(state.press(.tab))
        #expect(state.draw().text.contains("2026-11-22"))
        _ = state.press(.character("t"))
        #expect(state.draw().text.contains(" 2026-11-16 "))  // a Monday
        _ = state.press(.character("t"))
        #expect(state.draw().text.contains(" 2026-11  "))
    }
}

@Suite("Exported prints", .timeLimit(.minutes(20)))
struct ExportTests {
    private func print(_ filename: String) -> Print {
        var print = FarmFixture.print(90, on: 8, filename, minutes: 60)
        print.close(Print.End(at: FarmFixture.now, result: .success))
        return print
    }

    private func csv(_ filename: String) -> String {
        let text = PrintExport(path: "a.csv", format: .csv, printers: [8: "rack-b-04"]).text([print(filename)])
        return String(text.dropFirst(text.prefix { $0 != "\r\n" }.count + 1))
    }

    @Test("CSV has a line of names, then a line a print, quoted as RFC 4180 says")
    func commaSeparated() {
        #expect(
            csv("a,\"b\".gcode")
                == "90,8,rack-b-04,\"a,\"\"b\"\".gcode\",2026-11-23T11:53:07.000000Z,2026-11-23T12:53:07.000000Z,"
                + "success,,3600.0,240,,0.0,,\r\n")
    }

    @Test("A file name that a spreadsheet would run is text", arguments: ["=1+1", "+cmd", "-2", "@SUM(A1)"])
    func formula(filename: String) {
        #expect(csv(filename).contains(",'\(filename),"))
    }

    @Test("A printer that was removed keeps its name in the list, in the search, in the sums and in the file")
    func removedPrinter() {
        var removed = FarmFixture.print(90, on: 77, "b.gcode", minutes: 60)
        removed.close(Print.End(at: FarmFixture.now, result: .success))
        removed.printerName = "gone-3"
        let export = PrintExport(path: "a.csv", format: .csv, printers: [:], search: "gone")
        #expect(export.text([removed]).contains(",gone-3,b.gcode,") && export.selected([removed]).count == 1)
        var state = FarmFixture.dashboard()
        for effect in state.press(.character("2")) {
            if case .loadPrints(let query) = effect { _ = state.handle(.prints(query, [removed])) }
        }
        #expect(state.draw().text.contains("gone-3") && !state.draw().text.contains("printer 77"))
        _ = state.type("/gone")
        #expect(state.history.prints.count == 1)
    }

    @Test("JSON is a list of objects with null for what is not known")
    func json() {
        let text = PrintExport(path: "a.json", format: .json, printers: [:]).text([print("a\"\u{1B}.gcode")])
        #expect(text.contains("\"printer\": null, \"filename\": \"a\\\"\\u001b.gcode\""))
        #expect(PrintExport(path: "a.json", format: .json, printers: [:]).text([]) == "[]\n")
    }
}
