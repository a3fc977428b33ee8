import Farm
import FarmService
import Testing

@Suite("Light and emergency stop over the API", .timeLimit(.minutes(20)))
struct MachineRouteTests {
    @Test("a start that wants a clear bed is a 409 in words where nobody can tell, and starts nothing")
    func requireClear() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let one = "/api/v1/printers/\(try await app.addPrinter())"
            let start = "\(one)/start_print/"
            let refused = try await app.post(start, json: #"{"filename": "a.gcode", "require_clear": true}"#)
            #expect(refused.status == 409)
            #expect(refused.text.contains("farmtop reads no camera of this printer. So nothing was started."))
            #expect(try await app.get("\(one)/").text.contains(#""current_print":null"#))
            let bad = try await app.post(start, json: #"{"filename": "a.gcode", "require_clear": "perhaps"}"#)
            #expect(bad.status == 400 && bad.text.contains(#""require_clear""#))
            let plain = try await app.post(start, json: #"{"filename": "a.gcode", "require_clear": false}"#)
            #expect(plain.status == 200 && plain.header("X-Farmtop-Ignored") == nil)
            let misspelt = try await app.post(start, json: #"{"filename": "a.gcode", "require_claer": true}"#)
            #expect(misspelt.header("X-Farmtop-Ignored") == "require_claer")
        }
    }

    @Test("without a machine there is nothing to move; without the right nothing is moved")
    func rights() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            let one = "/api/v1/printers/\(id)"
            #expect(try await app.post("\(one)/light/", json: #"{"on": true}"#).status == 409)
            #expect(try await app.post("\(one)/emergency_stop/", json: "{}").status == 409)
            #expect(try await app.post("/api/v1/printers/999/light/", json: #"{"on": true}"#).status == 404)
            let settings = LinkSettings(
                address: LinkAddress(kind: .moonraker, base: WebAddress(scheme: .http, host: "192.0.2.1")))
            let link = MachineLink(
                printerID: PrinterID(Int64(id)), settings: settings, credentials: .none,
                createdAt: Timestamp(secondsSince1970: 1_800_000_000))
            _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: link))
            let missing = try await app.post("\(one)/light/", json: "{}")
            #expect(missing.status == 400)
            #expect(missing.text.contains("\"on\""))
            for (path, body) in [("light", #"{"on": false}"#), ("emergency_stop", "{}")] {
                let refused = try await app.post("\(one)/\(path)/", json: body)
                #expect(refused.status == 403)
                #expect(refused.text.contains("--allow-machines"))
            }
        }
    }
}
