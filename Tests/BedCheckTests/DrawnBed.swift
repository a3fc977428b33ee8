import Farm

/// A bed before a printer's frame, drawn: rails, a grid on the bed, texture that a seed chooses, light and parts as told.
struct DrawnBed {
    var width = 160
    var height = 120
    var seed: UInt64 = 7
    /// Pixels that the camera lies aside.
    var dx = 0
    var dy = 0
    var gain = 1.0
    var offset = 0.0
    /// Levels from the left side to the right.
    var slope = 0.0
    /// Levels of noise.
    var noise = 0
    /// Something on the bed, in pixels: its texture is its own.
    var part: (x: Int, y: Int, width: Int, height: Int, level: Double)?
    /// Nothing but one colour.
    var isPlain = false

    /// A number of a place, the same in every run.
    private func hash(_ x: Int, _ y: Int, _ salt: UInt64) -> Double {
        var value = seed &* 0x9E37_79B9_7F4A_7C15 &+ salt &* 0xD6E8_FEB8_6659_FD93
        value ^= UInt64(bitPattern: Int64(x)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 29)) &* 0x94D0_49BB_1331_11EB
        value ^= UInt64(bitPattern: Int64(y)) &* 0x2545_F491_4F6C_DD1D
        value = (value ^ (value >> 32)) &* 0xD6E8_FEB8_6659_FD93
        return Double((value ^ (value >> 29)) >> 40) / Double(1 << 24)
    }

    /// Smooth over so many pixels.
    private func smooth(_ x: Int, _ y: Int, over size: Int, _ salt: UInt64) -> Double {
        func floor(_ a: Int) -> Int { a >= 0 ? a / size : -((size - 1 - a) / size) }
        let (cx, cy) = (floor(x), floor(y))
        let (fx, fy) = (Double(x - cx * size) / Double(size), Double(y - cy * size) / Double(size))
        let top = hash(cx, cy, salt) * (1 - fx) + hash(cx + 1, cy, salt) * fx
        let bottom = hash(cx, cy + 1, salt) * (1 - fx) + hash(cx + 1, cy + 1, salt) * fx
        return top * (1 - fy) + bottom * fy
    }

    private func level(_ column: Int, _ row: Int) -> Double {
        if isPlain { return 120 }
        let (x, y) = (column + dx, row + dy)
        if let part, (part.x..<part.x + part.width).contains(column), (part.y..<part.y + part.height).contains(row) {
            return part.level + 50 * smooth(column, row, over: 3, 11)
        }
        // Rails above, the bed with its grid below.
        if y < 45 { return (x / 9 + y / 13) % 3 == 0 ? 40 : 90 + 60 * smooth(x, y, over: 6, 3) }
        // No grid that repeats: what is shifted by one of its squares must not fit.
        let line = (x * x / 40) % 23 == 0 || y % 20 == 0
        return (line ? 150 : 95) + 45 * smooth(x, y, over: 7, 5)
    }

    var picture: BedPicture {
        var luma = [UInt8]()
        luma.reserveCapacity(width * height)
        for row in 0..<height {
            for column in 0..<width {
                let light = level(column, row) * gain + offset + slope * Double(column) / Double(width)
                let shaken = light + Double(noise) * (2 * hash(column, row, 99 &+ UInt64(noise)) - 1)
                luma.append(UInt8(min(max(shaken, 0), 255)))
            }
        }
        guard let picture = BedPicture(width: width, height: height, luma: luma) else {
            preconditionFailure("a drawn bed has a size that beds may have")
        }
        return picture
    }

    func with(_ change: (inout DrawnBed) -> Void) -> DrawnBed {
        var bed = self
        change(&bed)
        return bed
    }
}
