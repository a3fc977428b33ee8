/// An upright picture: 8-bit RGB, row by row, no padding. `bytes.count == width * height * 3`.
public struct Pixels: Equatable, Sendable {
    /// Columns; 1 or more.
    public let width: Int
    /// Rows; 1 or more.
    public let height: Int
    /// Red, green and blue of a pixel, one pixel after the other.
    public let bytes: [UInt8]  // (height, width, 3)

    public init(width: Int, height: Int, bytes: [UInt8]) {
        precondition(width > 0 && height > 0 && bytes.count == width * height * 3)
        self.width = width
        self.height = height
        self.bytes = bytes
    }
}
