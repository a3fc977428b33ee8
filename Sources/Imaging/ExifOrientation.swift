/// Reads the orientation out of an EXIF segment, and nothing else.
///
/// The segment is a TIFF file behind `Exif\0\0`: byte order, 42, the offset of directory 0; a directory is a count and
/// entries of 12 bytes: tag, type, count, value. Source: CIPA DC-008 (Exif 2.32) §4.5, §4.6.4; TIFF 6.0 §2.
/// Whatever does not hold together reads as `.up`: a picture is not refused for its EXIF.
struct ExifOrientation {
    private let tiff: ArraySlice<UInt8>
    private let bigEndian: Bool

    /// - Parameter segment: an APP1 segment after its length.
    /// - Returns: nil when it is not EXIF at all.
    static func read(segment: ArraySlice<UInt8>) -> Orientation? {
        let signature: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]  // "Exif\0\0"
        guard segment.starts(with: signature) else { return nil }
        guard let reader = ExifOrientation(tiff: segment.dropFirst(signature.count)) else { return .up }
        return reader.orientation ?? .up
    }

    private init?(tiff: ArraySlice<UInt8>) {
        self.tiff = tiff
        switch (tiff.first, tiff.dropFirst().first) {
        case (0x49, 0x49): bigEndian = false  // "II"
        case (0x4D, 0x4D): bigEndian = true  // "MM"
        default: return nil
        }
        guard short(at: 2) == 42 else { return nil }
    }

    private var orientation: Orientation? {
        guard let directory = long(at: 4), let entries = short(at: directory) else { return nil }
        for entry in 0..<entries {
            let offset = directory + 2 + 12 * entry
            guard let tag = short(at: offset), let type = short(at: offset + 2), let count = long(at: offset + 4) else {
                return nil
            }
            guard tag == 0x0112 else { continue }
            guard count == 1, let value = type == 3 ? short(at: offset + 8) : type == 4 ? long(at: offset + 8) : nil
            else { return nil }
            return Orientation(rawValue: value)
        }
        return nil
    }

    private func byte(at offset: Int) -> Int? {
        let index = tiff.startIndex + offset
        return index < tiff.endIndex ? Int(tiff[index]) : nil
    }

    private func short(at offset: Int) -> Int? {
        guard let a = byte(at: offset), let b = byte(at: offset + 1) else { return nil }
        return bigEndian ? a << 8 | b : b << 8 | a
    }

    private func long(at offset: Int) -> Int? {
        guard let a = short(at: offset), let b = short(at: offset + 2) else { return nil }
        return bigEndian ? a << 16 | b : b << 16 | a
    }
}
