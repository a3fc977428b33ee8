import Farm
import Foundation
import GRDB

extension RememberedVerdict: StoredRow {
    static let table = "verdicts"
    static let columns = [
        "id", "printer_id", "print_id", "region", "width", "height", "box_x", "box_y", "box_width", "box_height",
        "confidence", "look", "given_at", "pictures", "last_at",
    ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        let box = seen.detection.box
        return [
            id.rawValue, printerID.rawValue, printID.rawValue, seen.region.description, seen.width, seen.height, box.x,
            box.y, box.width, box.height, seen.detection.confidence,
            Data(seen.look.values.map { UInt8(bitPattern: $0) }), givenAt.microseconds, pictures, lastAt?.microseconds,
        ]
    }

    init(_ row: StoredColumns) throws {
        let box = BoundingBox(
            x: try row.real("box_x"), y: try row.real("box_y"), width: try row.real("box_width"),
            height: try row.real("box_height"))
        let seen = SeenBox(
            region: try row.decoded("region") { CameraRegion($0) },
            width: Int(truncatingIfNeeded: try row.integer("width")),
            height: Int(truncatingIfNeeded: try row.integer("height")),
            detection: Detection(confidence: try row.real("confidence"), box: box),
            look: try row.unpacked("look") { BoxLook(values: $0.map { Int8(bitPattern: $0) }) })
        self.init(
            id: try row.id("id"), printerID: try row.id("printer_id"), printID: try row.id("print_id"), seen: seen,
            givenAt: try row.time("given_at"))
        pictures = try row.integer("pictures")
        lastAt = try row.optionalTime("last_at")
    }
}
