import Farm
import Testing

@testable import Dashboard

@Suite("The times below a chart", .timeLimit(.minutes(20)))
struct ScoreChartTests {
    /// The last line of a chart that is `columns` wide.
    private func foot(_ labels: [String], columns: Int) -> String {
        let points = FarmFixture.scores(level: 0.5, count: 20)
        let state = FarmFixture.dashboard()
        var canvas = Canvas(size: GridSize(rows: 6, columns: columns), theme: state.theme)
        ScoreChart(
            points: points, scale: .probability(FarmFixture.thresholds), from: points[0].at, to: points[19].at,
            moment: nil, timeLabels: labels
        ).draw(in: canvas.bounds, canvas: &canvas)
        return String(canvas.grid.text.split(separator: "\n", omittingEmptySubsequences: false)[5])
    }

    @Test("Where not all times fit, those between give way, then all but the last; none runs into another")
    func narrow() {
        let times = ["12:51:10", "12:52:20", "12:53:07"]
        func shown(_ columns: Int) -> [String] { foot(times, columns: columns).split(separator: " ").map(String.init) }
        #expect(shown(5 + 26) == times)
        #expect(shown(5 + 25) == [times[0], times[2]])
        #expect(shown(5 + 17) == [times[0], times[2]])
        #expect(shown(5 + 16) == [times[2]])
    }

    @Test(
        "A print of less than two minutes has its seconds, a longer one minutes", arguments: [(24, true), (25, false)])
    func seconds(count: Int, isBrief: Bool) throws {
        var state = FarmFixture.dashboard(columns: 160, rows: 48)
        state.answerLoads(state.press(.character("2")))
        let points = FarmFixture.scores(level: 0.85, count: count)
        for print in FarmFixture.prints { _ = state.handle(.points(print.id, points)) }
        let lines = state.draw().text.split(separator: "\n")
        let last = try #require(lines.last { $0.contains(isBrief ? "12:53:07" : "12:53") && $0.contains(" 12:51") })
        #expect(last.contains(isBrief ? "12:51:12" : "12:51 ") && last.contains("12:53:07") == isBrief)
    }

    @Test("Where no picture has come for a while, the newest score has its time of day and is not called now")
    func old() throws {
        func foot(_ age: Int) throws -> Substring {
            let printer = FarmFixture.failing()
            var farm = FarmFixture.farm
            farm.printers = [printer]
            var state = FarmFixture.dashboard(farm, columns: 160, rows: 48)
            let newest = try #require(printer.recent.last?.at)
            _ = state.handle(.tick(newest + .seconds(age)))
            return try #require(
                state.draw().text.split(separator: "\n").last {
                    ($0.contains("-") && $0.contains("now")) || $0.contains("12:5")
                })
        }
        #expect(try foot(90).contains("now"))
        #expect(try !foot(91).contains(" now"))
    }
}
