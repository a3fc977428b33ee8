import Foundation
import HTTPTypes
import Testing

@Suite("The description of the API")
struct OpenAPITests {
    @Test("every path that it names is served, every schema that it names is there, and a printer has its keys")
    func description() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let reply = try await App(client: app.client).get("/openapi.json")
            let paths = try #require(reply.object["paths"] as? [String: [String: Any]])
            let components = try #require(reply.object["components"] as? [String: Any])
            let schemas = try #require(components["schemas"] as? [String: [String: Any]])
            for (path, operations) in paths {
                let concrete = path.replacingOccurrences(of: "{id}", with: "999").replacingOccurrences(
                    of: "{frame}", with: "1.jpg")
                // A method that no path has tells which ones this path has.
                let allowed = try await app.send(.trace, concrete).header("Allow")
                for method in operations.keys {
                    #expect(allowed?.contains(method.uppercased()) == true, "\(method) \(path)")
                }
            }
            #expect(paths["/api/v1/printers/{id}/predict/"]?["post"] != nil)
            for part in reply.text.components(separatedBy: "#/components/schemas/").dropFirst() {
                let name = String(part.prefix { $0 != "\"" })
                #expect(schemas[name] != nil, "no schema \(name)")
            }
            let printer = try await app.post("/api/v1/printers/", json: #"{"name": "x"}"#).object
            #expect(Set(schemas["Printer"]?["required"] as? [String] ?? []) == Set(printer.keys))
            _ = try await app.post("/api/v1/printers/1/start_print/", json: #"{"filename": "x"}"#)
            let print = try await app.get("/api/v1/prints/1/").object
            #expect(Set(schemas["Print"]?["required"] as? [String] ?? []) == Set(print.keys))
            let metadata = try await app.get("/.well-known/oauth-authorization-server").object
            #expect(Set(schemas["AuthorizationServer"]?["required"] as? [String] ?? []) == Set(metadata.keys))
            let report = try await app.predict(1, jpeg).object
            #expect(Set(schemas["FrameReport"]?["required"] as? [String] ?? []) == Set(report.keys))
        }
    }
}
