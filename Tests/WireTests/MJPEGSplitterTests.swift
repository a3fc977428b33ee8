import Testing

@testable import Wire

/// A JPEG's skeleton: an Exif segment with a thumbnail's end marker in it, and a scan with a stuffed byte and a restart.
let skeleton: [UInt8] =
    [0xFF, 0xD8, 0xFF, 0xE1, 0x00, 0x08, 0xFF, 0xD8, 0xFF, 0xD9, 0x00, 0x00]
    + [0xFF, 0xDA, 0x00, 0x04, 0x01, 0x02] + [0x11, 0xFF, 0x00, 0x22, 0xFF, 0xD0, 0x33] + [0xFF, 0xD9]

@Suite("Where a JPEG ends", .timeLimit(.minutes(20)))
struct JPEGEndTests {
    @Test("the end marker of a thumbnail is not the end")
    func thumbnail() {
        #expect(JPEGEnd.wholePicture(skeleton) == skeleton)
    }

    @Test("half a picture is none, whatever its length is said to be", arguments: 1..<25)
    func half(count: Int) {
        #expect(JPEGEnd.wholePicture(Array(skeleton.prefix(min(count, skeleton.count - 1)))) == nil)
    }

    @Test("a camera's padding is cut off; other bytes after the end are no picture")
    func padding() {
        #expect(JPEGEnd.wholePicture(skeleton + [0, 0, 0x0D, 0x0A]) == skeleton)
        #expect(JPEGEnd.wholePicture(skeleton + [1]) == nil)
    }

    @Test("byte by byte it finds the same end")
    func bytewise() {
        var end = JPEGEnd()
        for count in 0..<skeleton.count { #expect(end.find(in: skeleton.prefix(count)) == .more) }
        #expect(end.find(in: skeleton) == .ends(at: skeleton.count))
    }

    @Test("text, HTML, PNG and a segment of no length are no JPEG")
    func others() {
        for bytes: [UInt8] in [
            Array("<html>".utf8), [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x01, 0xFF, 0xD9],
            [0xFF, 0xD8, 0x00],
        ] {
            #expect(JPEGEnd.wholePicture(bytes) == nil)
        }
    }
}

@Suite("An MJPEG stream", .timeLimit(.minutes(20)))
struct MJPEGSplitterTests {
    private func split(_ body: [UInt8], type: String, piece: Int) throws -> [[UInt8]] {
        var splitter = try #require(MJPEGSplitter(contentType: type))
        var pictures: [[UInt8]] = []
        for start in stride(from: 0, to: body.count, by: piece) {
            pictures += try splitter.consume(body[start..<min(body.count, start + piece)])
        }
        return pictures
    }

    private func part(_ boundary: String, length: Bool) -> [UInt8] {
        Array(
            ("\(boundary)\r\nContent-Type: image/jpeg\r\n" + (length ? "Content-Length: \(skeleton.count)\r\n" : "")
                + "\r\n").utf8) + skeleton + Array("\r\n".utf8)
    }

    @Test("parts come out whole, in pieces of any size, with and without a length", arguments: [1, 2, 7, 64, 4096])
    func pieces(piece: Int) throws {
        for length in [true, false] {
            let body = part("--frame", length: length) + part("--frame", length: length)
            let pictures = try split(body, type: "multipart/x-mixed-replace; boundary=frame", piece: piece)
            #expect(pictures == [skeleton, skeleton])
        }
    }

    @Test(
        "the dashes that cameras write into the parameter, or leave out of the body, do no harm",
        arguments: [
            ("multipart/x-mixed-replace;boundary=--frame", "--frame"),
            ("multipart/x-mixed-replace; boundary=--frame", "----frame"),
            ("multipart/x-mixed-replace; boundary=\"frame\"", "--frame"), ("multipart/x-mixed-replace", "--anything"),
            ("multipart/x-mixed-replace; boundary=frame", "frame"),
        ])
    func boundaries(type: String, line: String) throws {
        #expect(try split(part(line, length: true), type: type, piece: 16) == [skeleton])
    }

    @Test("a part that is no picture, or half of one, is passed over")
    func notPictures() throws {
        let text = Array("--frame\r\nContent-Length: 5\r\n\r\nhello\r\n".utf8)
        let half =
            Array("--frame\r\nContent-Length: 9\r\n\r\n".utf8) + skeleton.prefix(9) + Array("\r\n".utf8)
        let body = text + half + part("--frame", length: true)
        #expect(try split(body, type: "multipart/x-mixed-replace; boundary=frame", piece: 11) == [skeleton])
    }

    @Test("a picture over the limit ends the stream, by its length and by what came")
    func tooLarge() throws {
        let limits = MJPEGSplitter.Limits(header: 100, picture: 20)
        var sized = try #require(MJPEGSplitter(contentType: "multipart/x; boundary=f", limits: limits))
        #expect(throws: WireError.tooLarge(limit: 20)) {
            _ = try sized.consume(Array("--f\r\nContent-Length: 21\r\n\r\n".utf8))
        }
        var measured = try #require(MJPEGSplitter(contentType: "multipart/x; boundary=f", limits: limits))
        #expect(throws: WireError.tooLarge(limit: 20)) {
            _ = try measured.consume(Array("--f\r\n\r\n".utf8) + skeleton)
        }
    }

    @Test("lines without end before a picture end the stream")
    func endlessHeader() throws {
        var splitter = try #require(MJPEGSplitter(contentType: "multipart/x; boundary=f", limits: .init(header: 100)))
        #expect(throws: WireError.self) {
            for _ in 0..<100 { _ = try splitter.consume(Array("X: yyyyyyyyyyyyy\r\n".utf8)) }
        }
    }

    @Test("only multipart is a stream")
    func types() {
        #expect(MJPEGSplitter(contentType: "image/jpeg") == nil)
        #expect(MJPEGSplitter(contentType: "") == nil)
    }
}
