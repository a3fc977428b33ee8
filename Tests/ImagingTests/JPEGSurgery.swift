/// Cuts into JPEG files for tests.
enum JPEGSurgery {
    /// The file with one more segment behind its start-of-image marker.
    static func inserting(_ segment: [UInt8], into jpeg: [UInt8]) -> [UInt8] { jpeg[..<2] + segment + jpeg[2...] }

    /// An APP1 segment with marker and length.
    static func application1(_ payload: [UInt8]) -> [UInt8] {
        let length = payload.count + 2
        return [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + payload
    }

    /// `Exif\0\0` and a directory with these entries of 12 bytes.
    static func exif(bigEndian: Bool = true, entries: [[UInt8]]) -> [UInt8] {
        let signature = Array("Exif\0\0".utf8)
        let count = UInt8(entries.count)
        let header: [UInt8] =
            bigEndian ? [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, count] : [0x49, 0x49, 42, 0, 8, 0, 0, 0, count, 0]
        return signature + header + entries.joined() + [0, 0, 0, 0]
    }

    static func orientationEntry(_ value: UInt8, bigEndian: Bool = true) -> [UInt8] {
        bigEndian ? [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0] : [0x12, 0x01, 3, 0, 1, 0, 0, 0, value, 0, 0, 0]
    }

    static func oriented(_ jpeg: [UInt8], _ value: UInt8, bigEndian: Bool = true) -> [UInt8] {
        let payload = exif(bigEndian: bigEndian, entries: [orientationEntry(value, bigEndian: bigEndian)])
        return inserting(application1(payload), into: jpeg)
    }

    /// Where the marker `FF second` stands for the first time from `start` on.
    static func offset(of second: UInt8, in jpeg: [UInt8], from start: Int = 0) -> Int? {
        jpeg.indices.dropFirst(start).dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == second }
    }

    /// The file with its start of frame, SOF0 or SOF2, rewritten.
    static func changingFrame(
        of jpeg: [UInt8], marker: UInt8? = nil, precision: UInt8? = nil, width: Int? = nil, height: Int? = nil,
        components: UInt8? = nil
    ) throws -> [UInt8] {
        guard let start = offset(of: 0xC0, in: jpeg) ?? offset(of: 0xC2, in: jpeg) else { throw NotAPicture() }
        var changed = jpeg
        if let marker { changed[start + 1] = marker }
        if let precision { changed[start + 4] = precision }
        if let height {
            changed.replaceSubrange(start + 5..<start + 7, with: [UInt8(height >> 8), UInt8(height & 255)])
        }
        if let width { changed.replaceSubrange(start + 7..<start + 9, with: [UInt8(width >> 8), UInt8(width & 255)]) }
        if let components { changed[start + 9] = components }
        return changed
    }

    /// Where each scan ends: the offset of the first marker behind its data.
    static func scanEnds(of jpeg: [UInt8]) -> [Int] {
        var ends: [Int] = []
        var place = 0
        while let scan = offset(of: 0xDA, in: jpeg, from: place) {
            let data = scan + 2 + Int(jpeg[scan + 2]) << 8 + Int(jpeg[scan + 3])
            let end = jpeg.indices.dropFirst(data).dropLast().first {
                jpeg[$0] == 0xFF && jpeg[$0 + 1] != 0 && !(0xD0...0xD7).contains(jpeg[$0 + 1])
            }
            guard let end else { break }
            ends.append(end)
            place = end
        }
        return ends
    }
}
