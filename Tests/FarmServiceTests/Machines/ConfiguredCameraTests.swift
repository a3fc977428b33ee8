import Farm
import Logging
import Synchronization
import Testing

@testable import FarmService

@Suite("Cameras of the configuration file in the farm", .timeLimit(.minutes(20)))
struct ConfiguredCameraTests {
    private func camera(_ printer: String, primary: Bool = true) throws -> ConfiguredCamera {
        ConfiguredCamera(
            printer: printer,
            settings: try #require(CameraSettings(name: "usb", source: .file("/run/x.jpg"), isPrimary: primary)))
    }

    private func place(_ cameras: [ConfiguredCamera], in farm: TestFarm) async throws -> [LiveCamera] {
        try await farm.service.perform(PlaceConfiguredCameras(cameras: cameras))
        return try #require(farm.service.state.printers[farm.printer]).ownCameras
    }

    @Test("they belong to the printer of their name or number, as long as the file names them, and are not stored")
    func placed() async throws {
        let farm = try await TestFarm()
        let name = try #require(farm.service.state.printers[farm.printer]).printer.settings.name
        let cameras = [try camera(name), try camera("\(farm.printer)"), try camera("nobody")]
        #expect(PlaceConfiguredCameras.isNeeded(cameras, in: farm.service.state))
        #expect(PlaceConfiguredCameras.homeless(cameras, in: farm.service.state).map(\.printer) == ["nobody"])
        let placed = try await place(cameras, in: farm)
        #expect(placed.map(\.camera.id) == [-1, -2])
        #expect(placed.map(\.camera.settings.isPrimary) == [true, false])
        #expect(!PlaceConfiguredCameras.isNeeded(cameras, in: farm.service.state))
        #expect(try await place([], in: farm).isEmpty)
    }

    @Test("no call makes, changes or removes one: a program runs only because the file says so")
    func refused() async throws {
        let farm = try await TestFarm()
        let placed = try await place([try camera("\(farm.printer)")], in: farm)
        let id = try #require(placed.first).camera.id
        let address = CameraSource.snapshot(WebAddress(scheme: .http, host: "192.0.2.8"))
        for source in [address, .command(["true"]), .file("/x")] {
            let settings = try #require(CameraSettings(name: "x", source: source))
            await #expect(throws: FarmError.self) {
                try await farm.service.perform(.machine(.putCamera(farm.printer, id: id, settings, .none)))
            }
        }
        for source in [CameraSource.command(["true"]), .file("/x")] {
            let settings = try #require(CameraSettings(name: "x", source: source))
            await #expect(throws: FarmError.self) {
                try await farm.service.perform(.machine(.putCamera(farm.printer, id: nil, settings, .none)))
            }
        }
        await #expect(throws: FarmError.self) {
            try await farm.service.perform(.machine(.removeCamera(farm.printer, id)))
        }
        #expect(farm.service.state.printers[farm.printer]?.ownCameras == placed)
    }

    @Test("one judges before a stored camera, which keeps its settings")
    func judges() async throws {
        let farm = try await TestFarm()
        _ = try await place([try camera("\(farm.printer)")], in: farm)
        let stored = MachineCamera(
            id: try await farm.service.perform(ReserveCameraID()), printerID: farm.printer,
            settings: try #require(
                CameraSettings(name: "web", source: .snapshot(WebAddress(scheme: .http, host: "192.0.2.8")))),
            credentials: .none, createdAt: farm.clock.now)
        let live = try await farm.service.perform(PutCamera(caller: .administrator, camera: stored))
        #expect(live.judgingCamera?.camera.id == -1)
        #expect(live.ownCameras.map(\.camera.settings.isPrimary) == [true, true])
        #expect(try await place([], in: farm).map(\.camera) == [stored])
    }
}
