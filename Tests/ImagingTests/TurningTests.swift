import Farm
import Imaging
import Testing

@Suite("A camera's picture is turned as the camera is mounted", .timeLimit(.minutes(20)))
struct TurningTests {
    /// Three columns, two rows of 16-pixel squares, each of another brightness, so that JPEG keeps them apart.
    private let squares: [[UInt8]] = [[20, 70, 120], [160, 200, 240]]

    private func picture() -> [UInt8] {
        let (width, height) = (48, 32)
        var bytes: [UInt8] = []
        for y in 0..<height { for x in 0..<width { bytes += [UInt8](repeating: squares[y / 16][x / 16], count: 3) } }
        return JPEG.encode(Pixels(width: width, height: height, bytes: bytes), quality: 95)
    }

    /// The brightness of each square of the upright picture.
    private func read(_ jpeg: [UInt8]) throws -> [[UInt8]] {
        let pixels = try JPEG.decode(jpeg).pixels
        return stride(from: 8, to: pixels.height, by: 16).map { y in
            stride(from: 8, to: pixels.width, by: 16).map { x in
                let found = pixels.bytes[3 * (y * pixels.width + x)]
                return squares.flatMap(\.self).min { abs(Int($0) - Int(found)) < abs(Int($1) - Int(found)) } ?? 0
            }
        }
    }

    private func flippedH(_ rows: [[UInt8]]) -> [[UInt8]] { rows.map { $0.reversed() } }
    private func flippedV(_ rows: [[UInt8]]) -> [[UInt8]] { rows.reversed() }
    private func clockwise(_ rows: [[UInt8]]) -> [[UInt8]] {
        rows[0].indices.map { column in rows.reversed().map { $0[column] } }
    }

    private func expected(_ camera: CameraOrientation, _ rows: [[UInt8]]) -> [[UInt8]] {
        var rows = rows
        if camera.flipHorizontal { rows = flippedH(rows) }
        if camera.flipVertical { rows = flippedV(rows) }
        for _ in 0..<(camera.rotation.rawValue / 90) { rows = clockwise(rows) }
        return rows
    }

    private let cameras = CameraOrientation.Rotation.allCases.flatMap { rotation in
        [(false, false), (true, false), (false, true), (true, true)].map { flips in
            CameraOrientation(flipHorizontal: flips.0, flipVertical: flips.1, rotation: rotation)
        }
    }

    @Test("flips first, then the rotation clockwise: all sixteen")
    func sixteen() throws {
        let jpeg = picture()
        let plain = try read(jpeg)
        #expect(plain == squares)
        for camera in cameras {
            let found = try read(JPEG.turned(jpeg, camera))
            #expect(found == expected(camera, squares), "\(camera)")
        }
    }

    @Test("a picture that says itself how it lies is turned from there")
    func twice() throws {
        let jpeg = picture()
        for first in cameras {
            let once = JPEG.turned(jpeg, first)
            for second in cameras {
                let found = try read(JPEG.turned(once, second))
                #expect(found == expected(second, expected(first, squares)), "\(first), then \(second)")
            }
        }
    }

    @Test("an upright camera's picture, and what is no JPEG, stay byte for byte")
    func untouched() {
        let jpeg = picture()
        #expect(JPEG.turned(jpeg, .upright) == jpeg)
        let camera = CameraOrientation(rotation: .half)
        for bytes in [[], [0xFF], [0xFF, 0xD8], Array("no picture".utf8)] as [[UInt8]] {
            #expect(JPEG.turned(bytes, camera) == bytes)
        }
        // Cut anywhere, it neither traps nor grows by more than the segment.
        for length in 0..<200 { #expect(JPEG.turned(Array(jpeg.prefix(length)), camera).count <= length + 36) }
    }
}
