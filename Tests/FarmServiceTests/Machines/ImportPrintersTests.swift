import Farm
import Logging
import Testing

@testable import FarmService

@Suite("A list of printers, imported as a whole", .timeLimit(.minutes(20)))
struct ImportPrintersTests {
    private func farm() async throws -> TestFarm {
        let farm = try await TestFarm()
        let sealer = MachineActionTests.PlaceSealer()
        let supervisor = MachineSupervisor(
            service: farm.service, sealer: sealer, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _, _ in MachineActionTests.FileLink() }
        farm.service.attach(supervisor, sealer: sealer)
        return farm
    }

    private func listed(_ name: String, _ host: String, known: PrinterID? = nil) -> ImportedPrinter {
        ImportedPrinter(
            printer: known, account: Account.firstName, name: name,
            link: LinkSettings(
                address: LinkAddress(kind: .moonraker, base: WebAddress(scheme: .http, host: host))),
            credentials: .apiKey("hush"),
            camera: CameraSettings(
                name: "camera", source: .snapshot(WebAddress(scheme: .http, host: host, path: "/s"))),
            tags: ["hall"])
    }

    @Test("new printers are made and known ones connected, each key sealed for its printer and address")
    func all() async throws {
        let farm = try await farm()
        let before = Set(farm.service.state.printers.keys)
        _ = try await farm.service.perform(
            .machine(.importPrinters([listed("a", "192.0.2.1"), listed("x", "192.0.2.2", known: farm.printer)])))
        let made = try #require(farm.service.state.printers.keys.first { !before.contains($0) })
        for (id, host) in [(made, "192.0.2.1"), (farm.printer, "192.0.2.2")] {
            let live = try #require(farm.service.state.printers[id])
            #expect(live.machine?.link.settings.address.base.host == host)
            #expect(live.ownCameras.count == 1)
            #expect(live.printer.settings.tags == ["hall"])
            #expect(
                farm.store.rows.links[id]?.credentials
                    == .sealed(SealedSecret(Array("\(id) moonraker http://\(host)".utf8))))
        }
    }

    @Test("the camera of a list is put beside one of the configuration file")
    func besideConfigured() async throws {
        let farm = try await farm()
        let settings = try #require(CameraSettings(name: "usb", source: .file("/run/x.jpg")))
        try await farm.service.perform(
            PlaceConfiguredCameras(cameras: [ConfiguredCamera(printer: "\(farm.printer)", settings: settings)]))
        _ = try await farm.service.perform(
            .machine(.importPrinters([listed("x", "192.0.2.2", known: farm.printer)])))
        let live = try farm.live
        #expect(live.machine != nil && live.ownCameras.count == 2)
        #expect(farm.store.rows.machineCameras.count == 1)
    }

    @Test("one that is refused takes all others with it")
    func none() async throws {
        let farm = try await farm()
        let before = farm.service.state
        for wrong in [listed("", "192.0.2.9"), listed("b", "192.0.2.9", known: 999)] {
            await #expect(throws: FarmError.self) {
                try await farm.service.perform(.machine(.importPrinters([listed("a", "192.0.2.1"), wrong])))
            }
        }
        #expect(farm.service.state.printers == before.printers)
        #expect(farm.store.rows.links.isEmpty)
    }
}
