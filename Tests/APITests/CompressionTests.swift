import Farm
import Foundation
import HTTPTypes
import Testing

@testable import API

@Suite("Compressed answers", .timeLimit(.minutes(20)))
struct CompressionTests {
    private func farm(_ way: Way, _ test: @Sendable @escaping (App) async throws -> Void) async throws {
        try await FarmFixture().run(way) { app in
            for number in 0..<5 { _ = try await app.addPrinter("printer \(number)") }
            try await test(app)
        }
    }

    @Test("a long list is compressed where it is asked for, and caches are told", arguments: Way.allCases)
    func list(way: Way) async throws {
        try await farm(way) { app in
            let plain = try await app.get("/api/v1/printers/")
            #expect(plain.header("Content-Encoding") == nil && plain.header("Vary") == "Accept-Encoding")
            for coding in ["gzip", "deflate"] {
                let reply = try await app.send(.get, "/api/v1/printers/", headers: [.acceptEncoding: "br, \(coding)"])
                #expect(reply.header("Content-Encoding") == coding)
                #expect(reply.bytes.count < plain.bytes.count / 3)
                #expect(reply.bytes.starts(with: coding == "gzip" ? [0x1F, 0x8B] : [0x78]))
                #expect(endsAs(reply.bytes, of: plain.bytes, isGzip: coding == "gzip"))
            }
        }
    }

    @Test("a short answer, a token and whoever refuses it get it plain", arguments: Way.allCases)
    func plain(way: Way) async throws {
        try await farm(way) { app in
            for (path, accept) in [
                ("/api/v1/version/", "gzip"), ("/api/v1/printers/", "gzip;q=0"), ("/api/v1/printers/", "identity"),
                ("/.well-known/oauth-authorization-server", "gzip"),
            ] {
                let reply = try await app.send(.get, path, headers: [.acceptEncoding: accept])
                #expect(reply.status == 200 && reply.header("Content-Encoding") == nil, "\(path) \(accept)")
            }
        }
    }

    /// The check value that the format puts behind the compressed bytes, of what went in.
    private func endsAs(_ bytes: [UInt8], of plain: [UInt8], isGzip: Bool) -> Bool {
        func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        guard !isGzip else {
            let expected: [UInt8] = little(crc32(plain)) + little(UInt32(plain.count))
            return Array(bytes.suffix(8)) == expected
        }
        var (a, b) = (UInt32(1), UInt32(0))
        for byte in plain {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return Array(bytes.suffix(4)) == Array(little(b << 16 | a).reversed())
    }

    /// RFC 1952 §8, a bit at a time.
    private func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
