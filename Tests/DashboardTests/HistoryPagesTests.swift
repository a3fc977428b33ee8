import Farm
import Testing

@testable import Dashboard

@Suite("A long history", .timeLimit(.minutes(20)))
struct HistoryPagesTests {
    /// Newest first, an hour apart, two thirds of them finished.
    private func prints(_ count: Int) -> [Print] {
        (0..<count).map { index in
            var print = FarmFixture.print(
                PrintID(Int64(count - index)), on: 8, "part_\(count - index).gcode", minutes: 60 * index)
            if index % 3 > 0 {
                print.close(Print.End(at: print.startedAt + .seconds(1800), result: .success))
            } else if index > 0 {
                print.close(Print.End(at: print.startedAt + .seconds(900), result: .cancelled))
            }
            if index % 10 == 4 { print.alertedAt = print.startedAt + .seconds(600) }
            if index % 20 == 4 { print.alertOverwrite = .notFailed }
            return print
        }
    }

    private func page(_ prints: [Print], _ query: PrintQuery) -> [Print] {
        Array(prints.dropFirst(query.start).prefix(query.limit))
    }

    private func query(of effects: [DashboardEffect]) -> PrintQuery? {
        effects.reduce(nil) { if case .loadPrints(let query) = $1 { query } else { $0 } }
    }

    /// Answers every query out of `prints`; gives how many there were.
    @discardableResult
    private func answer(_ effects: [DashboardEffect], from prints: [Print], _ state: inout DashboardState) -> Int {
        var queries = 0
        var wanted = query(of: effects)
        while let query = wanted {
            queries += 1
            wanted = self.query(of: state.handle(.prints(query, page(prints, query))))
        }
        return queries
    }

    @Test("The list goes on where it comes to its end, until the oldest print")
    func list() {
        let all = prints(450)
        var state = FarmFixture.dashboard()
        #expect(answer(state.press(.character("2")), from: all, &state) == 1)
        #expect(state.draw().text.contains("newest 200 prints"))
        #expect(answer(state.press(.end), from: all, &state) == 1)
        #expect(state.history.cursor.index == 199)
        #expect(answer(state.press(.end), from: all, &state) == 1)
        #expect(state.draw().text.contains(" 450 prints"))
        #expect(answer(state.press(.end), from: all, &state) == 0)
        #expect(state.draw().text.contains("part_1.gcode"))
    }

    @Test("Prints that began while pages were read are neither missed nor shown twice")
    func meanwhile() throws {
        let all = prints(450)
        var state = FarmFixture.dashboard()
        let first = try #require(query(of: state.press(.character("2"))))
        _ = state.handle(.prints(first, page(Array(all.dropFirst(3)), first)))
        // Three prints later the second page begins three prints earlier.
        answer(state.press(.end), from: all, &state)
        #expect(state.history.prints.map(\.id) == all.dropFirst(3).prefix(397).map(\.id))
        answer(state.loadHistory(), from: all, &state)
        #expect(state.history.prints.map(\.id) == all.prefix(400).map(\.id))
    }

    @Test("What happens brings the newest prints up to date; the selection stays on its print")
    func follows() throws {
        var all = prints(450)
        var state = FarmFixture.dashboard()
        answer(state.press(.character("2")), from: Array(all.dropFirst()), &state)
        answer(state.press(.end), from: Array(all.dropFirst()), &state)
        let selected = try #require(state.history.selected)
        all[1].alertOverwrite = .failed
        var farm = FarmFixture.farm
        farm.events.append(FarmFixture.event(6, .started, .info, "Print started", "", printer: 8, secondsAgo: 0))
        answer(state.handle(.farm(.snapshot(farm))), from: all, &state)
        #expect(state.history.selected == selected)
        #expect(state.history.prints.prefix(2).map(\.id) == [450, 449])
        #expect(state.history.prints[1].alertOverwrite == .failed)
    }

