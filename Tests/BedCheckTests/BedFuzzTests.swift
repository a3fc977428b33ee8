import Farm
import TestSupport
import Testing

@testable import BedCheck

@Suite("Beds of any bytes", .timeLimit(.minutes(20)))
struct BedFuzzTests {
    /// Width and height, then the pixels of two pictures, which begin anew where they end.
    @Test(
        "any two pictures: a finding that holds together, the same each time, and a picture never differs from itself")
    func comparison() throws {
        try Fuzzer("bed", runs: 300).run { bytes in
            guard bytes.count > 2 else { return "short" }
            let (width, height) = (Int(bytes[0]), Int(bytes[1]))
            let pixels = bytes[2...]
            func luma(from start: Int) -> [UInt8] {
                (0..<width * height).map { pixels[pixels.startIndex + (start + $0) % pixels.count] }
            }
            // As a row of the database: exactly as many pixels, or no picture.
            if let stored = BedPicture(width: width, height: height, luma: Array(pixels)) {
                #expect(stored.luma.count == stored.width * stored.height)
            }
            guard let picture = BedPicture(width: width, height: height, luma: luma(from: 0)),
                let kept = BedPicture(width: width, height: height, luma: luma(from: width * height))
            else { return "no picture" }
            let size = (width: width * 4, height: height * 4)
            let comparison = BedComparison()
            let finding = comparison.finding(picture, size: size, kept: [kept])
            #expect(comparison.finding(picture, size: size, kept: [kept]) == finding)
            #expect(comparison.finding(picture, size: size, kept: [picture]).state != .occupied)
            #expect((finding.state == .cannotTell) == (finding.doubt != nil))
            #expect(finding.state != .occupied || !finding.differences.isEmpty)
            for difference in finding.differences {
                let box = difference.box
                #expect((0...1).contains(difference.confidence))
                #expect((0...Double(size.width)).contains(box.x) && (0...Double(size.height)).contains(box.y))
                #expect((0...Double(size.width)).contains(box.width) && (0...Double(size.height)).contains(box.height))
            }
            return "\(finding.state) \(finding.doubt?.rawValue ?? "")"
        }
    }
}
