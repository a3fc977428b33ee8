import Farm

/// Detections as a BLOB: for each, five little-endian Doubles (confidence, x, y, width, height), 40 bytes. As JSON
/// text the same numbers take about 100, and exactness would hang on a printer and a parser.
extension [Detection] {
    var packed: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 40)
        for detection in self {
            let box = detection.box
            for number in [detection.confidence, box.x, box.y, box.width, box.height] {
                for shift in stride(from: 0, to: 64, by: 8) {
                    bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> shift))
                }
            }
        }
        return bytes
    }

    /// Nil when the length is not a multiple of 40.
    init?(packed bytes: [UInt8]) {
        guard bytes.count % 40 == 0 else { return nil }
        self = stride(from: 0, to: bytes.count, by: 40).map { start in
            func number(_ index: Int) -> Double {
                let bits = bytes[(start + index * 8)..<(start + index * 8 + 8)].reversed()
                return Double(bitPattern: bits.reduce(0) { $0 << 8 | UInt64($1) })
            }
            return Detection(
                confidence: number(0), box: BoundingBox(x: number(1), y: number(2), width: number(3), height: number(4))
            )
        }
    }
}