    @Test("A verdict on an old print is shown in the list and in its view, and counted")
    func verdict() throws {
        let all = prints(450)
        var state = FarmFixture.dashboard()
        answer(state.press(.character("2")), from: all, &state)
        answer(state.press(.end), from: all, &state)
        state.history.cursor.index = try #require(state.history.prints.firstIndex { $0.id == all[214].id })
        _ = state.press(.enter)
        guard case .perform(_, let id)? = state.press(.character("F")).first else {
            Issue.record("nothing is asked for")
            return
        }
        var judged = all
        judged[214].alertOverwrite = .failed
        answer(state.handle(.reply(id, .success(.done(succeeded: true)))), from: judged, &state)
        #expect(state.history.selected == judged[214])
        #expect(state.detail?.subject == .print(judged[214]))
        #expect(state.history.total.quality.rightAlerts == 1)
    }

    @Test("Words are looked for in older prints too")
    func search() {
        let all = prints(450)
        var state = FarmFixture.dashboard()
        answer(state.press(.character("2")), from: all, &state)
        #expect(answer(state.type("/part_17.g"), from: all, &state) == 1)
        #expect(state.history.prints.map(\.id) == [17])
    }

    @Test("Words that no print has are looked for in the newest 20,000, and the screen says so")
    func searchInVain() throws {
        let all = prints(21_000)
        var state = FarmFixture.dashboard()
        answer(state.press(.character("2")), from: all, &state)
        let next = try #require(query(of: state.type("/zzz")))
        #expect(state.draw().text.contains("Looking through older prints."))
        answer([.loadPrints(next)], from: all, &state)
        _ = state.press(.enter)
        let text = state.draw().text
        #expect(text.contains("0 of the newest 20,"))
        #expect(text.contains("None of the newest 20,"))
    }

    @Test("A page that cannot be had is not asked for again until a key is pressed")
    func failure() throws {
        var state = FarmFixture.dashboard()
        answer(state.press(.character("2")), from: prints(450), &state)
        let effects = state.press(.end)
        let effect = try #require(query(of: effects))
        #expect(query(of: state.handle(.loadFailed(.loadPrints(effect), "The farm does not answer."))) == nil)
        #expect(query(of: state.handle(.farm(.snapshot(FarmFixture.farm)))) == nil)
        #expect(query(of: state.press(.down)) == effect)
    }

    @Test(
        "The sums count every print, as far back as there is room",
        arguments: [(PeriodUnit.day, 1), (.week, 3), (.month, 3)])
    func sums(unit: PeriodUnit, pages: Int) throws {
        let all = prints(2600)
        var state = FarmFixture.dashboard()
        answer(state.press(.character("2")), from: all, &state)
        state.history.unit = unit
        #expect(answer(state.press(.tab), from: all, &state) == pages)
        let text = state.draw().text
        #expect(text.contains(pages == 3 ? " 2,600 prints" : "newest 1,000 prints"))
        let shown = state.history.sums.periods(
            unit: unit, now: FarmFixture.now, utcOffsetSeconds: 0, limit: HistoryLayout(state.size).bars.rows - 1)
        for (index, period) in shown.enumerated() {
            let day = { (print: Print) in Int(print.startedAt.microseconds / 86_400_000_000) }
            let newest = try #require(all.map { unit.key(day: day($0)) }.max())
            let own = all.filter { unit.key(day: day($0)) == newest - index }
            var expected = HistoryPeriod(label: unit.label(newest - index))
            for print in own { expected.add(print, now: FarmFixture.now) }
            #expect(period.prints == own.count && period.quality.alerts == expected.quality.alerts, "\(period.label)")
            #expect(period.count(.success) == expected.count(.success))
            #expect(period.quality.dismissedAlerts == expected.quality.dismissedAlerts)
            #expect(abs(period.hours - expected.hours) < 1e-6 && period.label == expected.label)
        }
    }

