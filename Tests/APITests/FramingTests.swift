import HTTPTypes
import NIOCore
import Testing

@testable import API

/// What the gate makes of the bytes of a connection.
private struct Framed {
    var text = ""
    var requests = 0
    var heads: [RequestHead] = []
    var refusal: Refusal?

    init(_ text: String, cutInto size: Int = .max, limits: ServerLimits = ServerLimits()) {
        self.init(Array(text.utf8), cutInto: size, limits: limits)
    }

    init(_ bytes: [UInt8], cutInto size: Int = .max, limits: ServerLimits = ServerLimits()) {
        var framing = RequestFraming(limits: limits)
        var buffer = ByteBuffer()
        var rest = bytes[...]
        do throws(Refusal) {
            while !rest.isEmpty {
                buffer.writeBytes(rest.prefix(size))
                rest = rest.dropFirst(size)
                while let piece = try framing.next(&buffer) {
                    text += String(buffer: piece.bytes)
                    if piece.endsRequest { requests += 1 }
                    if let head = piece.head { heads.append(head) }
                }
            }
        } catch {
            refusal = error
        }
    }
}

@Suite("Requests cut from the bytes of a connection", .timeLimit(.minutes(20)))
struct FramingTests {
    private let post = "POST /a HTTP/1.1\r\nHost: x\r\n"

