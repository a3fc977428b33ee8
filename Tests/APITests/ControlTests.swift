import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@Suite("The control socket", .timeLimit(.minutes(20)))
struct ControlTests {
    @Test("an action needs no token, is answered as a FarmReply, and a refusal as the FarmError it is")
    func actions() async throws {
        let farm = try await FarmFixture()
        try await farm.server.controlApplication(path: farm.folder.path + "/control.sock").test(.router) { client in
            let app = App(client: client)
            func perform(_ action: FarmAction) async throws -> App.Reply {
                try await app.send(
                    .post, "/control/actions", Array(try JSONEncoder().encode(action)), type: "application/json")
            }
            let made = try await perform(.createPrinter(account: "operator", settings: PrinterSettings(name: "mk4")))
            #expect(made.status == 200)
            guard
                case .printer(let printer, "operator") = try JSONDecoder().decode(
                    FarmReply.self, from: Data(made.bytes))
            else { throw FarmFixture.FixtureError.noCredentials }
            #expect(printer.settings.name == "mk4")
            let refused = try await perform(.finishPrint(printer.id, result: .success, reason: nil))
            #expect(refused.status == 404)
            #expect(try JSONDecoder().decode(FarmError.self, from: Data(refused.bytes)) == .notPrinting)
            #expect(try await app.send(.post, "/control/actions", Array("{}".utf8)).status == 400)
            let holder = try await app.get("/control/holder")
            #expect(holder.object["version"] as? String == "1.2.3" && holder.object["pid"] as? Int == 1)
            #expect(try await app.get("/api/v1/printers/").text.contains("mk4"))
        }
    }

    @Test("a kept picture comes with its detections")
    func pictures() async throws {
        let box = BoundingBox(x: 1, y: 2, width: 3, height: 4)
        let farm = try await FarmFixture(detections: [[Detection(confidence: 0.5, box: box)]])
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            _ = try await app.post("/api/v1/printers/\(id)/start_print/", json: #"{"filename": "a"}"#)
            #expect(try await app.predict(id, jpeg).status == 200)
            #expect(try await app.get("/api/v1/printers/\(id)/snapshot.jpg").bytes == jpeg)
            let printer = try await app.get("/api/v1/printers/\(id)/").object
            let url = try #require((printer["pic"] as? [String: Any])?["img_url"] as? String)
            let path = url.replacingOccurrences(of: "http://127.0.0.1:3334", with: "")
            let nobody = App(client: app.client)
            #expect(try await nobody.get(path).bytes == jpeg)
            #expect(try await nobody.get(path + "x").status == 403)
        }
        try await farm.server.controlApplication(path: farm.folder.path + "/control.sock").test(.router) { client in
            let reply = try await App(client: client).get("/control/pictures/1/1")
            let picture = try JSONDecoder().decode(FramePictureMessage.self, from: Data(reply.bytes)).picture
            #expect(picture.jpeg == jpeg && picture.detections == [Detection(confidence: 0.5, box: box)])
        }
    }

    @Test("a delta applied to the old snapshot is the new one")
    func deltas() async throws {
        let farm = try await FarmFixture(detections: Array(repeating: [], count: 5))
        var seen: [FarmSnapshot] = [farm.service.snapshot()]
        let administrator = Caller.administrator
        for name in ["a", "b"] {
            let live = try await farm.service.perform(
                CreatePrinter(caller: administrator, account: 1, settings: PrinterSettings(name: name)))
            seen.append(farm.service.snapshot())
            _ = try await farm.service.perform(
                StartPrint(caller: administrator, printer: live.printer.id, filename: "f"))
            for _ in 0..<2 {
                let ticket = try farm.service.admitFrame(printer: live.printer.id, caller: administrator)
                _ = try await farm.service.analyse(jpeg, ticket: ticket)
                seen.append(farm.service.snapshot())
            }
        }
        try await farm.service.perform(
            DeletePrinter(caller: administrator, printer: seen[1].printers[0].id, includeArchived: false))
        seen.append(farm.service.snapshot())
        for (old, new) in zip(seen, seen.dropFirst()) {
            let line = FarmUpdateLine.delta(FarmSnapshotDelta(from: old, to: new))
            let sent = try JSONDecoder().decode(FarmUpdateLine.self, from: JSONEncoder().encode(line))
            guard case .delta(let delta) = sent else { throw FarmFixture.FixtureError.noToken }
            #expect(delta.applying(to: old) == new)
        }
        let quiet = FarmSnapshotDelta(from: seen[2], to: seen[3])
        #expect(quiet.changedPrinters.first?.recent.appended.count == 1)
    }
}
