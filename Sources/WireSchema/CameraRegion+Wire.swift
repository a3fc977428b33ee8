import Farm
import Text

/// `{"bed": {"x": …, "y": …, "width": …, "height": …}, "ignored": [{…}]}` in fractions of the picture, from its top left; null
/// for the whole picture.
extension JSONWriter {
    mutating func region(_ region: CameraRegion) {
        guard !region.isWhole else { return null() }
        object { json in
            json.member("bed") { json in
                if let bed = region.bed { json.area(bed) } else { json.null() }
            }
            json.member("ignored") { json in
                json.array { json in
                    for area in region.ignored { json.area(area) }
                }
            }
        }
    }

    private mutating func area(_ area: PictureArea) {
        let side = Double(PictureArea.side)
        object { json in
            json.member("x", Double(area.x) / side)
            json.member("y", Double(area.y) / side)
            json.member("width", Double(area.width) / side)
            json.member("height", Double(area.height) / side)
        }
    }
}

extension CameraRegion {
    /// Nil for what is no region in this version.
    init?(told source: any WireSource) throws {
        let bed = try source.object("bed").map(PictureArea.init(told:))
        let ignored = try (source.list("ignored") ?? []).map(PictureArea.init(told:))
        guard let region = try? CameraRegion(bed: bed, ignored: ignored) else { return nil }
        self = region
    }
}

extension PictureArea {
    fileprivate init(told source: any WireSource) throws {
        func number(_ name: StaticString) throws -> Double { try source.required(name, source.number(name)) }
        try self.init(
            fractionsX: number("x"), y: number("y"), width: number("width"), height: number("height"))
    }
}
