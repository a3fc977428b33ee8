import Farm

/// A picture a little blurred, so that edges do not jump where it is moved by parts of a pixel; and the same moved by half a
/// pixel to the right, down, and both.
struct SoftPicture {
    struct Layer {
        /// (height, width)
        var luma: [UInt8]
        var sums: SummedLuma
    }
    /// A square of one of the layers.
    struct Square {
        var layer: Int
        /// Where its first pixel lies.
        var start: Int
        var mean: Float
        var deviation: Float
    }

    let width: Int
    let height: Int
    /// Moved by (0, 0), (½, 0), (0, ½), (½, ½).
    let layers: [Layer]

    /// - Parameter isMoved: false: the first layer is enough.
    init(_ picture: BedPicture, isMoved: Bool) {
        let (width, height) = (picture.width, picture.height)
        (self.width, self.height) = (width, height)
        func blended(_ luma: [UInt8], dx: Int, dy: Int) -> [UInt8] {
            var moved = luma
            for row in 0..<height {
                for column in 0..<width {
                    let (right, below) = (min(column + dx, width - 1), min(row + dy, height - 1))
                    moved[row * width + column] = UInt8(
                        (Int(luma[row * width + column]) + Int(luma[row * width + right])
                            + Int(luma[below * width + column]) + Int(luma[below * width + right]) + 2) / 4)
                }
            }
            return moved
        }
        let soft = Self.softened(picture)
        let moves = isMoved ? [(0, 0), (1, 0), (0, 1), (1, 1)] : [(0, 0)]
        layers = moves.map { dx, dy in
            let luma = dx + dy == 0 ? soft : blended(soft, dx: dx, dy: dy)
            return Layer(luma: luma, sums: SummedLuma(luma, width: width, height: height))
        }
    }

    /// Each pixel with a quarter of the weight of each of its neighbours, along each axis.
    private static func softened(_ picture: BedPicture) -> [UInt8] {
        let (width, height) = (picture.width, picture.height)
        var lines = [Int](repeating: 0, count: width * height)
        for row in 0..<height {
            for column in 0..<width {
                let at = row * width + column
                lines[at] =
                    Int(picture.luma[at - (column > 0 ? 1 : 0)]) + 2 * Int(picture.luma[at])
                    + Int(picture.luma[at + (column < width - 1 ? 1 : 0)])
            }
        }
        var soft = [UInt8](repeating: 0, count: width * height)
        for row in 0..<height {
            for column in 0..<width {
                let at = row * width + column
                let around =
                    lines[at - (row > 0 ? width : 0)] + 2 * lines[at] + lines[at + (row < height - 1 ? width : 0)]
                soft[at] = UInt8((around + 8) / 16)
            }
        }
        return soft
    }

    /// Nil where it is not wholly inside.
    /// - Parameters:
    ///   - x: half pixels.
    ///   - y: half pixels.
    func square(x: Int, y: Int, side: Int) -> Square? {
        let layer = (x & 1) + 2 * (y & 1)
        let (left, top) = (x >> 1, y >> 1)
        guard left >= 0, top >= 0, left + (x & 1) + side <= width, top + (y & 1) + side <= height,
            layers.indices.contains(layer)
        else { return nil }
        let (mean, deviation) = layers[layer].sums.square(rows: top..<top + side, columns: left..<left + side)
        return Square(layer: layer, start: top * width + left, mean: mean, deviation: deviation)
    }
}
