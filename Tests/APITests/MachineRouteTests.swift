import Farm
import FarmService
import Testing

@Suite("Light and emergency stop over the API", .timeLimit(.minutes(20)))
struct MachineRouteTests {
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
