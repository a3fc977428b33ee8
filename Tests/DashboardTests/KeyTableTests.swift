import Farm
import Foundation
import TestSupport
import Testing

@testable import Dashboard

/// Every key of every area, and what it does there: a table that is read in review.
@Suite("The key table", .timeLimit(.minutes(20)))
struct KeyTableTests {
    /// Every area, and the pages over them.
    private static let places = Areas.all.enumerated().flatMap { index, type -> [(name: String, keys: [Key])] in
        let keys: [Key] = index == 0 ? [] : [.character(Character("\(index + 1)"))]
        let area = [(type.area.name, keys)]
        return switch type.area {
        case .farm: area + [("printer", keys + [.enter])]
        case .history: area + [("print", keys + [.down, .enter])]
        default: area
        }
    }

    private func dashboard(_ keys: [Key]) -> DashboardState {
        var state = FarmFixture.dashboard()
        _ = state.handle(.log(FarmFixture.logLines))
        for key in keys { state.answerLoads(state.press(key)) }
        return state
    }

    /// What a key led to, in words.
    private func outcome(_ key: Key, _ before: DashboardState) -> String {
        var state = before
        let effects = state.press(key)
        var words = effects.map(Self.words)
        if let overlay = state.overlay { words.append("asks: \(Self.words(overlay))") }
        if let message = state.message { words.append("says: \(message.text)") }
        if words.isEmpty, state.draw() != before.draw() {
            let first = state.draw().text.split(separator: "\n").first ?? ""
            words.append("shows: \(first.prefix(40).trimmingCharacters(in: .whitespaces))")
        }
        return words.isEmpty ? "nothing" : words.joined(separator: "; ")
    }

    private static func words(_ effect: DashboardEffect) -> String {
        switch effect {
        case .perform(let action, _): "does: \(action)"
        case .loadPicture(let key): "loads: picture \(key.number) of print \(key.printID)"
        case .loadPoints(let print): "loads: scores of print \(print)"
        case .loadPrints: "loads: prints"
        case .loadEvents(let query): "loads: events of \(query.printer.map { "printer \($0)" } ?? "the farm")"
        default: "does: \(effect)"
        }
    }

    private static func words(_ overlay: any DashboardOverlay) -> String {
        switch overlay {
        case is HelpPanel: "help"
        case let confirmation as Dashboard.Confirmation: confirmation.title
        case let prompt as Prompt: prompt.label
        case let form as Form: form.title
        case is CredentialsPanel: "credentials"
        case is SortPanel: "sort by"
        case is ThemePicker: "themes"
        case is ArchivedPanel: "archived printers"
        case is ResultQuestion: "how did it end?"
        case is ReasonQuestion: "why did it fail?"
        case is AddingQuestion: "which way a printer is added"
        case let connect as ConnectOverlay: connect.wizard.title
        case let files as FilesPanel: "files of \(files.name)"
        case let stop as StopQuestion: stop.title
        default: "\(type(of: overlay))"
        }
    }

