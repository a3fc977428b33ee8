public import Farm

extension BedPicture {
    /// The luma of an upright picture, averaged over the area of each new pixel. Nil for one that is too long or too small.
    public init?(_ pixels: Pixels) {
        let longest = max(pixels.width, pixels.height)
        guard longest >= Self.longestSide else { return nil }
        func side(_ old: Int) -> Int { (old * Self.longestSide + longest / 2) / longest }
        let (width, height) = (side(pixels.width), side(pixels.height))
        guard width > 0, height > 0 else { return nil }
        var luma = [UInt8](repeating: 0, count: width * height)
        for row in 0..<height {
            let rows = row * pixels.height / height..<(row + 1) * pixels.height / height
            for column in 0..<width {
                let columns = column * pixels.width / width..<(column + 1) * pixels.width / width
                var sum = 0
                for y in rows {
                    for x in columns {
                        let at = (y * pixels.width + x) * 3
                        sum +=
                            77 * Int(pixels.bytes[at]) + 150 * Int(pixels.bytes[at + 1])
                            + 29 * Int(pixels.bytes[at + 2])
                    }
                }
                luma[row * width + column] = UInt8(sum / (256 * rows.count * columns.count))
            }
        }
        self.init(width: width, height: height, luma: luma)
    }
}
