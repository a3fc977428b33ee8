/// What of a camera's picture is judged: the bed, cut out at full resolution, without the areas to ignore.
public struct CameraRegion: Hashable, Sendable {
    /// Nil: the whole picture.
    public let bed: PictureArea?
    /// Each once, from the top left on.
    public let ignored: [PictureArea]

    /// All of the picture.
    public static let whole = CameraRegion()
    /// How many areas one camera may ignore.
    public static let ignoredLimit = 16
    /// The shortest side of a bed, in thousandths of the picture.
    public static let leastBed = 50

    private init() {
        bed = nil
        ignored = []
    }

    public init(bed: PictureArea?, ignored: [PictureArea] = []) throws(RegionError) {
        if let bed, min(bed.width, bed.height) < Self.leastBed { throw .bedTooSmall }
        let sorted = Set(ignored).sorted { ($0.y, $0.x, $0.height, $0.width) < ($1.y, $1.x, $1.height, $1.width) }
        guard sorted.count <= Self.ignoredLimit else { throw .tooManyIgnored(sorted.count) }
        self.bed = bed == .whole ? nil : bed
        self.ignored = sorted
    }

    /// Nothing is left out: no bed is drawn, and no area ignored.
    public var isWhole: Bool { self == .whole }

    /// Nothing of the bed lies outside the areas to ignore: whatever is found does not count.
    public var isBlind: Bool {
        let bed = bed ?? .whole
        // Between the edges of all areas each piece is ignored as a whole, or not at all.
        func middles(_ first: Int, _ end: Int, _ edges: [Int]) -> [Double] {
            let cuts = Set(edges.filter { $0 > first && $0 < end } + [first, end]).sorted()
            return zip(cuts, cuts.dropFirst()).map { Double($0 + $1) / 2 / Double(PictureArea.side) }
        }
        let columns = middles(bed.x, bed.endX, ignored.flatMap { [$0.x, $0.endX] })
        let rows = middles(bed.y, bed.endY, ignored.flatMap { [$0.y, $0.endY] })
        return rows.allSatisfy { y in columns.allSatisfy { x in ignored.contains { $0.contains(x: x, y: y) } } }
    }

    /// A detection there counts: its centre lies on the bed, and in no area that is ignored.
    /// - Parameters: pixels of the upright picture.
    private func counts(_ box: BoundingBox, width: Int, height: Int) -> Bool {
        let (x, y) = (box.x / Double(width), box.y / Double(height))
        return (bed ?? .whole).contains(x: x, y: y) && !ignored.contains { $0.contains(x: x, y: y) }
    }

    /// What was found in the cut-out bed, in pixels of the whole picture, without what does not count.
    /// - Parameters:
    ///   - detections: in pixels of the bed as `bed.pixels` cuts it out.
    ///   - width: pixels of the whole upright picture, and so is `height`.
    public func placed(_ detections: [Detection], width: Int, height: Int) -> [Detection] {
        guard !isWhole else { return detections }
        let cut = (bed ?? .whole).pixels(width: width, height: height)
        return detections.compactMap { detection in
            var detection = detection
            detection.box.x += Double(cut.columns.lowerBound)
            detection.box.y += Double(cut.rows.lowerBound)
            return counts(detection.box, width: width, height: height) ? detection : nil
        }
    }
}

// MARK: As text

/// Names the region in the database, and the history of scores that belongs to it: `bed=100,200,600,550 ignore=0,0,90,40`, in
/// thousandths; empty for the whole picture.
extension CameraRegion: LosslessStringConvertible {
    public var description: String {
        ((bed.map { ["bed=\($0.list)"] } ?? []) + ignored.map { "ignore=\($0.list)" }).joined(separator: " ")
    }

    public init?(_ description: String) {
        var bed: PictureArea?
        var ignored: [PictureArea] = []
        for part in description.split(separator: " ") {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, let area = PictureArea(list: sides[1]) else { return nil }
            switch sides[0] {
            case "bed" where bed == nil: bed = area
            case "ignore": ignored.append(area)
            default: return nil
            }
        }
        guard let region = try? CameraRegion(bed: bed, ignored: ignored) else { return nil }
        self = region
    }
}

extension CameraRegion: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let region = CameraRegion(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no region of a camera")
        }
        self = region
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension PictureArea {
    fileprivate var list: String { "\(x),\(y),\(width),\(height)" }

    fileprivate init?(list: Substring) {
        let numbers = list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2],
            let height = numbers[3], let area = try? PictureArea(x: x, y: y, width: width, height: height)
        else { return nil }
        self = area
    }
}

// MARK: In words

extension CameraRegion {
    /// `the bed 10, 20, 60, 55 % and 2 areas to ignore`, for a sentence.
    public var words: String {
        let bed = self.bed.map { "the bed at \($0.words)" }
        guard !ignored.isEmpty else { return bed ?? "the whole picture" }
        return "\(bed ?? "the whole picture") without \(ignored.count) \(ignored.count == 1 ? "area" : "areas")"
    }
}

extension PictureArea {
    /// `10,20,60,55.5 %`: left, top, width and height in per cent.
    public var words: String { "\(perCent) %" }

    /// As the command line takes it.
    public var perCent: String {
        [x, y, width, height].map { $0 % 10 == 0 ? "\($0 / 10)" : "\($0 / 10).\($0 % 10)" }.joined(separator: ",")
    }
}
