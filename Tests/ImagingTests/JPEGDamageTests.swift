import Farm
import Imaging
import Testing

@Suite("A damaged JPEG is used when enough of it arrived, and says so", .timeLimit(.minutes(20)))
struct JPEGDamageTests {
    private func outcome(_ jpeg: [UInt8]) -> DecodedImage? { try? JPEG.decode(jpeg) }

    /// Rows 0 ..< count of both are the same bytes.
    private func sameRows(_ count: Int, _ a: Pixels, _ b: Pixels) -> Bool {
        a.bytes.prefix(count * a.width * 3) == b.bytes.prefix(count * b.width * 3)
    }

    @Test(
        "a cut sequential picture is used only if three quarters of its rows are there",
        arguments: [
            "baseline-420", "baseline-444", "grey", "restart-rows", "arithmetic", "cmyk", "sequential-several-scans",
        ])
    func cutSequential(name: String) throws {
        let jpeg = try GoldenPicture(name: name).jpeg
        let whole = try JPEG.decode(jpeg).pixels
        let threeQuarters = (whole.height * 3 + 3) / 4
        var used = 0
        for length in 0..<jpeg.count {
            guard let image = outcome(Array(jpeg[..<length])) else { continue }
            used += 1
            #expect(image.damage != nil, "cut at \(length)")
            let isTrue = sameRows(threeQuarters, image.pixels, whole)
            #expect(isTrue, "cut at \(length)")
        }
        #expect(used > 20)
        #expect(used < jpeg.count / 2)
    }

    @Test("an end-of-image marker that comes too early is a cut all the same")
    func earlyEnd() throws {
        let jpeg = try GoldenPicture.baseline.jpeg
        let data = try #require(JPEGSurgery.offset(of: 0xDA, in: jpeg)) + 14
        let half = data + (jpeg.count - data) / 2
        #expect(outcome(jpeg[..<half] + [0xFF, 0xD9]) == nil)
        let most = jpeg.count - 12
        #expect(outcome(jpeg[..<most] + [0xFF, 0xD9])?.damage == "it is cut after 32 of 37 rows")
    }

    @Test(
        "a cut progressive picture is used once the first scans of all colours are whole",
        arguments: [
            ("progressive", 1), ("progressive-444", 1), ("progressive-grey", 1), ("progressive-separate-dc", 3),
        ])
    func cutProgressive(name: String, firstScans: Int) throws {
        let jpeg = try GoldenPicture(name: name).jpeg
        let end = JPEGSurgery.scanEnds(of: jpeg)[firstScans - 1]
        func damage(_ length: Int) -> String {
            outcome(Array(jpeg[..<length])).map { $0.damage ?? "none" } ?? "refused"
        }
        // The last byte of a scan may be padding alone.
        for length in 0..<(end - 1) { #expect(damage(length) == "refused", "cut at \(length)") }
        for length in end..<(jpeg.count - 1) {
            #expect(damage(length) != "refused" && damage(length) != "none", "cut at \(length)")
        }
    }

    @Test("a missing end-of-image marker costs nothing but a remark")
    func missingEnd() throws {
        for name in ["baseline-420", "progressive", "arithmetic"] {
            let jpeg = try GoldenPicture(name: name).jpeg
            let image = try #require(outcome(Array(jpeg.dropLast(2))))
            #expect(try largestDifference(image.pixels, GoldenPicture(name: name).pixels).map { $0 <= 1 } == true)
            #expect(image.damage != nil)
        }
    }

    @Test("stray bytes behind the data are remarked on, and all pixels are there")
    func strayBytes() throws {
        let jpeg = try GoldenPicture.baseline.jpeg
        let image = try JPEG.decode(jpeg.dropLast(2) + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] + [0xFF, 0xD9])
        #expect(try largestDifference(image.pixels, GoldenPicture.baseline.pixels).map { $0 <= 1 } == true)
        #expect(image.damage?.contains("extraneous bytes before marker 0xd9") == true)
    }

    @Test("one lost restart interval leaves the rows around it usable")
    func lostInterval() throws {
        let jpeg = try GoldenPicture(name: "restart-rows").jpeg
        let first = try #require(JPEGSurgery.offset(of: 0xD0, in: jpeg))
        let image = try #require(outcome(Array(jpeg[..<(first - 20)] + jpeg[first...])))
        #expect(image.damage != nil)
        let whole = try GoldenPicture(name: "restart-rows").pixels
        let lastRowsAreWhole = image.pixels.bytes.suffix(4 * 45 * 3) == whole.bytes.suffix(4 * 45 * 3)
        #expect(lastRowsAreWhole)
    }

    @Test("a picture that lacks a colour's scan altogether is not used")
    func missingColour() throws {
        let jpeg = try GoldenPicture(name: "sequential-several-scans").jpeg
        let ends = JPEGSurgery.scanEnds(of: jpeg)
        #expect(outcome(jpeg[..<ends[1]] + [0xFF, 0xD9]) == nil)
        #expect(outcome(jpeg[..<ends[2]] + [0xFF, 0xD9])?.damage == nil)
    }
}
