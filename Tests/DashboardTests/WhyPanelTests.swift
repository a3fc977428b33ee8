import Farm
import Testing

@testable import Dashboard

@Suite("The sentences in their panel", .timeLimit(.minutes(20)))
struct WhyPanelTests {
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
