import CDeflate
import HTTPTypes
import Hummingbird
import NIOCore
import Text

/// How an answer is compressed (RFC 9110 §8.4.1).
enum ContentCoding: String, CaseIterable, Sendable {
    case gzip, deflate

    /// What the client takes and we have, gzip first; nil when it asks for neither (RFC 9110 §12.5.3).
    init?(accepting fields: [String]) {
        var accepted: Set<String> = []
        for member in fields.flatMap({ $0.split(separator: ",") }) {
            let parts = member.split(separator: ";").map { String($0).trimmingWhitespace().lowercased() }
            guard let name = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map {
                FieldReader.decimal(String($0.dropFirst(2)))
            }
            if let weight, weight.map({ $0 > 0 }) != true { continue }
            accepted.insert(name)
        }
        guard let coding = Self.allCases.first(where: { accepted.contains($0.rawValue) }) else { return nil }
        self = coding
    }

    /// Nil when that would not make it shorter.
    func compress(_ bytes: ByteBufferView) -> ByteBuffer? {
        guard bytes.count <= Int(UInt32.max) else { return nil }
        var output = ByteBuffer()
        let written = output.writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count) { output in
            bytes.withUnsafeBytes { input in
                max(
                    0,
                    farm_deflate(
                        input.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count),
                        output.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count), self == .gzip))
            }
        }
        return written > 0 ? output : nil
    }
}

extension Response {
    /// Shorter ones gain nothing.
    private static let compressedFrom = 1024

    /// Compressed where the client asks for it and the answer is JSON over a kilobyte.
    func compressed(for request: Request) async throws -> Response {
        guard headers[.contentType] == "application/json", let length = body.contentLength, length > Self.compressedFrom
        else { return self }
        var response = self
        response.headers.append(HTTPField(name: .vary, value: "Accept-Encoding"))
        guard request.method != .head,
            let coding = ContentCoding(accepting: request.headers[values: .acceptEncoding]),
            let compressed = coding.compress(try await collectedBody().readableBytesView)
        else { return response }
        response.body = ResponseBody(byteBuffer: compressed)
        response.headers[.contentEncoding] = coding.rawValue
        return response
    }

    private func collectedBody() async throws -> ByteBuffer {
        let collected = Collected()
        try await body.write(Collector(collected: collected))
        return collected.bytes
    }

    private final class Collected {
        var bytes = ByteBuffer()
    }

    private struct Collector: ResponseBodyWriter {
        let collected: Collected

        mutating func write(_ buffer: ByteBuffer) async throws {
            var buffer = buffer
            if collected.bytes.readableBytes == 0 {
                collected.bytes = buffer
            } else {
                collected.bytes.writeBuffer(&buffer)
            }
        }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
