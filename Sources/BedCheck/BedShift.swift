/// How far the new picture lies beside the kept one, in pixels of a `BedPicture`, and how well they agree then.
struct BedShift: Equatable {
    var dx = 0
    var dy = 0
    /// -1...1
    var agreement: Float = -1

    /// Pixels: a camera that was knocked is 5 % of the width aside.
    static let most = 8

    /// Every second shift first, on every second pixel, then those around the best one.
    init(of picture: LocalContrast, to kept: LocalContrast) {
        for dy in stride(from: -Self.most, through: Self.most, by: 2) {
            for dx in stride(from: -Self.most, through: Self.most, by: 2) {
                consider(dx, dy, picture, kept, step: 2)
            }
        }
        let coarse = self
        agreement = -1
        for dy in coarse.dy - 1...coarse.dy + 1 {
            for dx in coarse.dx - 1...coarse.dx + 1 { consider(dx, dy, picture, kept, step: 1) }
        }
    }

    private mutating func consider(_ dx: Int, _ dy: Int, _ picture: LocalContrast, _ kept: LocalContrast, step: Int) {
        let (width, height) = (picture.width, picture.height)
        var (both, one, other): (Float, Float, Float) = (0, 0, 0)
        for row in stride(from: max(0, -dy), to: min(height, height - dy), by: step) {
            for column in stride(from: max(0, -dx), to: min(width, width - dx), by: step) {
                let a = picture.values[(row + dy) * width + column + dx]
                let b = kept.values[row * width + column]
                both += a * b
                one += a * a
                other += b * b
            }
        }
        let found = both / max(1e-6, (one * other).squareRoot())
        if found > agreement { (self.dx, self.dy, agreement) = (dx, dy, found) }
    }

    /// The true shift may lie beyond what was searched.
    var isAtEdge: Bool { abs(dx) >= Self.most || abs(dy) >= Self.most }
}