    @Test("After the sums by printer: how many of its alerts were false for its hours, how many failures had none")
    func quality() throws {
        func print(
            _ id: Int64, _ hours: Double, alert: Bool = false, _ verdict: AlertVerdict? = nil, failed: Bool = false
        )
            -> Print
        {
            var print = FarmFixture.print(PrintID(id), on: id % 2 == 0 ? 8 : 7, "part.gcode", minutes: 0)
            print.startedAt = FarmFixture.now - .seconds(4000 * Int(id))
            print.printTime = hours * 3600
            print.close(Print.End(at: FarmFixture.now, result: failed ? .failed : .success))
            if alert { print.alertedAt = FarmFixture.now }
            print.alertOverwrite = verdict
            return print
        }
        let all = [
            print(1, 30, alert: true, .notFailed), print(2, 20, alert: true),
            print(3, 10, alert: true, .failed, failed: true), print(4, 180, alert: true, .notFailed),
            print(5, 10, failed: true),
        ]
        var state = FarmFixture.dashboard()
        answer(state.press(.character("2")), from: all, &state)
        answer(state.press(.tab), from: all, &state)
        for _ in 0..<4 { answer(state.press(.character("t")), from: all, &state) }
        let sums = state.history.sums.quality(limit: 10) { "\($0)" }
        #expect(sums.map(\.label) == ["all", "7", "8"], "the one with more false alerts for its hours first")
        #expect(sums.map(\.quality.falseAlertsPer100Hours) == [0.8, 2, 0.5])
        #expect(sums.map(\.quality.alerts) == [4, 2, 2] && sums.map(\.quality.openAlerts) == [1, 0, 1])
        #expect(sums.map(\.quality.foundFailures) == [1, 1, 0] && sums.map(\.quality.missedFailures) == [1, 1, 0])
        try GoldenScreen.expect(state.draw(), "quality-80x24")
        for size in [GridSize(rows: 48, columns: 160), GridSize(rows: 10, columns: 40)] {
            _ = state.handle(.terminal(.resize(size)))
            try GoldenScreen.expect(state.draw(), "quality-\(size.columns)x\(size.rows)")
        }
        answer(state.press(.character("t")), from: all, &state)
        #expect(!state.draw().text.contains("FALSE/100H"), "and the days again")
    }

    @Test("Sums are brought up to date by their newest page, and made anew for other words")
    func newerSums() throws {
        var all = prints(2600)
        var state = FarmFixture.dashboard()
        answer(state.press(.character("2")), from: Array(all.dropFirst()), &state)
        state.history.unit = .month
        answer(state.press(.tab), from: Array(all.dropFirst()), &state)
        #expect(state.history.sums.total.prints == 2599)
        all[1].alertedAt = FarmFixture.now
        all[1].alertOverwrite = .failed
        let before = state.history.sums.total
        #expect(answer(state.loadHistory(), from: all, &state) == 1)
        #expect(state.history.sums.total.prints == 2600)
        #expect(state.history.sums.total.quality.rightAlerts == before.quality.rightAlerts + 1)
        answer(state.type("/part_17.g"), from: all, &state)
        #expect(state.history.sums.total.prints == 1)
    }

    @Test("The sums of a day of more prints than a page holds are brought up to date too")
    func busyDay() {
        let all = (0..<1300).map { index in
            var print = FarmFixture.print(PrintID(Int64(1300 - index)), on: 8, "part.gcode", minutes: 0)
            print.startedAt = FarmFixture.now - .seconds(index)
            return print
        }
        var state = FarmFixture.dashboard()
        answer(state.press(.character("2")), from: Array(all.dropFirst(5)), &state)
        answer(state.press(.tab), from: Array(all.dropFirst(5)), &state)
        #expect(state.history.sums.total.prints == 1295)
        answer(state.loadHistory(), from: all, &state)
        #expect(state.history.sums.total.prints == 1300)
    }

    @Test("An alert that a filter hides does not move the selection when the filter is taken off")
    func hiddenAlert() {
        var state = FarmFixture.dashboard()
        _ = state.press(.end)
        let last = state.table.selected
        _ = state.type("/" + (state.selectedPrinter?.name ?? ""))
        _ = state.press(.enter)
        _ = state.handle(.tick(FarmFixture.now + .seconds(600)))
        var farm = FarmFixture.farm
        for index in farm.printers.indices where farm.printers[index].id != last {
            farm.printers[index].states.alert = .standing
            farm.printers[index].print?.alertedAt = FarmFixture.now
        }
        _ = state.handle(.farm(.snapshot(farm)))
        _ = state.press(.escape)
        #expect(state.table.selected == last)
    }
}
