import Dashboard
import Farm
import Foundation
import Glibc
import TestSupport
import Testing

/// One attack; its text is never printed by the test runner.
struct Attack: Decodable, Sendable, CustomTestStringConvertible {
    var why: String
    var text: String
    var testDescription: String { why }

    static let all: [Attack] = {
        guard let data = try? Data(contentsOf: TestFiles.inTests("DashboardTests/Golden/hostile-strings.json")) else {
            return []
        }
        return (try? JSONDecoder().decode([Attack].self, from: data)) ?? []
    }()
}

@Suite("Hostile text", .timeLimit(.minutes(20)))
struct HostileTextTests {
    @Test("All 58 attacks are tried")
    func count() { #expect(Attack.all.count == 58) }

    @Test(
        "As printer, file, event and client name an attack leaves no scalar that acts on the terminal",
        arguments: Attack.all)
    func attack(_ attack: Attack) {
        for size in [(24, 80), (48, 160), (10, 40)] {
            var state = FarmFixture.dashboard(hostileFarm(attack.text), columns: size.1, rows: size.0)
            _ = state.handle(
                .log([LogLine(at: FarmFixture.now, level: .error, source: attack.text, text: attack.text)]))
            for keys: [Key] in [
                [], [.enter], [.escape, .character("e")], [.escape, .character("D")], [.escape, .character("3")],
                [.character("4"), .end], [.character("1"), .tab], [.tab], [.control("a"), .character("p")],
                [.escape, .escape, .character("1"), .character("f")], [.escape, .character("s")],
                [.escape, .enter, .character("z")], [.escape, .home], [.escape, .escape, .character("?")],
                [.escape, .character(":"), .character("o"), .tab, .tab], [.escape, .character("m")],
                [.escape, .character("r")], [.character("3"), .enter], [.character("X")],
                [.escape, .escape, .character("o")], [.escape, .character("D")], [.escape, .character("e")],
                [.escape, .character("d")], [.escape, .character("a")], [.escape, .character("y")],
                [.character("4"), .character("b")], [.character("y")], [.character("/"), .enter],
                [.character("5"), .end], [.character("y")], [.character("1"), .character("A")],
                [.escape, .escape, .character("C")], [.character("n"), .enter, .home, .character("t")],
                [.escape, .escape, .character("n")], [.character("u")], [.character("F")], [.character("f")],
                [.character("f"), .character("o")],
            ] {
                for key in keys { state.answerLoads(state.press(key)) }
                check(state.draw())
            }
        }
    }

    @Test("In the history, as past prints and in an export, an attack stays text", arguments: Attack.all)
    func history(_ attack: Attack) {
        var state = FarmFixture.dashboard(hostileFarm(attack.text))
        var prints = FarmFixture.prints
        for index in prints.indices {
            prints[index].filename = attack.text
            guard let at = prints[index].endedAt else { continue }
            prints[index].close(Print.End(at: at, result: .failed, failureReason: attack.text))
        }
        for case .loadPrints(let query) in state.press(.character("2")) { _ = state.handle(.prints(query, prints)) }
        check(state.draw())
        _ = state.press(.character("F"))
        check(state.draw())
        _ = state.press(.enter)
        check(state.draw())
        _ = state.press(.character("y"))
        check(state.draw())
        for size in [GridSize(rows: 10, columns: 40), GridSize(rows: 48, columns: 160)] {
            _ = state.handle(.terminal(.resize(size)))
            check(state.draw())
        }
        let json = PrintExport(path: "a.json", format: .json, printers: [7: attack.text]).text(prints)
        let read = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]]
        #expect(read?.first?["filename"] as? String == attack.text)
    }

    @Test("A line of plain text is one line, and acts on no terminal", arguments: Attack.all)
    func plain(_ attack: Attack) {
        var feed = PlainFeed(utcOffsetSeconds: 0)
        for line in feed.lines(.snapshot(hostileFarm(attack.text)), at: FarmFixture.now) {
            #expect(!line.unicodeScalars.contains { Self.acts($0) })
        }
    }

    @Test("The columns right of an attack stay where they are", arguments: Attack.all)
    func columns(_ attack: Attack) {
        let tame = FarmFixture.dashboard(hostileFarm("mk3")).draw()
        let grid = FarmFixture.dashboard(hostileFarm(attack.text)).draw()
        // The state's word in the first row of the table.
        for column in 20..<31 { #expect(grid[4, column].character == tame[4, column].character) }
    }

    private func hostileFarm(_ text: String) -> FarmSnapshot {
        var farm = FarmFixture.farm
        for index in farm.printers.indices {
            farm.printers[index].printer.settings.name = text
            farm.printers[index].print?.filename = text
            farm.printers[index].accountName = text
        }
        for index in farm.events.indices {
            farm.events[index].text = text
            farm.events[index].title = text
            farm.events[index].actor = index == 0 ? .channel(text) : .client(text)
        }
        farm.printers[7].print?.close(Print.End(at: FarmFixture.now, result: .failed, failureReason: text))
        for index in farm.clients.indices {
            farm.clients[index].name = text
            farm.clients[index].redirectURIs = [text]
            farm.clients[index].accountName = text
        }
        farm.accounts = [1, 2].map { Account(id: AccountID(rawValue: $0), name: text, createdAt: FarmFixture.now) }
        farm.consents = [3, 4].map { id in
            PendingConsent(
                id: ConsentID(rawValue: id), clientID: 1, clientPublicID: "x", clientName: text, accountName: text,
                scope: .all, grant: .authorizationCode, redirectURI: id == 3 ? text : nil, address: text,
                createdAt: FarmFixture.now, expiresAt: FarmFixture.now + .seconds(300))
        }
        var webhook = ChannelStatus.webhook(receiver: text, isSigned: true)
        webhook.lastError = text
        webhook.pending = 3
        farm.status.version = text
        farm.status.address = text
        farm.status.model = ModelDescription(name: text, inputWidth: 1, inputHeight: 1, gflop: 1, parameters: 1)
        farm.status.webhook = webhook
        return farm
    }

    /// One expectation for a grid: one for each of its cells takes longer than all that is drawn.
    private func check(_ grid: Grid) {
        let wrong = (0..<grid.size.rows).flatMap { row in
            (0..<grid.size.columns).filter { !Self.isPlain(grid, row, $0) }.map { "row \(row), column \($0)" }
        }
        #expect(wrong == [])
    }

    /// A cell of a few scalars, none of which acts on the terminal, as wide as its neighbours leave room for.
    private static func isPlain(_ grid: Grid, _ row: Int, _ column: Int) -> Bool {
        let cell = grid[row, column]
        let scalars = cell.character.unicodeScalars
        guard scalars.count <= 4, !scalars.contains(where: acts) else { return false }
        switch cell.width {
        case 0: return column > 0 && grid[row, column - 1].width == 2
        case 2: return column + 1 < grid.size.columns && grid[row, column + 1].width == 0
        default: return cell.width == 1
        }
    }

    private static func acts(_ scalar: Unicode.Scalar) -> Bool {
        // Most cells, and quicker than the tables.
        if (0x20..<0x7F).contains(scalar.value) { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: return true
        default: return scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    // Newer and older C libraries know other scalars.
    @Test(
        "A text is as wide as the C library says each of its scalars is",
        .enabled(if: CLibrary()?.version == "2.36", "the tables of widths are those of glibc 2.36"))
    func widths() throws {
        let library = try #require(CLibrary())
        let before = try #require(setlocale(LC_CTYPE, nil).map { String(cString: $0) })
        #expect(setlocale(LC_CTYPE, "C.UTF-8") != nil)
        defer { setlocale(LC_CTYPE, before) }
        var wrong: [String] = []
        for value in UInt32(0x20)...0x3FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = CellText(untrusted: "a" + String(scalar))
            guard text.description.unicodeScalars.last == scalar else { continue }
            if text.width != 1 + Int(library.columns(Int32(value))) { wrong.append(String(value, radix: 16)) }
        }
        #expect(wrong == [])
    }

    @Test("Combining marks stay on their letter, a wide character takes two columns")
    func combining() {
        #expect(CellText(untrusted: "e\u{301}").width == 1)
        #expect(CellText(untrusted: "e\u{301}").description == "e\u{301}")
        #expect(CellText(untrusted: "作者").width == 4)
        #expect(CellText(untrusted: "\u{301}mk3").description == "\u{FFFD}mk3")
    }

    @Test("A very long name is cut, not kept")
    func long() {
        #expect(CellText(untrusted: String(repeating: "é", count: 100_000)).width == 1024)
        #expect(CellText(untrusted: String(repeating: "x", count: 100_000)).width == 1024)
    }

    @Test("A paste into a text field loses its controls and keeps its words")
    func paste() {
        var field = TextField()
        field.paste("cube\u{1B}[2J\r\nof\u{202E} steel\u{200B}\n")
        #expect(field.text == "cube[2J of steel")
    }
    @Test(
        "A farm elsewhere may send any number: what is no probability is the worst",
        arguments: [1e300, .nan, -1, .infinity])
    func strangeProbability(value: Double) {
        var farm = FarmFixture.farm
        farm.printers[0].failureProbability = value
        farm.printers[0].thresholds = AlertThresholds(alert: value, pause: value, clear: value)
        farm.printers[0].habit = CameraHabit(usual: value, seldomOver: value, hours: value)
        farm.printers += [farm.printers[0]]
        for size in [GridSize(rows: 24, columns: 80), GridSize(rows: 48, columns: 160)] {
            let state = FarmFixture.dashboard(farm, columns: size.columns, rows: size.rows)
            #expect(state.draw().text.contains(farm.printers[0].printer.settings.name))
        }
    }

    @Test("Scores of eight thousand years fit the chart")
    func longChart() {
        var farm = FarmFixture.farm
        for index in farm.printers.indices {
            for (point, year) in zip(farm.printers[index].recent.indices, [Int64(-62_135_596_800), 0, 253_402_300_799])
            {
                farm.printers[index].recent[point].at = Timestamp(microseconds: year * 1_000_000)
            }
            farm.printers[index].recent.sort { $0.at < $1.at }
        }
        var state = FarmFixture.dashboard(farm, columns: 160, rows: 48)
        _ = state.press(.enter)
        for _ in 0..<6 { _ = state.press(.character("+")) }
        #expect(state.draw().text.contains("whole print"))
        for column in 0..<160 {
            for row in 0..<48 { _ = state.handle(.terminal(.mouse(.click(Position(row: row, column: column))))) }
        }
    }
}

/// The two functions of the C library that Swift's import of it leaves out.
private struct CLibrary {
    let version: String
    let columns: @convention(c) (Int32) -> Int32

    init?() {
        guard let version = dlsym(nil, "gnu_get_libc_version"), let wcwidth = dlsym(nil, "wcwidth") else { return nil }
        typealias Version = @convention(c) () -> UnsafePointer<CChar>
        typealias Columns = @convention(c) (Int32) -> Int32
        self.version = String(cString: unsafeBitCast(version, to: Version.self)())
        columns = unsafeBitCast(wcwidth, to: Columns.self)
    }
}
