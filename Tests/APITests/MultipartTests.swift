import TestSupport
import Testing

@testable import API

@Suite("multipart/form-data, cut anywhere", .timeLimit(.minutes(20)))
struct MultipartTests {
    static let sample = Array(
        ("preamble\r\n--b0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b\r\nx\r\n--b0 \t\r\n"
            + "content-type: image/jpeg\r\nCONTENT-DISPOSITION: form-data; name=\"img\"; filename=\"C:\\x\\\"y.jpg\"\r\n\r\n"
            + "\u{1}\r\n-\r\n--b\r\n\r\n--b0\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--b0--\r\nepilogue --b0")
            .utf8)

    static let parts = [
        MultipartParser.Part(name: "a", filename: nil, content: Array("\r\n--b\r\nx".utf8)),
        MultipartParser.Part(name: "img", filename: "C:\\x\"y.jpg", content: Array("\u{1}\r\n-\r\n--b\r\n".utf8)),
        MultipartParser.Part(name: "empty", filename: nil, content: []),
    ]

    func parse(_ chunks: [ArraySlice<UInt8>], limits: MultipartParser.Limits = .init()) throws -> [MultipartParser.Part]
    {
        var parser = try MultipartParser(boundary: "b0", limits: limits)
        for chunk in chunks { try parser.read(chunk) }
        return try parser.finish()
    }

    @Test("wherever the body is cut in two, and byte by byte, the parts are the same")
    func splits() throws {
        let sample = Self.sample
        for cut in 0...sample.count {
            #expect(try parse([sample[..<cut], sample[cut...]]) == Self.parts, "cut at \(cut)")
        }
        #expect(try parse(sample.indices.map { sample[$0...$0] }) == Self.parts)
    }

    @Test("a body without its last boundary, however short, is refused")
    func truncated() throws {
        let end = Self.sample.count - "--\r\nepilogue --b0".utf8.count
        for length in 0..<end {
            #expect(throws: MultipartError.unterminated) { try parse([Self.sample[..<length]]) }
        }
    }

    @Test("mutated bodies never trap and keep to the limits")
    func fuzz() {
        var random = SplitMix(seed: 7)
        for _ in 0..<3000 {
            var bytes = Self.sample
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert([0x0D, 0x0A, 0x2D, 0x22].randomElement(using: &random) ?? 0, at: place)
                }
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let whole = Result { try parse([bytes[...]]) }
            let halves = Result { try parse([bytes[..<cut], bytes[cut...]]) }
            #expect((try? whole.get()) == (try? halves.get()))
        }
    }

    @Test("each limit is enforced at its edge")
    func limits() throws {
        func body(_ content: Int, file: Bool, header: Int = 0) -> ArraySlice<UInt8> {
            Array(
                ("--b0\r\nX: \(String(repeating: "h", count: header))\r\nContent-Disposition: form-data; name=a"
                    + (file ? "; filename=f" : "") + "\r\n\r\n" + String(repeating: "c", count: content)
                    + "\r\n--b0--").utf8)[...]
        }
        var limits = MultipartParser.Limits()
        limits.fieldBytes = 10
        limits.fileBytes = 20
        limits.headerBytes = 100
        #expect(try parse([body(10, file: false)], limits: limits).first?.content.count == 10)
        #expect(throws: MultipartError.fieldTooLong(limit: 10)) { try parse([body(11, file: false)], limits: limits) }
        #expect(try parse([body(20, file: true)], limits: limits).first?.content.count == 20)
        #expect(throws: MultipartError.fileTooLong(limit: 20)) { try parse([body(21, file: true)], limits: limits) }
        #expect(throws: MultipartError.headerTooLong(part: 1, limit: 100)) {
            try parse([body(1, file: true, header: 200)], limits: limits)
        }
        limits.parts = 2
        #expect(throws: MultipartError.tooManyParts(limit: 2)) { try parse([Self.sample[...]], limits: limits) }
        #expect(throws: MultipartError.noBoundary) { try MultipartParser(boundary: "") }
    }
}
