import Dashboard
import Farm
import Testing

@Suite("The mouse in what lies over an area", .timeLimit(.minutes(20)))
struct OverlayMouseTests {
    private func dashboard(_ keys: String = "", columns: Int = 80, rows: Int = 24) -> DashboardState {
        var state = FarmFixture.dashboard(columns: columns, rows: rows)
        state.answerLoads(state.type(keys))
        return state
    }

    /// Where `text` first is on the screen; its last column if `isEnd`.
    private func position(_ text: String, _ state: DashboardState, isEnd: Bool = false) throws -> Position {
        let lines = state.draw().text.split(separator: "\n", omittingEmptySubsequences: false)
        let row = try #require(lines.firstIndex { $0.contains(text) }, "\(text) is not on the screen")
        let range = try #require(lines[row].firstRange(of: text))
        let column = lines[row].distance(
            from: lines[row].startIndex, to: isEnd ? range.upperBound : range.lowerBound)
        return Position(row: row, column: isEnd ? column - 1 : column)
    }

    private func click(_ text: String, _ state: inout DashboardState) throws -> [DashboardEffect] {
        state.handle(.terminal(.mouse(.click(try position(text, state)))))
    }

    private func doubleClick(_ text: String, _ state: inout DashboardState) throws -> [DashboardEffect] {
        let position = try position(text, state)
        return state.handle(.terminal(.mouse(.click(position))))
            + state.handle(.terminal(.mouse(.doubleClick(position))))
    }

    private static let beside = Position(row: 0, column: 0)

    private func clickBeside(_ state: inout DashboardState) -> [DashboardEffect] {
        state.handle(.terminal(.mouse(.click(Self.beside))))
    }

    @Test(
        "A question is answered by a click on its answers, and by nothing else",
        arguments: [(80, 24), (160, 48), (40, 10)])
    func confirmation(columns: Int, rows: Int) throws {
        var state = dashboard("D", columns: columns, rows: rows)
        #expect(try click("Remove rack-a-07", &state).actions.isEmpty)
        let corner = Position(row: rows - 1, column: columns - 1)
        #expect(state.handle(.terminal(.mouse(.click(corner)))).actions.isEmpty)
        #expect(state.draw().text.contains("Press y to do it"))
        #expect(try click("N no", &state).actions.isEmpty)
        #expect(state.draw().text.contains("Nothing was changed."))
        _ = state.type("D")
        #expect(try click("y yes", &state).actions == [.deletePrinter(7, seen: .print(101))])
    }

    @Test("The second of a double click on an answer does nothing to what lies below")
    func doubleAnswer() throws {
        var state = dashboard("D")
        let yes = try position("y yes", state)
        _ = state.handle(.terminal(.mouse(.click(yes))))
        #expect(state.handle(.terminal(.mouse(.doubleClick(yes)))).isEmpty)
        #expect(state.draw().text.hasPrefix(" FARM"))
        // And of one on the key at the foot that asks.
        state = dashboard()
        #expect(try doubleClick("c new", &state).actions.isEmpty)
        #expect(state.draw().text.contains("connect a machine"))
    }

