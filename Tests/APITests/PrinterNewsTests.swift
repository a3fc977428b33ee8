import Farm
import Testing

@testable import API

@Suite("What is news of a printer, for the event stream", .timeLimit(.minutes(20)))
struct PrinterNewsTests {
    private func printer(_ change: (inout PrinterReading) -> Void = { _ in }) -> PrinterSnapshot {
        let noon = Timestamp(microseconds: 1_795_438_387_000_000)
        var snapshot = PrinterSnapshot(
            printer: Printer(
                id: 3, accountID: 1, settings: PrinterSettings(name: "voron"), createdAt: noon,
                authToken: "83e56251d846ce1bdeaf"),
            accountName: "operator", print: nil, states: PrinterStates(machine: .printing), failureProbability: nil,
            thresholds: AlertThresholds(alert: 0.6, pause: 0.8, clear: 0.45), notWatchingReason: nil)
        var reading = PrinterReading(state: .printing, file: ReadFile(name: "cube.gcode"), at: noon)
        reading.progress = 0.251
        reading.elapsed = 600
        reading.remaining = 1800
        reading.nozzles = [ReadTemperature(actual: 204.6, target: 205)]
        reading.bed = ReadTemperature(actual: 60, target: 60)
        change(&reading)
        let address = LinkAddress(kind: .moonraker, base: WebAddress(scheme: .http, host: "voron.lan", port: 7125))
        snapshot.machine = MachineSnapshot(
            settings: LinkSettings(address: address), isConfirmed: true, reading: reading)
        return snapshot
    }

    @Test("progress by a whole per cent, another minute left, a degree, a layer and a state in words are told")
    func told() {
        let before = printer()
        let changes: [(String, (inout PrinterReading) -> Void)] = [
            ("progress", { $0.progress = 0.261 }), ("time left", { $0.remaining = 1700 }),
            ("nozzle", { $0.nozzles[0].actual = 203.4 }), ("target", { $0.nozzles[0].target = 210 }),
            ("bed", { $0.bed?.actual = 61 }), ("layer", { $0.layer = ReadLayer(now: 13) }),
            ("detail", { $0.detail = "preheating" }), ("file", { $0.file = nil }), ("light", { $0.light = true }),
        ]
        for (what, change) in changes {
            let isNews = printer(change).hasNews(since: before)
            #expect(isNews, "\(what)")
        }
    }

    @Test("a machine that goes away, a fault, and a look at the bed are told")
    func others() {
        let before = printer()
        var after = before
        after.machine = nil
        #expect(after.hasNews(since: before))
        after = before
        after.machine?.fault = .connectionLost
        #expect(after.hasNews(since: before))
        after = before
        after.machine?.isStale = true
        #expect(after.hasNews(since: before))
        after = before
        after.bed.kept += 1
        #expect(after.hasNews(since: before))
    }

    @Test("what no screen shows is not told: another moment, a second, a tenth of a degree")
    func untold() {
        let before = printer()
        let after = printer {
            $0.at = $0.at + .seconds(1)
            $0.elapsed = 601
            $0.remaining = 1799
            $0.progress = 0.2519
            $0.nozzles[0].actual = 204.9
            $0.bed?.actual = 60.3
        }
        #expect(!after.hasNews(since: before))
    }
}
