import Farm
import Foundation
import GRDB
import Testing

@testable import Storage

extension SQLiteStore {
    func machines() throws -> StoredMachines { try read(machines) }

    func write(_ rows: [MachineRow]) throws { try change { database in for row in rows { try row.write(database) } } }
}

/// Values in which every field differs from every other.
enum MachineSample {
    static let random: @Sendable (Int) -> [UInt8] = { count in (0..<count).map { UInt8($0 + 1) } }
    static let fingerprint = CertificateFingerprint((0..<32).map { UInt8(200 - $0) })

    static func link(_ printer: PrinterID = 5, credentials: StoredCredentials = .none) -> MachineLink {
        let base = WebAddress(scheme: .https, host: "octopi.local", port: 8443, path: "/octo")
        let settings = LinkSettings(
            address: LinkAddress(kind: .octoprint, base: base), fingerprint: fingerprint,
            lightName: "output_pin caselight")
        return MachineLink(
            printerID: printer, settings: settings, credentials: credentials, createdAt: noon + .seconds(7))
    }

    static func camera(
        _ id: CameraID = 9,
        _ source: CameraSource = .mjpeg(WebAddress(scheme: .http, host: "::1", path: "/v", query: "a=1")),
        credentials: StoredCredentials = .none
    ) throws -> MachineCamera {
        let orientation = CameraOrientation(flipVertical: true, rotation: .threeQuarters)
        let settings = try #require(
            CameraSettings(
                name: "front ✓", source: source, orientation: orientation, intervalSeconds: 300, isPrimary: false,
                fingerprint: fingerprint))
        return MachineCamera(
            id: id, printerID: 5, settings: settings, credentials: credentials, isConfirmed: false,
            createdAt: noon + .seconds(8))
    }

    /// A printer that is not deleted.
    static var printer: Printer {
        var printer = Sample.printer()
        printer.deletedAt = nil
        return printer
    }
}

@Suite("Links and cameras are stored", .timeLimit(.minutes(20)))
struct MachineStoreTests {
    private func store(_ folder: TemporaryFolder) throws -> SQLiteStore {
        let store = try folder.open()
        try store.write([.account(Sample.account), .printer(MachineSample.printer)] as [FarmRow])
        return store
    }

    @Test("every field comes back")
    func roundTrip() throws {
        let folder = TemporaryFolder()
        let store = try store(folder)
        let link = MachineSample.link(credentials: .sealed(SealedSecret([1, 2, 3])))
        let cameras = [
            try MachineSample.camera(9), try MachineSample.camera(10, .printer, credentials: .none),
            try MachineSample.camera(
                11, .snapshot(WebAddress(scheme: .https, host: "cam")), credentials: .sealed(SealedSecret([9]))),
        ]
        try store.write([.link(link)] + cameras.map(MachineRow.camera))
        let found = try store.machines()
        #expect(found.links == [link])
        #expect(found.cameras == cameras)
        #expect(found.lastCameraID == 11)
    }

    @Test("a link is replaced and removed by its printer, a camera by its id; the id is never used again")
    func changes() throws {
        let folder = TemporaryFolder()
        let store = try store(folder)
        try store.write([.link(MachineSample.link()), .camera(try MachineSample.camera())])
        var changed = MachineSample.link()
        changed.settings.address.kind = .moonraker
        changed.settings.fingerprint = nil
        changed.settings.lightName = nil
        try store.write([.link(changed)])
        #expect(try store.machines().links == [changed])
        try store.write([.removeLink(5), .removeCamera(9)])
        #expect(try store.machines().links == [])
        #expect(try store.machines().cameras == [])
        #expect(try store.machines().lastCameraID == 9)
    }

    @Test("what belongs to a deleted printer is not read")
    func deletedPrinter() throws {
        let folder = TemporaryFolder()
        let store = try store(folder)
        try store.write([.link(MachineSample.link()), .camera(try MachineSample.camera())])
        try store.write([.printer(Sample.printer())] as [FarmRow])
        #expect(try store.machines().links == [])
        #expect(try store.machines().cameras == [])
    }

    @Test(
        "a camera that runs a program or reads a file never gets in",
        arguments: [CameraSource.command(["ffmpeg"]), .file("/a")])
    func localCamera(source: CameraSource) throws {
        let folder = TemporaryFolder()
        let store = try store(folder)
        let camera = try MachineSample.camera(9, source)
        #expect(throws: StorageError.self) { try store.write([.camera(camera)]) }
        #expect(throws: (any Error).self) {
            try store.change { database in
                try database.execute(
                    sql: """
                        INSERT INTO cameras VALUES (1, 5, 'x', 'command', 'ffmpeg', 0, 0, 0, 10, 1, 0, NULL, 1, 0)
                        """)
            }
        }
    }

    @Test("a row that cannot be read is left out with a warning; the others run on")
    func unreadable() throws {
        let folder = TemporaryFolder()
        let warnings = Warnings()
        let store = try folder.open(warn: warnings.add)
        var second = MachineSample.printer
        second.id = 6
        second.authToken = "aaaaaaaaaaaaaaaaaaaa"
        try store.write([.account(Sample.account), .printer(MachineSample.printer), .printer(second)] as [FarmRow])
        try store.write([.link(MachineSample.link(5)), .link(MachineSample.link(6))])
        try store.change { try $0.execute(sql: "UPDATE machine_links SET address = 'ftp://x' WHERE printer_id = 5") }
        #expect(try store.machines().links.map(\.printerID) == [6])
        #expect(warnings.all.count == 1)
    }

    @Test("an address with a password in it is not one that farmtop stored")
    func addressWithPassword() throws {
        let folder = TemporaryFolder()
        let store = try store(folder)
        try store.write([.link(MachineSample.link())])
        try store.change { try $0.execute(sql: "UPDATE machine_links SET address = 'http://u:p@h/'") }
        #expect(try store.machines().links == [])
    }
}
