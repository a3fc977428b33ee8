/// A rectangle of an upright picture, from its top left. Unit: thousandths of the picture's width and height, so that it
/// holds at any resolution and two that were drawn alike are equal. Never empty, and never beyond the picture.
public struct PictureArea: Hashable, Sendable {
    /// Left edge, 0..<1000.
    public let x: Int
    /// Upper edge, 0..<1000.
    public let y: Int
    /// 1 or more; `x + width` is at most 1000.
    public let width: Int
    /// 1 or more; `y + height` is at most 1000.
    public let height: Int

    /// The picture's side.
    public static let side = 1000
    /// Nothing is cut off.
    public static let whole = PictureArea(uncheckedX: 0, y: 0, width: side, height: side)

    private init(uncheckedX x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Unit: thousandths of the picture.
    public init(x: Int, y: Int, width: Int, height: Int) throws(RegionError) {
        let isInside = [x, y, width, height].allSatisfy { (0...Self.side).contains($0) }
        guard isInside, x + width <= Self.side, y + height <= Self.side else { throw .beyondPicture }
        guard width > 0, height > 0 else { throw .empty }
        self.init(uncheckedX: x, y: y, width: width, height: height)
    }

    /// Unit: 1 is the whole picture; rounded to thousandths.
    public init(fractionsX x: Double, y: Double, width: Double, height: Double) throws(RegionError) {
        let numbers = [x, y, width, height]
        guard numbers.allSatisfy({ $0.isFinite && (0...1).contains($0) }) else { throw .beyondPicture }
        let side = Double(Self.side)
        let left = Int((x * side).rounded())
        let top = Int((y * side).rounded())
        let right = Int(((x + width) * side).rounded())
        let bottom = Int(((y + height) * side).rounded())
        try self.init(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// The nearest rectangle inside the picture, at least `least` wide and high: what a hand that draws means.
    public init(clampingX x: Int, y: Int, width: Int, height: Int, atLeast least: Int = 1) {
        let width = min(max(width, least), Self.side)
        let height = min(max(height, least), Self.side)
        self.init(
            uncheckedX: min(max(x, 0), Self.side - width), y: min(max(y, 0), Self.side - height), width: width,
            height: height)
    }

    /// The first thousandth to the right of it.
    public var endX: Int { x + width }
    /// The first thousandth below it.
    public var endY: Int { y + height }

    /// - Parameters: fractions of the picture, 0...1.
    func contains(x: Double, y: Double) -> Bool {
        let (x, y) = (x * Double(Self.side), y * Double(Self.side))
        return x >= Double(self.x) && x <= Double(endX) && y >= Double(self.y) && y <= Double(endY)
    }

    /// The pixels under it in a picture of this size; at least one each way.
    public func pixels(width: Int, height: Int) -> (columns: Range<Int>, rows: Range<Int>) {
        func span(_ start: Int, _ end: Int, of length: Int) -> Range<Int> {
            let first = min(start * length / Self.side, length - 1)
            return first..<max(first + 1, min(length, (end * length + Self.side - 1) / Self.side))
        }
        return (span(x, endX, of: width), span(y, endY, of: height))
    }
}

/// Why no region of a camera is made of what was given.
public enum RegionError: Error, Equatable, Sendable, CustomStringConvertible {
    case beyondPicture
    case empty
    case bedTooSmall
    case tooManyIgnored(Int)

    public var description: String {
        switch self {
        case .beyondPicture:
            "A rectangle lies inside the picture: x and y from 0 on, x and width, and y and height, together no more than "
                + "the whole picture."
        case .empty: "A rectangle has a width and a height over 0."
        case .bedTooSmall: "The bed is at least a twentieth of the picture wide and high."
        case .tooManyIgnored(let count): "At most \(CameraRegion.ignoredLimit) areas are ignored, not \(count)."
        }
    }
}
