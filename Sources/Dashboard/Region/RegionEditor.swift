internal import Farm

/// A region while it is drawn: the bed and the areas to ignore, and which of them the keys are on. Unit: thousandths of the
/// picture, as in `PictureArea`.
struct RegionEditor: Equatable, Sendable {
    private(set) var bed: PictureArea
    private(set) var ignored: [PictureArea]
    /// 0 is the bed, 1 the first area to ignore.
    private(set) var selected = 0

    private static let leastIgnored = 10

    init(_ region: CameraRegion) {
        bed = region.bed ?? .whole
        ignored = region.ignored
    }

    /// What the rectangles mean.
    var region: CameraRegion {
        // A bed that cannot be is never drawn, and neither is an area too many.
        (try? CameraRegion(bed: bed, ignored: ignored)) ?? .whole
    }

    var area: PictureArea { selected == 0 ? bed : ignored[selected - 1] }
    private var least: Int { selected == 0 ? CameraRegion.leastBed : Self.leastIgnored }

    private mutating func put(_ area: PictureArea) {
        if selected == 0 { bed = area } else { ignored[selected - 1] = area }
    }

    mutating func move(x: Int, y: Int) {
        put(
            PictureArea(
                clampingX: area.x + x, y: area.y + y, width: area.width, height: area.height, atLeast: least))
    }

    /// Moves the right and the lower edge.
    mutating func size(width: Int, height: Int) {
        put(
            PictureArea(
                clampingX: area.x, y: area.y, width: min(area.width + width, PictureArea.side - area.x),
                height: min(area.height + height, PictureArea.side - area.y), atLeast: least))
    }

    /// From one corner to the other, however they lie.
    mutating func draw(from a: (x: Int, y: Int), to b: (x: Int, y: Int)) {
        func inside(_ number: Int) -> Int { min(max(number, 0), PictureArea.side) }
        let (left, right) = (inside(min(a.x, b.x)), inside(max(a.x, b.x)))
        let (top, bottom) = (inside(min(a.y, b.y)), inside(max(a.y, b.y)))
        put(PictureArea(clampingX: left, y: top, width: right - left, height: bottom - top, atLeast: least))
    }

    mutating func next(_ step: Int) {
        let count = ignored.count + 1
        selected = (selected + step + count) % count
    }

    /// - Returns: false where there are as many as there may be.
    mutating func addIgnored() -> Bool {
        guard ignored.count < CameraRegion.ignoredLimit else { return false }
        let (width, height) = (bed.width / 5, bed.height / 5)
        ignored.append(
            PictureArea(
                clampingX: bed.x + 2 * width, y: bed.y + 2 * height, width: width, height: height,
                atLeast: Self.leastIgnored))
        selected = ignored.count
        return true
    }

    /// Removes the marked area; of the bed the whole picture is left.
    mutating func remove() {
        guard selected > 0 else { return bed = .whole }
        ignored.remove(at: selected - 1)
        selected -= 1
    }

    mutating func accept(_ bed: PictureArea) {
        self.bed = bed
        selected = 0
    }
}
