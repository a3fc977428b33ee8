import Farm
import Printers
import Testing
import Text

@Suite("Cameras that a server names", .timeLimit(.minutes(20)))
struct CameraAddressTests {
    private func address(_ text: String) throws -> WebAddress { try WebAddress.parse(text).address }

    private func shown(_ sources: [CameraSource]) -> [String] {
        sources.map {
            switch $0 {
            case .snapshot(let address): "snapshot \(address)"
            case .mjpeg(let address): "mjpeg \(address)"
            default: "other"
            }
        }
    }

    @Test("OctoPrint's snapshot on its own loopback is read from OctoPrint's host, port kept; its stream from port 80")
    func octoPrint() throws {
        let settings = try Recording.body("89", of: "octoprint_rest.jsonl")
        let found = OctoPrintCameras.offered(in: settings, server: try address("http://octopi.local:5000"))
        #expect(found.map(\.name) == ["Classic Webcam"])
        #expect(
            shown(found[0].candidates) == [
                "snapshot http://octopi.local:9177/snap.jpg",
                "snapshot http://octopi.local/webcam/?action=snapshot",
                "snapshot http://octopi.local:5000/webcam/?action=snapshot",
                "mjpeg http://octopi.local/webcam/?action=stream",
                "mjpeg http://octopi.local:5000/webcam/?action=stream",
            ])
        // OctoPrint turns counter-clockwise.
        #expect(found[0].orientation == CameraOrientation(flipHorizontal: true, rotation: .threeQuarters))
    }

    @Test("OctoPrint without a camera says why there is none; one before 1.9 has the old keys")
    func octoPrintOldAndNone() throws {
        let server = try address("http://10.0.0.5")
        let none = OctoPrintCameras.offered(in: try Recording.body("78", of: "octoprint_rest.jsonl"), server: server)
        #expect(none.map(\.reason) == ["it has no address of a snapshot or an MJPEG stream"])
        let old = OctoPrintCameras.offered(
            in: try json(
                #"{"webcam": {"snapshotUrl": "http://localhost:8080/?action=snapshot", "streamUrl": "", "flipV": true, "rotate90": false}}"#
            ),
            server: server)
        #expect(shown(old[0].candidates) == ["snapshot http://10.0.0.5:8080/?action=snapshot"])
        #expect(old[0].orientation == CameraOrientation(flipVertical: true))
    }

    @Test("Moonraker's relative addresses belong to port 80, then its own, then 8080; its rotation is clockwise")
    func moonraker() throws {
        let body = try Recording.body("9", of: "moonraker_rest.jsonl")
        let found = MoonrakerCameras.offered(in: body, server: try address("http://192.0.2.7:7125"))
        #expect(found.map(\.name) == ["front"])
        #expect(
            shown(found[0].candidates).prefix(3) == [
                "snapshot http://192.0.2.7/webcam/?action=snapshot",
                "snapshot http://192.0.2.7:7125/webcam/?action=snapshot",
                "snapshot http://192.0.2.7:8080/webcam/?action=snapshot",
            ])
        #expect(found[0].orientation == CameraOrientation(flipVertical: true, rotation: .quarter))
    }

    @Test("a WebRTC camera with a snapshot is read; a scheme of its own is never glued to the host")
    func otherServices() throws {
        let server = try address("http://192.0.2.7:7125")
        let found = MoonrakerCameras.offered(in: try Recording.body("235", of: "moonraker_rest.jsonl"), server: server)
        #expect(shown(found[1].candidates) == ["snapshot http://192.0.2.7:9/x.jpg"])
        let rtsp = MoonrakerCameras.offered(
            in: try json(
                #"{"webcams": [{"name": "a", "service": "mjpegstreamer", "snapshot_url": "", "stream_url": "rtsp://10.0.0.1/x"}, {"name": "b", "service": "webrtc-camerastreamer", "snapshot_url": "", "stream_url": "/webrtc"}, {"name": "c", "enabled": false}]}"#
            ),
            server: server)
        #expect(rtsp.map(\.candidates.isEmpty) == [true, true])
        #expect(
            rtsp.map(\.reason) == [
                "only rtsp://, which farmtop does not read", "only webrtc-camerastreamer, which farmtop does not read",
            ])
    }

    @Test("an old Moonraker that lists none is tried where most have one")
    func oldMoonraker() throws {
        let found = MoonrakerCameras.offered(in: .null, server: try address("http://192.0.2.7"))
        #expect(
            shown(found[0].candidates) == [
                "snapshot http://192.0.2.7/webcam/?action=snapshot",
                "snapshot http://192.0.2.7:8080/webcam/?action=snapshot",
            ])
    }

    @Test("credentials in an address are taken out of it")
    func credentials() throws {
        let found = MoonrakerCameras.offered(
            in: try json(#"{"webcams": [{"name": "a", "snapshot_url": "http://cam:p%40ss@10.0.0.9/snap"}]}"#),
            server: try address("http://192.0.2.7:7125"))
        #expect(shown(found[0].candidates) == ["snapshot http://10.0.0.9/snap"])
        #expect(found[0].credentials == .password(user: "cam", Secret("p@ss")))
        #expect(!"\(found)".contains("p@ss"))
    }

    @Test(
        "addresses that are none offer no camera and stop nothing",
        arguments: [
            "http://", "http://a b/", "http://[::1", "javascript:alert(1)", "\u{1B}[2J", "file:///etc/passwd",
            "http://h:99999/",
        ])
    func hostile(text: String) throws {
        let cameras = OctoPrintCameras.offered(
            in: .object(["webcam": .object(["snapshotUrl": .string(text)])]), server: try address("http://192.0.2.7"))
        for camera in cameras { for source in camera.candidates { #expect("\(source)".contains("192.0.2.7")) } }
    }
}
