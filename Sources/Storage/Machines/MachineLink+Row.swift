import Farm
import Foundation
import GRDB

extension MachineLink: StoredRow {
    static let table = "machine_links"
    static let columns = [
        "printer_id", "kind", "address", "fingerprint", "light_name", "has_credentials", "credentials", "is_confirmed",
        "created_at",
    ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [
            printerID.rawValue, settings.address.kind.rawValue, settings.address.base.description,
            settings.fingerprint.map { Data($0.bytes) }, settings.lightName, credentials.isNeeded,
            credentials.sealedData,
            isConfirmed, createdAt.microseconds,
        ]
    }

    init(_ row: StoredColumns) throws {
        var settings = LinkSettings(
            address: LinkAddress(kind: try row.word("kind"), base: try row.decoded("address", WebAddress.init(stored:)))
        )
        settings.fingerprint = try row.fingerprint("fingerprint")
        settings.lightName = try row.optionalText("light_name")
        self.init(
            printerID: try row.id("printer_id"), settings: settings, credentials: try StoredCredentials(row),
            isConfirmed: try row.flag("is_confirmed"), createdAt: try row.time("created_at"))
    }
}

extension MachineCamera: StoredRow {
    static let table = "cameras"
    static let columns = [
        "id", "printer_id", "name", "source", "address", "flip_horizontal", "flip_vertical", "rotation",
        "interval_seconds",
        "is_primary", "fingerprint", "has_credentials", "credentials", "is_confirmed", "created_at",
    ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        get throws {
            let (source, address) = try settings.source.stored
            return [
                id.rawValue, printerID.rawValue, settings.name, source, address, settings.orientation.flipHorizontal,
                settings.orientation.flipVertical, settings.orientation.rotation.rawValue, settings.intervalSeconds,
                settings.isPrimary, settings.fingerprint.map { Data($0.bytes) }, credentials.isNeeded,
                credentials.sealedData, isConfirmed, createdAt.microseconds,
            ]
        }
    }

    init(_ row: StoredColumns) throws {
        let source: CameraSource
        switch try row.text("source") {
        case "snapshot": source = .snapshot(try row.decoded("address", WebAddress.init(stored:)))
        case "mjpeg": source = .mjpeg(try row.decoded("address", WebAddress.init(stored:)))
        case "printer": source = .printer
        default: throw StorageError.unreadable(table: Self.table, column: "source")
        }
        guard let rotation = CameraOrientation.Rotation(rawValue: Int(truncatingIfNeeded: try row.integer("rotation")))
        else {
            throw StorageError.unreadable(table: Self.table, column: "rotation")
        }
        let orientation = CameraOrientation(
            flipHorizontal: try row.flag("flip_horizontal"), flipVertical: try row.flag("flip_vertical"),
            rotation: rotation)
        guard
            var settings = CameraSettings(
                name: try row.text("name"), source: source, orientation: orientation,
                intervalSeconds: Int(truncatingIfNeeded: try row.integer("interval_seconds")),
                isPrimary: try row.flag("is_primary"))
        else { throw StorageError.unreadable(table: Self.table, column: "interval_seconds") }
        settings.fingerprint = try row.fingerprint("fingerprint")
        self.init(
            id: try row.id("id"), printerID: try row.id("printer_id"), settings: settings,
            credentials: try StoredCredentials(row), isConfirmed: try row.flag("is_confirmed"),
            createdAt: try row.time("created_at"))
    }
}

extension StoredColumns {
    fileprivate func fingerprint(_ column: String) throws -> CertificateFingerprint? {
        guard try optionalBytes(column) != nil else { return nil }
        return try unpacked(column) { CertificateFingerprint($0) }
    }
}

extension WebAddress {
    /// Nil for what is no address, or one with credentials in it.
    fileprivate init?(stored text: String) {
        guard let parsed = try? WebAddress.parse(text), parsed.credentials == nil else { return nil }
        self = parsed.address
    }
}

extension CameraSource {
    /// - Throws: `contradiction` for a program or file of this computer, which the configuration file alone may name.
    fileprivate var stored: (source: String, address: String?) {
        get throws {
            switch self {
            case .snapshot(let address): return ("snapshot", address.description)
            case .mjpeg(let address): return ("mjpeg", address.description)
            case .printer: return ("printer", nil)
            case .command, .file:
                throw StorageError.contradiction(detail: "a camera that runs a program or reads a file is not stored")
            }
        }
    }
}

extension StoredCredentials {
    fileprivate init(_ row: StoredColumns) throws {
        if let bytes = try row.optionalBytes("credentials") {
            self = .sealed(SealedSecret(bytes))
        } else {
            self = try row.flag("has_credentials") ? .leftOut : .none
        }
    }

    fileprivate var isNeeded: Bool { self != .none }

    fileprivate var sealedData: Data? {
        if case .sealed(let secret) = self { Data(secret.bytes) } else { nil }
    }
}
