/// Where the first stored row and column belong in the upright picture: the values of EXIF's tag 0x0112.
public enum Orientation: Int, Equatable, Sendable, CaseIterable {
    case up = 1
    case mirrored = 2
    case upsideDown = 3
    case flipped = 4
    case transposed = 5
    /// Stored turned to the left: a quarter turn clockwise makes it upright.
    case quarterTurnClockwise = 6
    case transversed = 7
    case quarterTurnCounterclockwise = 8

    /// Stored rows are columns of the upright picture.
    public var swapsAxes: Bool { rawValue >= 5 }
}

/// Where the stored pixel (x, y) lies in the upright picture: `origin + x·columnStep + y·rowStep`. Unit: bytes of
/// 3-byte pixels in rows without padding.
struct PixelPlacement: Equatable {
    let origin: Int, columnStep: Int, rowStep: Int

    /// - Parameters:
    ///   - width: stored columns.
    ///   - height: stored rows.
    init(width: Int, height: Int, orientation: Orientation) {
        let uprightRow = 3 * (orientation.swapsAxes ? height : width)
        let lastColumn = width - 1, lastRow = height - 1
        switch orientation {
        case .up: (origin, columnStep, rowStep) = (0, 3, uprightRow)
        case .mirrored: (origin, columnStep, rowStep) = (3 * lastColumn, -3, uprightRow)
        case .upsideDown: (origin, columnStep, rowStep) = (uprightRow * lastRow + 3 * lastColumn, -3, -uprightRow)
        case .flipped: (origin, columnStep, rowStep) = (uprightRow * lastRow, 3, -uprightRow)
        case .transposed: (origin, columnStep, rowStep) = (0, uprightRow, 3)
        case .quarterTurnClockwise: (origin, columnStep, rowStep) = (3 * lastRow, uprightRow, -3)
        case .transversed:
            (origin, columnStep, rowStep) = (uprightRow * lastColumn + 3 * lastRow, -uprightRow, -3)
        case .quarterTurnCounterclockwise: (origin, columnStep, rowStep) = (uprightRow * lastColumn, -uprightRow, 3)
        }
    }

    /// Puts stored rows into the upright picture.
    /// - Parameters:
    ///   - rows: (count, width, 3).
    ///   - first: the stored row that `rows` begins with.
    ///   - picture: the whole upright picture; every stored pixel has its place in it.
    func place(
        _ rows: UnsafePointer<UInt8>, first: Int, count: Int, width: Int, in picture: UnsafeMutablePointer<UInt8>
    ) {
        let start = picture + origin + first * rowStep
        // Along the upright rows inside, so that writes stay close together.
        if abs(columnStep) == 3 {
            for y in 0..<count {
                copyPixels(from: rows + y * width * 3, by: 3, to: start + y * rowStep, by: columnStep, count: width)
            }
        } else {
            for x in 0..<width {
                copyPixels(
                    from: rows + x * 3, by: width * 3, to: start + x * columnStep, by: rowStep, count: count)
            }
        }
    }
}

@inline(__always)
private func copyPixels(
    from source: UnsafePointer<UInt8>, by sourceStep: Int, to target: UnsafeMutablePointer<UInt8>, by targetStep: Int,
    count: Int
) {
    var from = source, to = target
    for _ in 0..<count {
        to[0] = from[0]
        to[1] = from[1]
        to[2] = from[2]
        from += sourceStep
        to += targetStep
    }
}
