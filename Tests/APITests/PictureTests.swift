import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import Imaging
import TestSupport
import Testing

@Suite("Pictures", .timeLimit(.minutes(20)))
struct PictureTests {
    /// A farm whose last frame is a real JPEG, and the path of its signed address.
    private func farm(
        _ clock: TestClock, confidence: Double = 0.5, _ test: @Sendable @escaping (App, String) async throws -> Void
    ) async throws {
        let box = BoundingBox(x: 22, y: 18, width: 20, height: 16)
        let detections = [Detection(confidence: confidence, box: box), Detection(confidence: 0.1, box: box)]
        let farm = try await FarmFixture(detections: [detections], clock: clock) { configuration in
            configuration.drawBoxes = { jpeg, detections in
                #expect(detections.map(\.confidence) == [confidence])
                return JPEG.encode(try JPEG.decode(jpeg).pixels.drawing(detections))
            }
        }
        try await farm.run(.router) { app in
            let id = try await app.addPrinter()
            #expect(try await app.get("/api/v1/printers/\(id)/snapshot.jpg").status == 404)
            _ = try await app.start(id)
            #expect(try await app.predict(id, Self.jpeg()).status == 200)
            let pic = try await app.get("/api/v1/printers/\(id)/").object["pic"] as? [String: Any]
            let url = try #require(pic?["img_url"] as? String)
            #expect(url.hasPrefix("http://127.0.0.1:3334/pictures/"))
            try await test(app, String(url.dropFirst("http://127.0.0.1:3334".count)))
        }
    }

    private static func jpeg() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: TestFiles.inTests("ImagingTests/Golden/baseline-444.jpg")))
    }

    @Test("the snapshot is the frame as it was sent; tagged it has the boxes of 0.2 and more on it")
    func tagged() async throws {
        try await farm(TestClock()) { app, _ in
            let sent = try Self.jpeg()
            let raw = try await app.get("/api/v1/printers/1/snapshot.jpg")
            #expect(raw.bytes == sent && raw.header("Content-Type") == "image/jpeg")
            #expect(try await app.get("/api/v1/printers/1/snapshot.jpg?tagged=0").bytes == sent)
            let tagged = try await app.get("/api/v1/printers/1/snapshot.jpg?tagged=1")
            #expect(tagged.header("Content-Type") == "image/jpeg")
            let (before, after) = (try JPEG.decode(sent).pixels, try JPEG.decode(tagged.bytes).pixels)
            #expect(after.width == before.width && after.height == before.height)
            // The middle of the box's left edge, where the line is light.
            let edge = (18 * before.width + 12) * 3
            #expect(before.bytes[edge..<edge + 3] != after.bytes[edge..<edge + 3])
            #expect(after.bytes[edge] > 128 && after.bytes[edge + 2] < 128)
            // Kept: the same bytes again.
            #expect(try await app.get("/api/v1/printers/1/snapshot.jpg?tagged=true").bytes == tagged.bytes)
            #expect(try await App(client: app.client).get("/api/v1/printers/1/snapshot.jpg").status == 401)
        }
    }

    @Test("a frame may be kept by whoever asked for it; the snapshot, which the next frame changes, may not")
    func caching() async throws {
        try await farm(TestClock()) { app, path in
            for query in ["", "?tagged=1"] {
                let snapshot = try await app.get("/api/v1/printers/1/snapshot.jpg" + query)
                #expect(snapshot.header("Cache-Control") == "no-store")
            }
            for picture in ["/api/v1/prints/1/frames/1.jpg", path] {
                #expect(try await app.get(picture).header("Cache-Control") == "private, max-age=3600")
            }
        }
    }

    @Test("with nothing to draw the tagged snapshot is the frame itself")
    func nothingToDraw() async throws {
        try await farm(TestClock(), confidence: 0.19) { app, _ in
            let sent = try Self.jpeg()
            #expect(try await app.get("/api/v1/printers/1/snapshot.jpg?tagged=1").bytes == sent)
        }
    }

    @Test("a signed address opens its picture for a day without a token, and then no more")
    func expiry() async throws {
        let clock = TestClock("2026-11-23T12:59:59Z")
        try await farm(clock) { app, path in
            let nobody = App(client: app.client)
            let sent = try Self.jpeg()
            #expect(try await nobody.get(path).bytes == sent)
            clock.advance(.seconds(24 * 3600))
            #expect(try await nobody.get(path).status == 200)
            clock.advance(.seconds(3600 + 1))
            let late = try await nobody.get(path)
            #expect(late.status == 403)
            #expect(late.text == #"{"detail":"You do not have permission to perform this action."}"#)
            // By then the printer gives a new one.
            let pic = try await app.get("/api/v1/printers/1/").object["pic"] as? [String: Any]
            let url = try #require(pic?["img_url"] as? String)
            #expect(try await nobody.get(String(url.dropFirst("http://127.0.0.1:3334".count))).status == 200)
        }
    }

    @Test("whatever is changed in a signed address closes it")
    func tampering() async throws {
        try await farm(TestClock()) { app, path in
            let nobody = App(client: app.client)
            let parts = try #require(path.wholeMatch(of: /(.*expires=)([0-9]+)(&signature=)([A-Za-z0-9_-]{43})/))
            let (head, expires, signature) = (String(parts.1), try #require(Int(parts.2)), String(parts.4))
            let flipped = (signature.first == "A" ? "B" : "A") + signature.dropFirst()
            for changed in [
                "\(head)\(expires + 1)&signature=\(signature)", "\(head)\(expires)&signature=\(flipped)",
                "\(head)\(expires)&signature=\(signature.dropLast())", "\(head)\(expires)&signature=",
                "\(head)\(expires)",
                "\(head)9999999999999999999&signature=\(signature)", "\(head)x&signature=\(signature)",
                path.replacingOccurrences(of: "/pictures/1/1/1.jpg", with: "/pictures/2/1/1.jpg"),
                path.replacingOccurrences(of: "/pictures/1/1/1.jpg", with: "/pictures/1/2/1.jpg"),
                path.replacingOccurrences(of: "/pictures/1/1/1.jpg", with: "/pictures/1/1/2.jpg"),
            ] {
                #expect(try await nobody.get(changed).status == 403, "\(changed)")
            }
            #expect(try await nobody.get(path.replacingOccurrences(of: "1.jpg", with: "x.jpg")).status == 404)
            #expect(try await nobody.send(.delete, path).status == 405)
        }
    }
}
