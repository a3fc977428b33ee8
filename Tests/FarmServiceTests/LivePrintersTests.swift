import Farm
import Testing

@testable import FarmService

@Suite("The table of printers", .timeLimit(.minutes(20)))
struct LivePrintersTests {
    private func live(_ id: PrinterID, revision: UInt64) -> LivePrinter {
        var live = LivePrinter(
            Printer(
                id: id, accountID: 1, settings: PrinterSettings(name: "p\(id)"), createdAt: Timestamp(microseconds: 0),
                authToken: "token"))
        live.revision = revision
        return live
    }

    @Test("a copy keeps what it had")
    func copies() throws {
        var table = LivePrinters()
        for id in 1...500 { table[PrinterID(Int64(id))] = live(PrinterID(Int64(id)), revision: 1) }
        let before = table
        table[7]?.printer.settings.name = "renamed"
        table[8] = nil
        #expect(before[7]?.printer.settings.name == "p7" && before[8] != nil && before.count == 500)
        #expect(table[7]?.printer.settings.name == "renamed" && table[8] == nil && table.count == 499)
        #expect(table != before)
        table[7] = before[7]
        table[8] = before[8]
        #expect(table == before)
    }

    @Test("printers that wait for a person since a restore are counted as they change")
    func waiting() throws {
        var table = LivePrinters()
        let address = LinkAddress(kind: .octoprint, base: WebAddress(scheme: .http, host: "192.0.2.7"))
        var numbers = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let id = PrinterID(Int64.random(in: 1...20, using: &numbers))
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: table[id] = nil
            case 1: table[id] = live(id, revision: 1)
            case 2:
                table[id]?.machine = LiveMachine(
                    MachineLink(
                        printerID: id, settings: LinkSettings(address: address), credentials: .none,
                        isConfirmed: Bool.random(using: &numbers), createdAt: Timestamp(microseconds: 0)))
            default:
                table[id]?.printer.archivedAt = Bool.random(using: &numbers) ? Timestamp(microseconds: 1) : nil
            }
            let waiting = table.values.filter { $0.printer.archivedAt == nil && $0.awaitsConfirmation }
            #expect(table.waitingCount == waiting.count)
        }
    }

    @Test(
        "what rules may name is kept as printers are renamed, tagged, archived and removed, also where two share a name"
    )
    func names() {
        var table = LivePrinters()
        var numbers = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let id = PrinterID(Int64.random(in: 1...20, using: &numbers))
            let word = "t\(Int.random(in: 1...5, using: &numbers))"
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: table[id] = nil
            case 1: table[id] = live(id, revision: 1)
            case 2: table[id]?.printer.settings.name = word
            case 3: table[id]?.printer.settings.tags = [word, "all"]
            default:
                table[id]?.printer.archivedAt = Bool.random(using: &numbers) ? Timestamp(microseconds: 1) : nil
            }
            var expected = PrinterNames()
            for live in table.values where live.printer.archivedAt == nil { expected.add(live.printer.settings) }
            #expect(table.names.names == expected)
        }
    }

    @Test("those that changed since a revision are found, and all where none was looked at")
    func changes() {
        var table = LivePrinters()
        for id in 1...5 { table[PrinterID(Int64(id))] = live(PrinterID(Int64(id)), revision: UInt64(id)) }
        func ids(_ revision: UInt64?) -> [Int64] {
            table.changed(since: revision).map { $0.printer.id.rawValue }.sorted()
        }
        #expect(ids(nil) == [1, 2, 3, 4, 5] && ids(3) == [4, 5] && ids(5) == [])
        #expect(table.mapValues(\.revision) == [1: 1, 2: 2, 3: 3, 4: 4, 5: 5])
        #expect(Set(table.map { $0.key }) == Set(table.keys) && table.values.count == 5)
    }
}
