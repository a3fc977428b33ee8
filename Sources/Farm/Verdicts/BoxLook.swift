/// What a box of a picture looks like, small: how bright each of 16 × 16 areas is beside the others. How light it is as a whole and how
/// rich in contrast is not in it.
public struct BoxLook: Equatable, Sendable, Codable {
    /// Areas in a row and in a column.
    public static let side = 16
    /// Deviations under which there is so little to see that anything plain would look like it; of 255.
    private static let leastDeviation = 4.0
    /// A standard deviation from the mean.
    private static let unit = 32.0

    /// (row, column): deviations from the mean, in 32nds of a standard deviation.
    public let values: [Int8]

    /// Nil for bytes of another number, as in a damaged row.
    public init?(values: [Int8]) {
        guard values.count == Self.side * Self.side else { return nil }
        self.values = values
    }

    /// Nil where there is too little to see.
    /// - Parameter luma: (row, column), 16 × 16, 0...255.
    public init?(luma: [Double]) {
        guard luma.count == Self.side * Self.side else { return nil }
        let mean = luma.reduce(0, +) / Double(luma.count)
        let variance = luma.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(luma.count)
        let deviation = variance.squareRoot()
        guard deviation >= Self.leastDeviation else { return nil }
        values = luma.map { Int8(clamping: Int((($0 - mean) / deviation * Self.unit).rounded())) }
    }

    /// The correlation of the two, -1...1: 1 for the same, about 0 for what has nothing in common.
    public func likeness(to other: BoxLook) -> Double {
        var (both, own, others) = (0.0, 0.0, 0.0)
        for (a, b) in zip(values, other.values) {
            both += Double(a) * Double(b)
            own += Double(a) * Double(a)
            others += Double(b) * Double(b)
        }
        return own > 0 && others > 0 ? both / (own * others).squareRoot() : 0
    }
}
