import Farm
import Testing

@testable import Dashboard

@Suite("The sentences in their panel", .timeLimit(.minutes(20)))
struct WhyPanelTests {
    @Test("A screen that began to watch late counts the pictures that it has loaded, as far as none is missing")
    func watchedLate() {
        var snapshot = FarmFixture.printer(
            1, "mk3", print: FarmFixture.print(1, on: 1, "a.gcode", minutes: 1, frames: 8))
        let all = FarmFixture.scores(level: 2, count: 8)
        snapshot.recent = Array(all.suffix(1))
        #expect(StrandCount(snapshot.lastPictures(loaded: [])).words?.hasSuffix("in the last picture") == true)
        #expect(StrandCount(snapshot.lastPictures(loaded: all)).pictures == 8)
        #expect(StrandCount(snapshot.lastPictures(loaded: Array(all[0...2] + all[5...]))).pictures == 3)
        snapshot.recent = Array(all.prefix(1))
        #expect(StrandCount(snapshot.lastPictures(loaded: [])).words?.hasSuffix("in the first picture") == true)
    }

    @Test("it stays inside its box, however few rows that has", arguments: 0...9)
    func staysInside(rows: Int) {
        let state = FarmFixture.dashboard(columns: 160, rows: 48)
        for snapshot in state.farm.printers {
            var canvas = Canvas(size: GridSize(rows: 12, columns: 120), theme: .defaultDark)
            state.context.why(PrinterDetail(subject: .printer(snapshot.id)), columns: 110, rows: rows).draw(
                in: Rect(row: 0, column: 0, rows: rows, columns: 110), canvas: &canvas)
            let lines = canvas.finished(ascii: false).text.split(separator: "\n", omittingEmptySubsequences: false)
            let outside = lines.dropFirst(rows).filter { !$0.isEmpty }
            #expect(outside.isEmpty, "\(snapshot.name)")
        }
    }
}
