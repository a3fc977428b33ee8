import Farm
import Testing

@testable import Imaging

/// Exif 2.32 §4.6.4: where the stored row 0 and column 0 are on the upright picture.
private func upright(_ stored: Pixels, _ orientation: Orientation) -> Pixels {
    let w = stored.width, h = stored.height
    let width = orientation.swapsAxes ? h : w, height = orientation.swapsAxes ? w : h
    var bytes: [UInt8] = []
    for y in 0..<height {
        for x in 0..<width {
            let (column, row) =
                switch orientation {
                case .up: (x, y)  // row 0 at the top, column 0 at the left
                case .mirrored: (w - 1 - x, y)  // top, right
                case .upsideDown: (w - 1 - x, h - 1 - y)  // bottom, right
                case .flipped: (x, h - 1 - y)  // bottom, left
                case .transposed: (y, x)  // left, top
                case .quarterTurnClockwise: (y, h - 1 - x)  // right, top
                case .transversed: (w - 1 - y, h - 1 - x)  // right, bottom
                case .quarterTurnCounterclockwise: (w - 1 - y, x)  // left, bottom
                }
            let i = (row * w + column) * 3
            bytes += stored.bytes[i..<i + 3]
        }
    }
    return Pixels(width: width, height: height, bytes: bytes)
}

func uprightReference(_ stored: Pixels, _ orientation: Orientation) -> Pixels {
    orientation == .up ? stored : upright(stored, orientation)
}

@Suite("The EXIF orientation is applied once", .timeLimit(.minutes(20)))
struct OrientationTests {
    @Test(
        "each of the eight turns the picture upright, in colour, grey and CMYK", arguments: Orientation.allCases,
        ["baseline-420", "grey", "cmyk", "progressive", "size-9x1"])
    func eight(orientation: Orientation, name: String) throws {
        let picture = GoldenPicture(name: name)
        let expected = upright(try picture.pixels, orientation)
        for bigEndian in [true, false] {
            let jpeg = JPEGSurgery.oriented(try picture.jpeg, UInt8(orientation.rawValue), bigEndian: bigEndian)
            let decoded = try JPEG.decode(jpeg)
            #expect(largestDifference(decoded.pixels, expected).map { $0 <= 1 } == true)
            #expect(decoded.damage == nil)
            let header = try JPEG.size(of: jpeg)
            #expect(header.orientation == orientation)
            #expect(header.width == expected.width && header.height == expected.height)
        }
    }

    private func orientation(_ payloads: [UInt8]...) throws -> Orientation {
        let segments = payloads.flatMap { JPEGSurgery.application1($0) }
        return try JPEG.size(of: JPEGSurgery.inserting(segments, into: GoldenPicture.baseline.jpeg)).orientation
    }

    @Test("values that do not exist, and entries that do not hold together, leave the picture as it is stored")
    func nonsense() throws {
        #expect(try orientation(JPEGSurgery.exif(entries: [JPEGSurgery.orientationEntry(0)])) == .up)
        #expect(try orientation(JPEGSurgery.exif(entries: [JPEGSurgery.orientationEntry(9)])) == .up)
        // Two values; a rational; no entry at all.
        #expect(try orientation(JPEGSurgery.exif(entries: [[1, 0x12, 0, 3, 0, 0, 0, 2, 0, 6, 0, 6]])) == .up)
        #expect(try orientation(JPEGSurgery.exif(entries: [[1, 0x12, 0, 5, 0, 0, 0, 1, 0, 6, 0, 0]])) == .up)
        #expect(try orientation(JPEGSurgery.exif(entries: [])) == .up)
        #expect(try orientation(Array("Exif\0\0".utf8)) == .up)
        #expect(try orientation(Array("Exif\0\0MM\0\u{2B}".utf8)) == .up)
        // A directory far outside.
        #expect(try orientation(Array("Exif\0\0MM\0\u{2A}".utf8) + [0xFF, 0xFF, 0xFF, 0xFF]) == .up)
    }

    @Test("the first EXIF segment counts, whatever other APP1 segments stand before or behind it")
    func firstCounts() throws {
        let xmp = Array("http://ns.adobe.com/xap/1.0/\0<x/>".utf8)
        let six = JPEGSurgery.exif(entries: [JPEGSurgery.orientationEntry(6)])
        let three = JPEGSurgery.exif(bigEndian: false, entries: [JPEGSurgery.orientationEntry(3, bigEndian: false)])
        #expect(try orientation(xmp, six, three) == .quarterTurnClockwise)
        #expect(try orientation(three, six) == .upsideDown)
    }

    @Test("other entries are passed over, and a long value is read too")
    func otherEntries() throws {
        let make: [UInt8] = [1, 0x0F, 0, 2, 0, 0, 0, 3, 0x61, 0x62, 0, 0]
        let long: [UInt8] = [1, 0x12, 0, 4, 0, 0, 0, 1, 0, 0, 0, 8]
        #expect(try orientation(JPEGSurgery.exif(entries: [make, long])) == .quarterTurnCounterclockwise)
    }

    @Test("no byte outside the segment is read: an entry that the segment cuts off is not there")
    func staysInside() {
        let payload = JPEGSurgery.exif(entries: [JPEGSurgery.orientationEntry(6)])
        let entryEnd = 6 + 8 + 2 + 10  // signature, header, count, the entry up to its value
        for length in payload.indices {
            let read = ExifOrientation.read(segment: payload[..<length])
            let expected: Orientation? = length < 6 ? nil : length < entryEnd ? .up : .quarterTurnClockwise
            #expect(read == expected, "\(length) bytes")
        }
    }
}