    @Test("How a print ended is answered by a click; beside it nothing ends")
    func result() throws {
        var state = dashboard("f")
        #expect(clickBeside(&state).actions.isEmpty)
        #expect(state.draw().text.contains("How did it end?"))
        #expect(
            try click("c  cancelled", &state).actions == [.finishPrint(7, of: 101, result: .cancelled, reason: nil)])
    }

    @Test("A click on a field of a form goes there, on its text to that letter; on a choice it steps")
    func form() throws {
        var state = dashboard("e")
        let name = "name         rack-"
        var letter = try position(name, state)
        letter.column += name.count
        _ = state.handle(.terminal(.mouse(.click(letter))))
        _ = state.type("X")
        #expect(state.draw().text.contains("rack-Xa-07"))
        _ = try click("pause the print", &state)
        #expect(state.draw().text.contains("‹ pause the print ›"))
        _ = state.handle(.terminal(.mouse(.click(try position("‹ pause the print ›", state, isEnd: true)))))
        #expect(state.draw().text.contains("‹ alert only ›"))
        _ = try click("‹ alert only", &state)
        #expect(state.draw().text.contains("‹ pause the print ›"))
        _ = try click("‹ pause", &state)
        #expect(clickBeside(&state).isEmpty)
        #expect(state.draw().text.contains("rack-Xa-07"))
        guard case .updatePrinter(7, let settings, _)? = try click("enter save", &state).actions.first else {
            Issue.record("nothing was saved")
            return
        }
        #expect(settings.name == "rack-Xa-07" && settings.actionOnFailure == .none)
    }

    @Test("A click on leave leaves a form without saving")
    func leaveForm() throws {
        var state = dashboard("eX")
        #expect(try click("esc leave", &state).isEmpty)
        #expect(!state.draw().text.contains("rack-a-07X"))
    }

    @Test("In the help a click chooses, a double click runs, the wheel scrolls, a click beside it leaves")
    func help() throws {
        var state = dashboard("?")
        #expect(try click("Pause the print", &state).isEmpty)
        #expect(state.press(.enter).actions == [.pausePrint(7, of: 101)])
        state = dashboard("?")
        #expect(try doubleClick("Pause the print", &state).actions == [.pausePrint(7, of: 101)])
        state = dashboard("?")
        for _ in 0..<30 { _ = state.handle(.terminal(.mouse(.wheelDown(Position(row: 10, column: 10))))) }
        #expect(state.draw().text.contains("Leave the dashboard"))
        #expect(!state.draw().text.contains("Acknowledge the alert"))
        for _ in 0..<30 { _ = state.handle(.terminal(.mouse(.wheelUp(Position(row: 10, column: 10))))) }
        #expect(state.draw().text.contains("Acknowledge the alert"))
        _ = clickBeside(&state)
        #expect(!state.draw().text.contains("type to search"))
    }

    @Test("In the list of themes a click shows one, a double click keeps it, beside it the old one comes back")
    func themes() throws {
        var state = dashboard()
        let before = state.draw()
        _ = state.type("T")
        _ = try click("light", &state)
        #expect(state.draw()[0, 1].paint != before[0, 1].paint)
        _ = clickBeside(&state)
        #expect(state.draw() == before)
        _ = state.type("T")
        _ = state.handle(.terminal(.mouse(.wheelDown(Self.beside))))
        #expect(state.draw().text.contains("▌ light"))
        _ = try doubleClick("mono", &state)
        #expect(state.draw().text.contains("Theme mono."))
    }

    @Test("A click on a column's name sorts by it; beside the list nothing is sorted")
    func sort() throws {
        var state = dashboard("S")
        _ = try click("n  name", &state)
        #expect(state.draw().text.contains("PRINTER▼"))
        _ = state.type("S")
        _ = clickBeside(&state)
        #expect(!state.draw().text.contains("Sort by"))
        #expect(state.draw().text.contains("PRINTER▼"))
    }

    @Test("A click in the line of a question moves the insertion point; elsewhere what was typed stays")
    func prompt() throws {
        var state = dashboard(":theme nono")
        _ = try click("nono", &state)
        _ = state.press(.delete)
        _ = state.type("m")
        _ = clickBeside(&state)
        _ = state.press(.enter)
        #expect(state.draw().text.contains("Theme mono."))
    }

    @Test("A secret that is shown once stays until it is left, and can be copied with a click")
    func secret() throws {
        var state = dashboard("3c")
        _ = state.type("my-app")
        guard case .perform(_, let id)? = state.press(.enter).first else {
            Issue.record("the farm was asked nothing")
            return
        }
        let credentials = ClientCredentials(client: FarmFixture.client(9, "my-app", tokens: 0), secret: "s3cr3t-value")
        _ = state.handle(.reply(id, .success(.credentials(credentials))))
        _ = clickBeside(&state)
        #expect(try click("y copy secret", &state) == [.copy("s3cr3t-value")])
        _ = clickBeside(&state)
        #expect(state.draw().text.contains("s3cr3t-value"))
        _ = try click("esc done", &state)
        #expect(!state.draw().text.contains("s3cr3t-value"))
    }
}
