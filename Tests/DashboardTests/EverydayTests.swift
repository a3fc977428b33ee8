import Dashboard
import Farm
import Testing

@Suite("Marks, mouse, function keys and themes", .timeLimit(.minutes(20)))
struct EverydayTests {
    private func dashboard(columns: Int = 80, rows: Int = 24) -> DashboardState {
        FarmFixture.dashboard(columns: columns, rows: rows)
    }

    /// The column where `text` begins in a row of the screen.
    private func column(_ text: String, row: Int, _ state: DashboardState) throws -> Int {
        let lines = state.draw().text.split(separator: "\n", omittingEmptySubsequences: false)
        let range = try #require(lines[row].firstRange(of: text))
        return lines[row].distance(from: lines[row].startIndex, to: range.lowerBound)
    }

    private func click(_ text: String, row: Int, _ state: inout DashboardState) throws -> [DashboardEffect] {
        let position = Position(row: row, column: try column(text, row: row, state))
        return state.handle(.terminal(.mouse(.click(position))))
    }

    @Test("Ctrl-space marks from the last mark to the selected row; keys then act on all of them")
    func range() {
        var state = dashboard()
        _ = state.press(.character(" "))
        for _ in 0..<2 { _ = state.press(.down) }
        _ = state.press(.control(" "))
        #expect(state.draw().text.contains("4 marked"))
        _ = state.press(.character("m"))
        #expect(state.draw().text.contains("Mute 4 printers?") || state.draw().text.contains("Mute 3 printers?"))
    }

    @Test("A key at the foot of the screen can be clicked")
    func clickedKey() throws {
        var state = dashboard()
        _ = try click("p pause", row: 23, &state)
        state = dashboard()
        #expect(try click("p pause", row: 23, &state).actions == [.pausePrint(7, of: 101)])
        _ = try click("? help", row: 23, &state)
        #expect(state.draw().text.contains("type to search"))
    }

    @Test("The areas in the status line can be clicked, and the breadcrumb goes back")
    func clickedArea() throws {
        var state = dashboard()
        _ = state.press(.escape)
        _ = try click("3 oauth", row: 22, &state)
        #expect(state.draw().text.contains(" OAUTH"))
        state = dashboard()
        _ = state.press(.enter)
        #expect(state.draw().text.contains("‹ rack-a-07"))
        _ = try click("‹", row: 0, &state)
        #expect(state.draw().text.contains(" FARM"))
    }

    @Test("A click on the chart goes to that moment, the wheel from frame to frame")
    func clickedChart() throws {
        var state = dashboard()
        state.answerLoads(state.press(.enter) + [.loadPicture(FrameKey(printID: 101, number: 240))])
        #expect(state.draw().text.contains("frame 240"))
        let effects = state.handle(.terminal(.mouse(.click(Position(row: 6, column: 60)))))
        guard case .loadPicture(let key)? = effects.first else {
            Issue.record("no picture was asked for")
            return
        }
        #expect((60..<180).contains(key.number))
        #expect(state.draw().text.contains("frame 240, not yet \(key.number)"))
        state.answerLoads(effects)
        #expect(state.draw().text.contains(" frame \(key.number) "))
        _ = state.handle(.terminal(.mouse(.wheelUp(Position(row: 6, column: 60)))))
        #expect(state.draw().text.contains("not yet \(key.number - 1)"))
    }

    @Test("A frame whose picture is not kept says so, instead of showing another one")
    func missingPicture() {
        var state = dashboard()
        state.answerLoads(state.press(.enter) + [.loadPicture(FrameKey(printID: 101, number: 240))])
        _ = state.press(.left)
        _ = state.handle(.pictureFailed(FrameKey(printID: 101, number: 239), "This picture is no longer kept."))
        let text = state.draw().text
        #expect(text.contains("frame 239"))
        #expect(text.contains("This picture is no longer"))
    }

    @Test("F9 shows the function keys at the foot; each does what it says", arguments: ScreenTests.sizes)
    func functionKeys(size: GridSize) throws {
        var state = dashboard(columns: size.columns, rows: size.rows)
        _ = state.press(.function(9))
        let foot = state.draw().text.split(separator: "\n", omittingEmptySubsequences: false)[size.rows - 1]
        #expect(foot.hasPrefix(" F1 help  "))
        #expect(foot.contains("F9 keys  F10 quit"))
        #expect(state.press(.function(7)).actions == [.pausePrint(7, of: 101)])
        _ = state.press(.function(3))
        #expect(state.draw().isCursorVisible)
        _ = state.press(.escape)
        _ = state.press(.function(5))
        #expect(state.draw().text.contains("‹ rack-a-07"))
        _ = state.press(.escape)
        _ = state.press(.function(6))
        #expect(state.draw().text.contains("Sort by"))
        _ = state.press(.escape)
        #expect(state.press(.function(10)) == [.quit])
    }

    @Test("T shows each theme as the cursor reaches it; enter keeps it, esc goes back", arguments: ScreenTests.sizes)
    func themes(size: GridSize) throws {
        var state = dashboard(columns: size.columns, rows: size.rows)
        let before = state.draw()
        _ = state.press(.character("T"))
        _ = state.press(.down)
        try GoldenScreen.expect(state.draw(), "themes-\(size.columns)x\(size.rows)")
        let preview = state.draw()[0, 1].paint
        #expect(preview != before[0, 1].paint)
        _ = state.press(.escape)
        #expect(state.draw() == before)
        _ = state.press(.character("T"))
        _ = state.press(.down)
        _ = state.press(.enter)
        #expect(state.draw()[0, 1].paint == preview)
    }

    @Test("A muted print shows for how long it has been so")
    func mutedFor() {
        let state = dashboard(columns: 160, rows: 48)
        #expect(state.draw().text.contains("muted 1m"))
    }

    @Test("A print that has just begun shows its seconds")
    func seconds() {
        var farm = FarmFixture.farm
        farm.printers[0].print?.startedAt = FarmFixture.now - .seconds(42)
        #expect(FarmFixture.dashboard(farm).draw().text.contains(" 42s "))
    }

    /// A printer's details, of a print with `count` frames five seconds apart.
    private func details(of count: Int) -> DashboardState {
        var farm = FarmFixture.farm
        for index in farm.printers.indices {
            farm.printers[index].recent = FarmFixture.scores(level: 0.1, count: count)
        }
        var state = FarmFixture.dashboard(farm)
        _ = state.press(.enter)
        return state
    }

    @Test(
        "Below the chart of a print that has just begun stands what it spans",
        arguments: [
            (1, "now"), (2, "-5s -2s now"), (13, "-1m -30s now"), (240, "-19m -9m now"),
        ])
    func timesBelowTheChart(count: Int, labels: String) throws {
        let lines = details(of: count).draw().text.split(separator: "\n")
        let line = try #require(lines.first { $0.hasSuffix("now│") })
        let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "-" }
        #expect(words.suffix(labels.split(separator: " ").count).joined(separator: " ") == labels)
        #expect(!line.contains("-0s"))
    }
}