    @Test("what begins like no request is refused with its first byte: HTTPS has words of its own")
    func noRequest() {
        let hello: [UInt8] = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]
        #expect(Framed(hello, cutInto: 1).refusal == .notHTTPS)
        #expect(Framed([0x80]).refusal == .notHTTP && Framed("\u{0}").refusal == .notHTTP)
        #expect(Framed("(").refusal == .notHTTP && Framed(" GET / HTTP/1.1").refusal == .notHTTP)
        #expect(Framed("G").refusal == nil && Framed("\r\n\r\nPOST").refusal == nil)
        let second = Framed("GET / HTTP/1.1\r\nHost: x\r\n\r\n\u{16}")
        #expect(second.requests == 1 && second.refusal == .notHTTPS)
    }

    @Test("the requests are the same however the bytes are cut")
    func cuts() {
        let bytes =
            post + "Content-Length: 5\r\n\r\nhello" + post + "Transfer-Encoding: chunked\r\n\r\n"
            + "5;name=\"value\"\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n" + "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        let whole = Framed(bytes)
        #expect(whole.requests == 3 && whole.refusal == nil)
        #expect(whole.text.contains("\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\nGET"))
        for size in [1, 2, 3, 7, 50] {
            let cut = Framed(bytes, cutInto: size)
            #expect(cut.requests == 3 && cut.text == whole.text)
        }
    }

    @Test("an offer to change the protocol is left out of the head, and the connection goes on")
    func upgrade() throws {
        let offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
        let framed = Framed("GET / HTTP/1.1\r\nHost: x\r\n" + offer)
        #expect(framed.text == "GET / HTTP/1.1\r\nHost: x\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
        #expect(framed.heads.first?.endsConnection == false)
    }

    @Test(
        "a length that is no plain number within limits is refused",
        arguments: [
            ("Content-Length: 9223372036854775808", 413), ("Content-Length: 99999999999999999999", 413),
            ("Content-Length: 9223372036854775807", 413), ("Content-Length: +5", 400), ("Content-Length: -1", 400),
            ("Content-Length: 0x5", 400), ("Content-Length: 5, 5", 400), ("Content-Length:", 400),
            ("Content-Length: 5\r\nContent-Length: 5", 400), ("Content-Length: 5 5", 400), ("Content-Length: 5.0", 400),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked", 400), ("Transfer-Encoding: gzip, chunked", 400),
            ("Transfer-Encoding: chunked, chunked", 400), ("Transfer-Encoding: identity", 400),
            ("Content-Length : 5", 400), ("X: y\r\n Content-Length: 5", 400), ("Content-Length: 5\rX: y", 400),
        ])
    func lengths(field: String, status: Int) {
        let framed = Framed(post + field + "\r\n\r\nhello")
        #expect(framed.refusal?.status.code == status && framed.requests == 0)
    }

    @Test("one Host is needed in HTTP/1.1, and more than one is refused; a chunked body needs HTTP/1.1")
    func hosts() {
        #expect(Framed("GET / HTTP/1.1\r\n\r\n").refusal?.status == .badRequest)
        #expect(Framed("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n").refusal?.status == .badRequest)
        #expect(Framed("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n").refusal?.status == .badRequest)
        #expect(Framed("GET / HTTP/1.0\r\n\r\n").requests == 1)
        for host in ["x", "farm.example.org:3334", "127.0.0.1", "[::1]:3334", "[::1]", "a:", "xn--3b.example:1"] {
            #expect(Framed("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").requests == 1, "\(host)")
        }
        for host in ["", "127.0.0.1:80:80", ":80", "a:b", "a:70000", "[::1", "[::1]80", "[]", "::1", "a/b", "[a]b:1"] {
            #expect(
                Framed("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").refusal?.status == .badRequest, "\(host)")
        }
        let chunked = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        #expect(Framed(chunked).refusal?.detail == "HTTP/1.0 has no chunked bodies. Send a Content-Length.")
    }

    @Test(
        "who wants the connection to end is understood",
        arguments: [
            ("1.1", "close", true), ("1.1", "Close", true), ("1.1", "TE, close", true), ("1.1", "keep-alive", false),
            ("1.1", "closed", false), ("1.0", "x", true), ("1.0", "Keep-Alive", false),
            ("1.0", "keep-alive, close", true),
        ])
    func connection(version: String, value: String, ends: Bool) throws {
        let framed = Framed("GET / HTTP/\(version)\r\nHost: x\r\nConnection: \(value)\r\n\r\n")
        let head = try #require(framed.heads.first)
        #expect(head.endsConnection == ends && framed.text.contains("Connection: close\r\n") == ends)
    }

    @Test("a method that nothing here knows is 405; a tunnel is not opened", arguments: ["BREW", "get", "CONNECT"])
    func methods(method: String) {
        let framed = Framed("\(method) / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(framed.refusal?.status.code == 405)
        #expect(framed.refusal?.detail == "Method \"\(method)\" not allowed.")
    }

    @Test("a head may be so long and no longer, whether or not its end comes")
    func headLimit() {
        var limits = ServerLimits()
        limits.headerBytes = 200
        limits.headerCount = 5
        let start = "GET / HTTP/1.1\r\nHost: x\r\n"
        for rest in [String(repeating: "h", count: 300), String(repeating: "A: b\r\n", count: 6) + "\r\n"] {
            #expect(Framed(start + rest, cutInto: 16, limits: limits).refusal?.status.code == 431)
        }
        #expect(Framed(start + String(repeating: "A: b\r\n", count: 4) + "\r\n", limits: limits).requests == 1)
    }

    @Test("chunks without end, extensions without end and sizes that are none are refused")
    func chunks() {
        let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
        for bad in [
            "x\r\n", "\r\n", "5\nhello\r\n", "5 5\r\n", "-5\r\n", "fffffffffffffffff\r\n", "2\r\nhello\r\n",
            "1;" + String(repeating: "x", count: 2000) + "\r\n", "1;a\u{7F}\r\n!\r\n",
        ] {
            #expect(
                Framed(chunked + bad, cutInto: 100).refusal?.status == .badRequest, "\(bad.prefix(20).debugDescription)"
            )
        }
        let padded = "1;" + String(repeating: "x", count: 900) + "\r\n!\r\n"
        #expect(Framed(chunked + String(repeating: padded, count: 5)).refusal == nil)
        #expect(Framed(chunked + String(repeating: padded, count: 100)).refusal?.status == .badRequest)
        let trailers = "0\r\n" + String(repeating: "X: y\r\n", count: 100_000)
        #expect(Framed(chunked + trailers, cutInto: 1000).refusal?.status == .badRequest)
        #expect(Framed(chunked + String(repeating: "1\r\n!\r\n", count: 50_000) + "0\r\n\r\n").requests == 1)
    }
}
