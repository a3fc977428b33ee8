import Dashboard
import Farm
import Testing

@Suite("A damaged database on the screen", .timeLimit(.minutes(20)))
struct DatabaseDamageTests {
    @Test("it is told in the header of every area, and the system area says what to do", arguments: [80, 140])
    func damage(columns: Int) {
        var farm = FarmFixture.farm
        let before = FarmFixture.dashboard(farm, columns: columns, rows: 24).draw().text
        #expect(!before.contains("damaged"))
        farm.status.databaseDamage = "/var/lib/farmtop/farmtop.db is damaged: Page 413: \u{1B}[31m."
        var state = FarmFixture.dashboard(farm, columns: columns, rows: 24)
        #expect(state.draw().text.contains("! database damaged: 5"))
        state.answerLoads(state.press(.character("5")))
        let system = state.draw().text
        #expect(system.contains("damaged: keep a copy, then farmtop restore FILE"))
        #expect(!system.contains("\u{1B}"))
    }
}
