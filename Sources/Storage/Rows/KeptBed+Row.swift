import Farm
import Foundation
import GRDB

extension KeptBed: StoredRow {
    static let table = "kept_beds"
    static let columns = ["id", "printer_id", "width", "height", "luma", "kept_at", "is_learnt"]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [
            id.rawValue, printerID.rawValue, picture.width, picture.height, Data(picture.luma), keptAt.microseconds,
            isLearnt,
        ]
    }

    init(_ row: StoredColumns) throws {
        let (width, height) = (try row.integer("width"), try row.integer("height"))
        self.init(
            id: try row.id("id"), printerID: try row.id("printer_id"),
            picture: try row.unpacked("luma") {
                BedPicture(width: Int(truncatingIfNeeded: width), height: Int(truncatingIfNeeded: height), luma: $0)
            },
            keptAt: try row.time("kept_at"), isLearnt: try row.flag("is_learnt"))
    }
}
