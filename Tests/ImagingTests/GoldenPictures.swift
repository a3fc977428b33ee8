import Farm
import Foundation
import TestSupport
import Testing

/// A JPEG of `Golden/` and the pixels that libjpeg's own `djpeg` makes of it.
struct GoldenPicture: CustomTestStringConvertible {
    let name: String
    var testDescription: String { name }

    var jpeg: [UInt8] { get throws { try bytes(ofFile: "\(name).jpg") } }
    var pixels: Pixels { get throws { try readPPM(try bytes(ofFile: "\(name).ppm")) } }

    private func bytes(ofFile file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: TestFiles.inTests("ImagingTests/Golden/\(file)")))
    }

    static let baseline = GoldenPicture(name: "baseline-420")
    static let progressive = GoldenPicture(name: "progressive")

    /// 45×37 pixels, and three narrow ones.
    static let all = [
        "arithmetic", "arithmetic-progressive", "baseline-410", "baseline-411", "baseline-420", "baseline-422",
        "baseline-440", "baseline-444", "cmyk", "extended-quality-1", "grey", "progressive", "progressive-444",
        "progressive-grey", "progressive-separate-dc", "quality-100", "restart-rows", "restart-units", "rgb",
        "sequential-several-scans", "size-1x1", "size-1x9", "size-9x1", "ycck",
    ].map(GoldenPicture.init)
}

struct NotAPicture: Error {}

/// Binary PPM (P6) or PGM (P5) without comments.
func readPPM(_ bytes: [UInt8]) throws -> Pixels {
    let fields = bytes.split(maxSplits: 4, omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x20 }
    let numbers = fields.dropFirst().prefix(3).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    guard fields.count == 5, numbers.count == 3, numbers[2] == 255 else { throw NotAPicture() }
    let samples = fields[4]
    let isGrey = String(decoding: fields[0], as: UTF8.self) == "P5"
    guard samples.count == numbers[0] * numbers[1] * (isGrey ? 1 : 3) else { throw NotAPicture() }
    return Pixels(
        width: numbers[0], height: numbers[1], bytes: isGrey ? samples.flatMap { [$0, $0, $0] } : Array(samples))
}

/// The largest difference of two samples at the same place; nil when the sizes differ.
func largestDifference(_ a: Pixels, _ b: Pixels) -> Int? {
    guard a.width == b.width, a.height == b.height else { return nil }
    if a.bytes == b.bytes { return 0 }
    return zip(a.bytes, b.bytes).lazy.map { abs(Int($0) - Int($1)) }.max()
}
