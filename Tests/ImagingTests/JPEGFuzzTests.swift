import Farm
import Foundation
import TestSupport
import Testing

@testable import Imaging

@Suite("No bytes whatever do harm", .timeLimit(.minutes(20)))
struct JPEGFuzzTests {
    private static let limits: JPEGLimits = {
        var limits = JPEGLimits()
        limits.maxPixels = 200_000
        limits.maxProgressivePixels = 100_000
        return limits
    }()

    /// Flips, cuts, doublings, insertions and markers at random places, 1 to 6 of them.
    private func mutated(_ original: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...6, using: &random) where bytes.count > 2 {
            let place = Int.random(in: 2..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &random) ?? 0
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
            case 3:
                let piece = bytes[place..<min(bytes.count, place + Int.random(in: 1...200, using: &random))]
                bytes.insert(contentsOf: piece, at: Int.random(in: 2...bytes.count, using: &random))
            case 4: bytes.insert(contentsOf: [0xFF, UInt8.random(in: 0xC0...0xFE, using: &random)], at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    @Test("thousands of mutated files are decoded to the size that they claim or refused", arguments: GoldenPicture.all)
    func mutations(picture: GoldenPicture) throws {
        let original = JPEGSurgery.oriented(try picture.jpeg, 6)
        var random = SplitMix(seed: UInt64(original.count))
        var used = 0
        for _ in 0..<200 {
            let bytes = mutated(original, &random)
            do throws(FrameError) {
                let image = try JPEG.decode(bytes, limits: Self.limits)
                let header = try JPEG.size(of: bytes)
                #expect(image.pixels.width == header.width && image.pixels.height == header.height)
                used += 1
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }
        #expect(used > 0)
    }

    @Test("random bytes behind a JPEG's first marker have a size or none")
    func randomHeaders() {
        var random = SplitMix(seed: 1)
        for _ in 0..<5000 {
            let tail = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                // Markers are frequent.
                Bool.random(using: &random) ? 0xFF : UInt8.random(in: 0...255, using: &random)
            }
            if let header = try? JPEG.size(of: [0xFF, 0xD8] + tail) {
                #expect((0...65_535).contains(header.width) && (0...65_535).contains(header.height))
            }
        }
    }

    @Test("mutated EXIF reads as one of the eight orientations")
    func exif() {
        let original = JPEGSurgery.exif(
            bigEndian: false,
            entries: [JPEGSurgery.orientationEntry(6, bigEndian: false), Array(repeating: 0, count: 12)])
        var random = SplitMix(seed: 2)
        var seen: Set<Int> = []
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 6..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let length = Int.random(in: 6...bytes.count, using: &random)
            if let orientation = ExifOrientation.read(segment: bytes[..<length]) { seen.insert(orientation.rawValue) }
        }
        #expect(seen.isSuperset(of: [1, 6]) && seen.count > 2)
    }

    @Test("libjpeg's complaints do not reach standard error")
    func silence() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "farmtop-stderr-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let jpeg = try GoldenPicture.baseline.jpeg
        let kept = dup(2), redirected = open(file.path, O_CREAT | O_WRONLY, 0o600)
        try #require(kept >= 0 && redirected >= 0)
        dup2(redirected, 2)
        let damaged = try? JPEG.decode(Array(jpeg.dropLast(2)))
        let refused = try? JPEG.decode(JPEGSurgery.inserting([0xFF, 0xDB, 0, 3, 9], into: jpeg))
        dup2(kept, 2)
        close(kept)
        close(redirected)
        let text = String(decoding: try FileHandle(forReadingFrom: file).readToEnd() ?? Data(), as: UTF8.self)
        FileHandle.standardError.write(Data(text.utf8))  // what other tests said meanwhile
        #expect(damaged?.damage != nil && refused == nil)
        #expect(!text.contains("JPEG") && !text.contains("DQT"))
    }
}
