public import Farm

extension Pixels {
    /// A part of the picture, pixel for pixel.
    public func cropped(to area: PictureArea) -> Pixels {
        guard area != .whole else { return self }
        let (columns, rows) = area.pixels(width: width, height: height)
        let size = columns.count * rows.count * 3
        let cropped = [UInt8](unsafeUninitializedCapacity: size) { out, count in
            bytes.withUnsafeBufferPointer { source in
                for row in rows {
                    let start = (row * width + columns.lowerBound) * 3
                    _ = UnsafeMutableBufferPointer(rebasing: out[count...])
                        .initialize(from: source[start..<start + columns.count * 3])
                    count += columns.count * 3
                }
            }
        }
        return Pixels(width: columns.count, height: rows.count, bytes: cropped)
    }
}
