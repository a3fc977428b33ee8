import Farm
import TestSupport
import Testing

@testable import FarmService

@Suite("One machine has one printer", .timeLimit(.minutes(20)))
struct OneMachineTests {
    private func link(
        _ farm: TestFarm, of printer: PrinterID, _ address: String = "http://192.0.2.7"
    ) throws
        -> ConnectMachine
    {
        let base = try WebAddress.parse(address).address
        return ConnectMachine(
            caller: .administrator,
            link: MachineLink(
                printerID: printer, settings: LinkSettings(address: LinkAddress(kind: .octoprint, base: base)),
                credentials: .none, createdAt: farm.clock.now))
    }

    private func second(_ farm: TestFarm) async throws -> PrinterID {
        try await farm.service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "second"))
        ).printer.id
    }

    @Test(
        "however the address is written, a second printer is refused, and told which one has it",
        arguments: [
            "http://192.0.2.7", "http://192.0.2.7:80/", "https://192.0.2.7", "192.0.2.7",
        ])
    func refused(address: String) async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        let other = try await second(farm)
        let command = try link(farm, of: other, address)
        let refusal = await #expect(throws: FarmError.self) { _ = try await farm.service.perform(command) }
        let name = try farm.live.printer.settings.name
        #expect(refusal == .machineTaken(by: name, command.link.settings.address))
        #expect(refusal?.description.contains("is the machine of the printer \(name) already") == true)
        #expect(farm.service.state.printers[other]?.machine == nil)
    }

    @Test(
        "another port, another path or another host is another machine",
        arguments: ["http://192.0.2.7:5000", "http://192.0.2.7/two", "http://192.0.2.8"])
    func others(address: String) async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        let other = try await second(farm)
        _ = try await farm.service.perform(link(farm, of: other, address))
        #expect(farm.service.state.printers[other]?.machine != nil)
    }

    @Test("the same printer is connected again; an archived one keeps its machine, a removed one gives it up")
    func owners() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        _ = try await farm.service.perform(link(farm, of: farm.printer))
        let other = try await second(farm)
        try await farm.service.perform(ArchivePrinter(caller: .administrator, printer: farm.printer))
        let command = try link(farm, of: other)
        let refusal = await #expect(throws: FarmError.self) { _ = try await farm.service.perform(command) }
        #expect(refusal?.description.contains("(archived)") == true)
        try await farm.service.perform(
            DeletePrinter(caller: .administrator, printer: farm.printer, includeArchived: true))
        _ = try await farm.service.perform(link(farm, of: other))
        #expect(farm.service.state.printers[other]?.machine != nil)
    }
}

@Suite("An answer is about the print that was asked about", .timeLimit(.minutes(20)))
struct MeantPrintTests {
    @Test(
        "with another print nothing is done, and its file is named",
        arguments: ["cancel", "pause", "resume", "finish", "confirm", "mute"])
    func another(verb: String) async throws {
        let farm = try await TestFarm()
        _ = try await farm.service.perform(.startPrint(farm.printer, filename: "first.gcode"))
        let first = try farm.openPrint.id
        _ = try await farm.service.perform(.startPrint(farm.printer, filename: "second.gcode"))
        if verb == "resume" { _ = try await farm.service.perform(.confirmPause(farm.printer)) }
        let before = try farm.live
        func action(_ print: PrintID) -> FarmAction {
            switch verb {
            case "cancel": .cancelPrint(farm.printer, of: print)
            case "pause": .pausePrint(farm.printer, of: print)
            case "resume": .resumePrint(farm.printer, of: print)
            case "confirm": .confirmPause(farm.printer, of: print)
            case "mute": .muteAlerts(farm.printer, of: print, muted: true)
            default: .finishPrint(farm.printer, of: print, result: .cancelled, reason: nil)
            }
        }
        await #expect(throws: FarmError.anotherPrint(filename: "second.gcode")) {
            _ = try await farm.service.perform(action(first))
        }
        #expect(try farm.live == before)
        _ = try await farm.service.perform(action(try farm.openPrint.id))
        #expect(try farm.live != before)
    }

    @Test("an answer to the alert of a print does not answer that of the next one")
    func alert() async throws {
        let farm = try await TestFarm()
        let before = try await farm.start().id
        _ = try await farm.start()
        try await farm.frames(score: 200) { $0.alert }
        for verdict in [nil, AlertVerdict.notFailed, .failed] {
            await #expect(throws: FarmError.self) {
                _ = try await farm.service.perform(.acknowledgeAlert(farm.printer, of: before, verdict: verdict))
            }
        }
        #expect(try farm.openPrint.hasStandingAlert)
        let now = try farm.openPrint.id
        _ = try await farm.service.perform(.acknowledgeAlert(farm.printer, of: now, verdict: nil))
        #expect(try !farm.openPrint.hasStandingAlert)
    }

    @Test("an emergency stop for a print does not stop the next one; for none it stops whatever runs")
    func stop() async throws {
        let farm = try await TestFarm()
        try await farm.connect()
        try await farm.says(.printing, file: "first.gcode")
        let first = try farm.openPrint.id
        try await farm.says(.complete, file: "first.gcode")
        try await farm.says(.printing, file: "second.gcode")
        await #expect(throws: FarmError.anotherPrint(filename: "second.gcode")) {
            _ = try await farm.service.perform(.machine(.move(farm.printer, .emergencyStop, of: first)))
        }
        #expect(try farm.lastCommand == nil)
        _ = try await farm.service.perform(.machine(.move(farm.printer, .emergencyStop)))
        #expect(try farm.lastCommand?.command == .emergencyStop)
    }
}
