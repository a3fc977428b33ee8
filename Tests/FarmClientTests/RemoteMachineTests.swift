import Farm
import Foundation
import Testing
import Text
import WireSchema

@testable import API
@testable import FarmClient

@Suite("Machines of a farm elsewhere", .timeLimit(.minutes(20)))
struct RemoteMachineTests {
    private static var reading: PrinterReading {
        var reading = PrinterReading(
            state: .printing, detail: "preheating", file: ReadFile(name: "cube.gcode", path: "local/cube.gcode"),
            at: Timestamp(microseconds: 1_795_438_387_000_000))
        reading.progress = 0.25
        reading.elapsed = 600
        reading.remaining = 1800
        reading.nozzles = [ReadTemperature(actual: 204.5, target: 205)]
        reading.bed = ReadTemperature(actual: 60, target: 60)
        reading.layer = ReadLayer(now: 12, total: 60)
        reading.light = true
        return reading
    }

    @Test("What the API tells of a linked printer is what the dashboard elsewhere shows")
    func roundTrip() throws {
        var snapshot = PrinterSnapshot(
            printer: Printer(
                id: 3, accountID: 1, settings: PrinterSettings(name: "voron"), createdAt: Self.reading.at,
                authToken: "83e56251d846ce1bdeaf"),
            accountName: "operator", print: nil, states: PrinterStates(machine: .printing), failureProbability: nil,
            thresholds: AlertThresholds(alert: 0.6, pause: 0.8, clear: 0.45), notWatchingReason: nil)
        let address = LinkAddress(kind: .moonraker, base: WebAddress(scheme: .http, host: "voron.lan", port: 7125))
        snapshot.machine = MachineSnapshot(
            settings: LinkSettings(address: address), isConfirmed: true, reading: Self.reading,
            abilities: [.pause, .light], identity: MachineIdentity(server: "Moonraker v0.9.3", firmware: "Klipper"))
        var json = JSONWriter()
        json.printer(snapshot, pictureURL: nil)
        let text = json.bytes
        #expect(!String(decoding: text, as: UTF8.self).contains("voron.lan"), "no client is told where it is")
        let told = try #require(try Self.machine(text))
        #expect(told.abilities == [.pause, .light] && told.identity?.firmware == "Klipper" && told.fault == nil)
        var expected = Self.reading
        // The path is the farm's own affair.
        expected.file = ReadFile(name: "cube.gcode")
        #expect(told.reading == expected)
    }

    @Test("A printer without a machine, and one of a kind that is not known, has none")
    func none() throws {
        let snapshot = PrinterSnapshot(
            printer: Printer(
                id: 3, accountID: 1, settings: PrinterSettings(name: "voron"), createdAt: Self.reading.at,
                authToken: "83e56251d846ce1bdeaf"),
            accountName: "operator", print: nil, states: PrinterStates(), failureProbability: nil,
            thresholds: AlertThresholds(alert: 0.6, pause: 0.8, clear: 0.45), notWatchingReason: nil)
        var json = JSONWriter()
        json.printer(snapshot, pictureURL: nil)
        #expect(try Self.machine(json.bytes) == nil)
        let newer = #"{"machine":{"kind":"bambu","stale":false,"abilities":[]},"#
        #expect(try Self.machine(Array(newer.utf8) + json.bytes.dropFirst()) == nil)
    }

    private static func machine(_ json: [UInt8]) throws -> MachineSnapshot? {
        try ToldPrinter(reading: JSONSource(json)).snapshot.machine
    }
}
