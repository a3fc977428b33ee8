import Farm
import Foundation
import GRDB

/// A camera's history as its table holds it. The key is the camera's.
struct CameraHistoryRow: StoredRow {
    static let table = "camera_histories"
    static let keyLength = CameraKey.columns.count
    static let columns = CameraKey.columns + ["history"]
    static let upsert = upsertStatement()

    var key: CameraKey
    var history: CameraHistory

    init(_ key: CameraKey, _ history: CameraHistory) {
        self.key = key
        self.history = history
    }

    var values: [(any DatabaseValueConvertible)?] { key.values + [Data(history.packed)] }

    init(_ row: StoredColumns) throws {
        key = try row.cameraKey()
        history = try row.unpacked("history", CameraHistory.init(packed:))
    }
}

/// The evidence of a printer's open print. The key is the printer's.
struct FailureEvidenceRow: StoredRow {
    static let table = "failure_evidence"
    static let columns = CameraKey.columns + ["print_id", "is_failing", "evidence", "without_memory"]
    static let upsert = upsertStatement()

    var stored: StoredEvidence

    init(_ stored: StoredEvidence) { self.stored = stored }

    var values: [(any DatabaseValueConvertible)?] {
        let withoutMemory = stored.withoutMemory.map { Data($0.packed) }
        return stored.camera.values + [
            stored.printID.rawValue, stored.isFailing, Data(stored.evidence.packed), withoutMemory,
        ]
    }

    init(_ row: StoredColumns) throws {
        stored = StoredEvidence(
            printID: try row.id("print_id"), camera: try row.cameraKey(),
            evidence: try row.unpacked("evidence", FailureEvidence.init(packed:)),
            isFailing: try row.flag("is_failing"),
            withoutMemory: try row.optionalBytes("without_memory").flatMap { FailureEvidence(packed: $0) })
    }
}

extension CameraKey {
    static let columns = ["printer_id", "source", "model_digest", "region", "width", "height"]

    var values: [(any DatabaseValueConvertible)?] {
        [printerID.rawValue, source, modelDigest, region, Int64(width), Int64(height)]
    }
}
