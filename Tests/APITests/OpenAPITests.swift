import Foundation
import HTTPTypes
import Testing

@Suite("The description of the API", .timeLimit(.minutes(20)))
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

    @Test("it says what must be there, what words there are and how large numbers may be")
    func bounds() async throws {
        let farm = try await FarmFixture()
        try await farm.run(.router) { app in
            let reply = try await app.get("/openapi.json")
            let paths = try #require(reply.object["paths"] as? [String: [String: [String: Any]]])
            func body(_ method: String, _ path: String) -> [String: Any]? {
                paths[path]?[method]?["requestBody"] as? [String: Any]
            }
            func types(_ method: String, _ path: String) -> Set<String> {
                Set((body(method, path)?["content"] as? [String: Any] ?? [:]).keys)
            }
            #expect(body("post", "/api/v1/printers/")?["required"] as? Bool == true)
            #expect(body("patch", "/api/v1/printers/{id}/")?["required"] as? Bool == false)
            #expect(body("post", "/api/v1/printers/{id}/finish_print/")?["required"] as? Bool == false)
            #expect(types("post", "/api/v1/prints/bulk_delete/") == ["application/json"])
            #expect(types("post", "/api/v1/printers/{id}/predict/") == ["multipart/form-data"])
            #expect(types("post", "/o/token/") == ["application/x-www-form-urlencoded"])
            #expect(types("patch", "/api/v1/printers/{id}/").count == 3)
            func query(_ path: String, _ name: String) -> [String: Any] {
                let all = paths[path]?["get"]?["parameters"] as? [[String: Any]] ?? []
                return all.first { $0["name"] as? String == name }?["schema"] as? [String: Any] ?? [:]
            }
            // Each bound is the last value that is taken.
            for path in ["/api/v1/prints/", "/api/v1/printer_events/"] {
                for name in ["start", "limit"] {
                    let schema = query(path, name)
                    let (least, most) = (
                        try #require(schema["minimum"] as? Int), try #require(schema["maximum"] as? Int)
                    )
                    for value in ["\(least)", "\(most)"] {
                        #expect(try await app.get("\(path)?\(name)=\(value)").status == 200, "\(name)=\(value)")
                    }
                    #expect(try await app.get("\(path)?\(name)=\(least - 1)").status == 400)
                    #expect(try await app.get("\(path)?\(name)=9223372036854775808").status == 400)
                }
            }
            let components = reply.object["components"] as? [String: Any]
            let schemas = try #require(components?["schemas"] as? [String: [String: Any]])
            let zones = try #require(schemas["TimeZone"]?["enum"] as? [String])
            #expect(zones.contains("America/New_York") && zones.contains("UTC"))
            let kinds = (query("/api/v1/printer_events/", "filter_by_types[]")["items"] as? [String: Any])?["enum"]
            #expect((kinds as? [String])?.contains("FAILURE_ALERTED") == true)
            #expect(schemas["TokenRequest"]?["additionalProperties"] as? [String: String] == ["type": "string"])
        }
    }
}
