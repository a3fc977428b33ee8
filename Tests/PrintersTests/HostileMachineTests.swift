import Farm
import Printers
import TestSupport
import Testing
import Text

@Suite("A machine that sends nonsense", .timeLimit(.minutes(20)))
struct HostileMachineTests {
    /// Everything that takes JSON from a machine.
    private func feed(_ body: MachineJSON) -> [PrinterReading] {
        var octoPrint = OctoPrintState()
        octoPrint.apply(job: body)
        octoPrint.apply(printer: body)
        octoPrint.apply(file: body)
        octoPrint.apply(frame: body)
        octoPrint.applyNotOperational()
        octoPrint.apply(frame: body["frame"] ?? body)
        var moonraker = MoonrakerState(lightName: "led x")
        let status =
            body["result"]?["status"] ?? body["params"]?.elements.first ?? body["frame"]?["result"]?["status"] ?? body
        moonraker.replace(status: status)
        moonraker.merge(status: status)
        moonraker.apply(metadata: body, of: moonraker.fileWithoutMetadata ?? "")
        moonraker.apply(history: body)
        let klipper = moonraker.reading(at: now)
        moonraker.apply(printerInfo: body)
        moonraker.apply(serverInfo: body)
        var prusa = PrusaState()
        prusa.apply(status: body)
        prusa.apply(job: body)
        return [octoPrint.reading(at: now), klipper, moonraker.reading(at: now), prusa.reading(at: now)].compactMap(
            \.self)
    }

    private func check(_ reading: PrinterReading) {
        #expect(reading.state != .unlinked)
        for number in [reading.progress, reading.elapsed, reading.remaining, reading.filament?.used] {
            #expect(number?.isFinite ?? true)
            #expect(number ?? 0 >= 0)
        }
        #expect(reading.progress ?? 0 <= 1)
        for text in [reading.detail, reading.error, reading.file?.name, reading.filament?.type] {
            let isClean =
                text?.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) } ?? true
            #expect(isClean)
            #expect((text ?? "x").unicodeScalars.count <= 1000)
        }
    }

    @Test("control and escape characters reach nobody; the path that commands need stays exact")
    func controls() throws {
        let name = "a\u{1B}]0;owned\u{7}\u{202E}gpj.gcode\r\n\u{85}"
        var state = MoonrakerState()
        state.replace(
            status: .object([
                "webhooks": .object(["state": .string("ready")]),
                "print_stats": .object(["state": .string("printing"), "filename": .string(name)]),
            ]))
        let found = try #require(state.reading(at: now))
        #expect(found.file?.name == "a]0;ownedgpj.gcode")
        #expect(found.file?.path == name)
    }

    @Test("mutated recordings: never a trap, and every reading is clean and within its ranges")
    func mutated() throws {
        try Fuzzer("machine_json", runs: 6000).run { input in
            guard let body = try? MachineJSON(parsing: input) else { return "no JSON" }
            let readings = feed(body)
            for reading in readings { check(reading) }
            _ = OctoPrintFiles.list(body)
            _ = MoonrakerFiles.list(body)
            _ = PrusaFiles.list(body, path: "/usb")
            let server = WebAddress(scheme: .http, host: "192.0.2.7", port: 7125)
            let cameras =
                OctoPrintCameras.offered(in: body, server: server) + MoonrakerCameras.offered(in: body, server: server)
            return readings.map { phase($0) }.joined(separator: ",") + " \(cameras.count)"
        }
    }
}