    private var table: String {
        var lines: [String] = []
        for place in Self.places {
            let state = dashboard(place.keys)
            let commands = KeyMap.standard.commands(in: state.place)
            for command in commands {
                let name = KeyMap.standard.name(command)
                let result = Key(name: name).map { outcome($0, state) } ?? "not a key"
                func padded(_ text: String, _ width: Int) -> String {
                    text + String(repeating: " ", count: max(1, width - text.count))
                }
                lines.append(padded(place.name, 9) + padded(name, 8) + padded("\(command.short)", 16) + result)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("Every key of every area does what the table says")
    func keys() throws {
        let file = TestFiles.inTests("DashboardTests/Golden/keys.txt")
        let drawn = table
        if ProcessInfo.processInfo.environment["FARMTOP_WRITE_GOLDEN"] != nil {
            try drawn.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        let differences = drawn.split(separator: "\n").filter { !kept.split(separator: "\n").contains($0) }
        #expect(drawn == kept, Comment(rawValue: differences.joined(separator: "\n")))
    }

    @Test("No key is silent, but those that would lead where one is already")
    func silence() {
        let silent = table.split(separator: "\n").filter { $0.hasSuffix(" nothing") }.map { line in
            line.split(separator: " ").prefix(2).joined(separator: " ")
        }
        let there = Areas.all.enumerated().map { index, type in "\(type.area.name) \(index + 1)" }
        #expect(silent.filter { !there.contains($0) } == ["farm R", "farm esc"])
    }

    @Test("Each key means one thing in an area, and the key that the help names is the one that does it")
    func unambiguous() {
        for place in Self.places {
            let state = dashboard(place.keys)
            for command in KeyMap.standard.commands(in: state.place) {
                let key = Key(name: KeyMap.standard.name(command))
                let found = key.flatMap { KeyMap.standard.command($0, in: state.place) }
                #expect(found == command, "\(place.name) \(command)")
            }
        }
    }

    @Test("A key has one meaning, whatever the area, and every command has one place in the table")
    func oneMeaning() {
        var meanings: [Key: String] = [:]
        for binding in KeyMap.standard.bindings {
            for key in binding.keys {
                #expect(meanings[key] == nil, "\(key.name): \(meanings[key] ?? ""), and \(binding.meaning)")
                meanings[key] = binding.meaning
            }
        }
        let commands = KeyMap.standard.bindings.flatMap(\.uses).map(\.command)
        #expect(Set(commands).count == commands.count)
        for moving in "hjklgG" where moving != "h" && moving != "l" {
            #expect(meanings[.character(moving)] == nil, "\(moving) moves in lists")
        }
    }

    @Test("The page of the dashboard lists the keys of the table; FARMTOP_WRITE_DOCS=1 writes them")
    func documentation() throws {
        let file = TestFiles.root.appending(path: "Sources/farmtop/farmtop.docc/Dashboard.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(page.firstRange(of: "writes this table -->\n")).upperBound
        let end = try #require(page.firstRange(of: "<!-- end of keys -->")).lowerBound
        let table = KeyMap.standard.documentation
        if ProcessInfo.processInfo.environment["FARMTOP_WRITE_DOCS"] == "1" {
            let written = page[..<start] + table + page[end...]
            return try written.write(to: file, atomically: true, encoding: .utf8)
        }
        let kept = String(page[start..<end])
        #expect(kept == table, "Run FARMTOP_WRITE_DOCS=1 swift test --filter KeyTableTests")
    }

    @Test("A key that means nothing here says so, and where it means something")
    func elsewhere() throws {
        var state = dashboard([])
        _ = state.press(.character("o"))
        #expect(state.draw().text.contains("o does nothing here (in 3 oauth: new secret); ? lists the keys."))
        let free = try #require(KeyMap.freeLetter)
        _ = state.press(.character(free))
        #expect(state.draw().text.contains("\(free) does nothing here; ? lists the keys."))
        state = dashboard([.character("3")])
        _ = state.press(.function(7))
        #expect(state.draw().text.contains("F7 does nothing here (in 1 farm: pause)"))
    }

    @Test("R sorts by risk again, and is in the help as every action is")
    func worstFirst() {
        var state = dashboard([.character("S"), .character("n"), .character("R")])
        #expect(state.draw().text.contains("sort risk  "))
        _ = state.type("?worst first")
        _ = state.press(.enter)
        #expect(state.draw().text.contains("sort risk  "))
    }

    @Test("y copies the id of what is selected; in the log the line, without what a shell would run")
    func copy() {
        var state = dashboard([])
        #expect(state.press(.character("y")) == [.copy("7")])
        state = dashboard([.character("2"), .down])
        #expect(state.press(.character("y")) == [.copy("90")])
        state = dashboard([.character("3")])
        #expect(state.press(.character("y")) == [.copy("orca-lab-7f3a91")])
        _ = state.handle(
            .log([LogLine(at: FarmFixture.now, level: .error, source: "api", text: "a\nrm -rf \u{1B}[2J")]))
        state.answerLoads(state.press(.character("4")))
        #expect(state.press(.character("y")) == [.copy("2026-11-23 12:53:07 error api a\u{FFFD}rm -rf \u{FFFD}[2J")])
    }
}
