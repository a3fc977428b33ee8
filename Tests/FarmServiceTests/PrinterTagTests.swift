import Farm
import FarmService
import Testing

@Suite("Tags of printers", .timeLimit(.minutes(20)))
struct PrinterTagTests {
    @Test("they are kept with the settings, told in the event, and still there after a restart")
    func kept() async throws {
        let farm = try await TestFarm()
        try await farm.set("tags", .words(["mk4", "hall-2"]))
        #expect(try farm.live.printer.settings.tags == ["hall-2", "mk4"])
        #expect(farm.store.rows.printers[farm.printer]?.settings.tags == ["hall-2", "mk4"])
        #expect(farm.store.rows.events.last?.text.contains("the tags to hall-2, mk4") == true)
        try await farm.set("name", .text("mk3s"))
        #expect(farm.store.rows.printers[farm.printer]?.settings.tags == ["hall-2", "mk4"])
    }

    @Test("a new printer has them at once, a removed one none")
    func ends() async throws {
        let farm = try await TestFarm()
        var settings = PrinterSettings(name: "second")
        settings.tags = ["a"]
        let id = try await farm.service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: settings)
        ).printer.id
        #expect(farm.store.rows.printers[id]?.settings.tags == ["a"])
        try await farm.service.perform(DeletePrinter(caller: .administrator, printer: id))
        #expect(farm.store.rows.printers[id]?.settings.tags == [])
    }
}
