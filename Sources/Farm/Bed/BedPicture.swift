/// A picture as beds are compared by it: its luma, small.
public struct BedPicture: Equatable, Sendable {
    /// Columns of `luma`.
    public let width: Int
    /// Rows of `luma`.
    public let height: Int
    /// (height, width), 0...255.
    public let luma: [UInt8]

    /// Nil for sizes that no `BedPicture` has, as in a damaged row.
    public init?(width: Int, height: Int, luma: [UInt8]) {
        guard Self.sides.contains(width), Self.sides.contains(height), luma.count == width * height else { return nil }
        self.width = width
        self.height = height
        self.luma = luma
    }

    /// Pixels of the longer side. Enough for a nest of 5 % of the width, and little enough to search shifts in a few ms.
    public static let longestSide = 160
    private static let sides = 40...longestSide
}
