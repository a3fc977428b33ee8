import Farm
import FarmService
import Testing
import Text

@testable import API
@testable import WireSchema

@Suite("The contract: linked printers", .timeLimit(.minutes(20)))
struct LinkedPrinterTests {
    private static let moves = [
        ("start_print", #"{"filename": "a.gcode"}"#), ("finish_print", "{}"), ("pause_print", ""),
        ("resume_print", ""), ("cancel_print", ""),
    ]

    /// Puts a machine behind the printer that has not spoken yet.
    private func link(_ printer: PrinterID, of farm: FarmFixture) async throws {
        let address = LinkAddress(kind: .moonraker, base: WebAddress(scheme: .http, host: "192.0.2.1"))
        _ = try await farm.service.perform(
            ConnectMachine(
                caller: .administrator,
                link: MachineLink(
                    printerID: printer, settings: LinkSettings(address: address), credentials: .none,
                    createdAt: Timestamp(microseconds: 0))))
    }

    @Test("without the right machines a client moves no machine: 403 with a sentence; it still reads")
    func withoutRight() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            try await link(PrinterID(rawValue: Int64(id)), of: farm)
            for (move, body) in Self.moves {
                let reply = try await app.post("/api/v1/printers/\(id)/\(move)/", json: body)
                #expect(reply.status == 403, "\(move)")
                let detail = reply.object["detail"] as? String
                #expect(detail == FarmError.mayNotMoveMachines.description, "\(move)")
            }
            let printer = try await app.get("/api/v1/printers/\(id)/")
            #expect(printer.status == 200)
            #expect(printer.object["machine_state"] as? String == "offline")
        }
    }

    @Test("with the right, at once and for tokens that it has: 409 with a sentence while the machine is offline")
    func withRight() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            try await link(PrinterID(rawValue: Int64(id)), of: farm)
            let client = farm.credentials.client.publicID
            _ = try await farm.service.perform(.editClient(client, ClientPatch(mayMoveMachines: true)))
            let reply = try await app.post("/api/v1/printers/\(id)/pause_print/", json: "")
            #expect(reply.status == 409)
            let detail = reply.object["detail"] as? String
            #expect(detail?.contains("pause") == true)
            _ = try await farm.service.perform(.editClient(client, ClientPatch(mayMoveMachines: false)))
            let again = try await app.post("/api/v1/printers/\(id)/pause_print/", json: "")
            #expect(again.status == 403)
        }
    }

    @Test(
        "a call that names its print is refused while another one is open: 409 with its file; a wrong number is 400",
        arguments: ["pause_print", "request_pause", "resume_print", "cancel_print", "finish_print", "emergency_stop"])
    func meantPrint(move: String) async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.start(id)
            let reply = try await app.post("/api/v1/printers/\(id)/\(move)/?print_id=999", json: "{}")
            #expect(reply.status == 409)
            #expect((reply.object["detail"] as? String)?.hasPrefix("Another print runs there by now") == true)
            let wrong = try await app.post("/api/v1/printers/\(id)/\(move)/?print_id=x", json: "{}")
            #expect(wrong.status == 400)
        }
    }

    @Test("status has Obico's shape: state with flags, progress in per cent, temperatures by tool")
    func status() {
        var reading = PrinterReading(
            state: .printing, file: ReadFile(name: "a.gcode"), at: Timestamp(microseconds: 5_000_001))
        reading.progress = 0.25
        reading.elapsed = 60
        reading.nozzles = [ReadTemperature(actual: 204.5, target: 205)]
        reading.bed = ReadTemperature(actual: 60)
        var json = JSONWriter()
        json.status(reading, state: .printing)
        #expect(
            String(decoding: json.bytes, as: UTF8.self) == """
                {"_ts":5,"state":{"text":"Printing","flags":{"operational":true,"printing":true,"pausing":false,\
                "paused":false,"resuming":false,"finishing":false,"cancelling":false,"error":false,"ready":false,\
                "closedOrError":false},"error":null},"progress":{"completion":25.0,"printTime":60.0,\
                "printTimeLeft":null},"temperatures":{"tool0":{"actual":204.5,"target":205.0},\
                "bed":{"actual":60.0,"target":null}}}
                """)
    }
}
