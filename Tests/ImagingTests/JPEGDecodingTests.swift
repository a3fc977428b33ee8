import Farm
import Imaging
import Testing

@Suite("A whole JPEG becomes the pixels that libjpeg's own program makes of it", .timeLimit(.minutes(20)))
struct JPEGDecodingTests {
    @Test(
        "every coding, subsampling and colour space decodes as djpeg does, and nothing is called damaged",
        arguments: GoldenPicture.all)
    func decodesAsReference(picture: GoldenPicture) throws {
        let image = try JPEG.decode(picture.jpeg)
        let difference = try #require(largestDifference(image.pixels, picture.pixels))
        #expect(difference <= 1)
        #expect(image.damage == nil)
    }

    @Test("grey has three equal channels")
    func greyIsGrey() throws {
        let bytes = try JPEG.decode(GoldenPicture(name: "grey").jpeg).pixels.bytes
        for i in stride(from: 0, to: bytes.count, by: 3) { #expect(Set(bytes[i..<i + 3]).count == 1) }
    }

    @Test(
        "the red disc of the drawing is red in CMYK and YCCK too: Adobe's inverted ink is understood",
        arguments: ["baseline-444", "cmyk", "ycck"])
    func inkIsNotInverted(name: String) throws {
        let pixels = try JPEG.decode(GoldenPicture(name: name).jpeg).pixels
        let centre = (20 * pixels.width + 30) * 3
        #expect(pixels.bytes[centre] > 200 && pixels.bytes[centre + 1] < 90 && pixels.bytes[centre + 2] < 90)
    }

    @Test("what follows the end of the image is ignored")
    func trailingBytes() throws {
        let jpeg = try GoldenPicture.baseline.jpeg
        #expect(try JPEG.decode(jpeg + jpeg + [1, 2, 3]) == JPEG.decode(jpeg))
    }

    @Test(
        "the header tells size, process and coding without decoding",
        arguments: [
            ("baseline-420", JPEGProcess.baseline, false), ("extended-quality-1", .extended, false),
            ("progressive", .progressive, false), ("arithmetic", .extended, true),
            ("arithmetic-progressive", .progressive, true),
        ])
    func header(name: String, process: JPEGProcess, isArithmetic: Bool) throws {
        let header = try JPEG.size(of: GoldenPicture(name: name).jpeg)
        #expect(header.width == 45 && header.height == 37 && header.components == 3 && header.precision == 8)
        #expect(header.process == process && header.isArithmetic == isArithmetic && header.orientation == .up)
    }
}

@Suite("What is not a usable JPEG is refused with its reason", .timeLimit(.minutes(20)))
struct JPEGRefusalTests {
    private func reason(_ jpeg: [UInt8]) -> String? {
        do throws(FrameError) {
            _ = try JPEG.decode(jpeg)
            return nil
        } catch {
            guard case .notUsable(let reason) = error else { return "\(error)" }
            return reason
        }
    }

    @Test("nothing, text, another format and a bare start are not JPEGs")
    func notJPEG() {
        #expect(reason([]) == "it is empty")
        #expect(reason(Array("<html></html>".utf8)) == "it is not a JPEG")
        #expect(reason([0x89, 0x50, 0x4E, 0x47]) == "it is not a JPEG")
        #expect(reason([0xFF, 0xD8]) == "it ends before it says how large it is")
        #expect(reason([0xFF, 0xD8, 0xFF, 0xD9]) == "it ends before it says how large it is")
    }

    @Test("12 bits, lossless, hierarchical, two components and no pixels are named as such")
    func unsupported() throws {
        let jpeg = try GoldenPicture.baseline.jpeg
        #expect(
            try reason(JPEGSurgery.changingFrame(of: jpeg, precision: 12))
                == "it has 12 bits a sample, and only 8 are supported")
        #expect(try reason(JPEGSurgery.changingFrame(of: jpeg, marker: 0xC3)) == "lossless JPEG is not supported")
        #expect(try reason(JPEGSurgery.changingFrame(of: jpeg, marker: 0xC5)) == "hierarchical JPEG is not supported")
        #expect(
            try reason(JPEGSurgery.changingFrame(of: jpeg, components: 2))
                == "it has 2 colour components, not 1, 3 or 4")
        #expect(try reason(JPEGSurgery.changingFrame(of: jpeg, height: 0)) == "it says that it has no pixels")
    }

    @Test("libjpeg's own refusal is passed on in its words")
    func libjpegRefusal() throws {
        let jpeg = try GoldenPicture.baseline.jpeg
        let tables = try #require(JPEGSurgery.offset(of: 0xDB, in: jpeg))
        // The first quantisation table turned into a comment.
        let without = jpeg[..<tables] + [0xFF, 0xFE] + jpeg[(tables + 2)...]
        #expect(reason(Array(without))?.contains("Quantization table 0x00 was not defined") == true)
    }
}
