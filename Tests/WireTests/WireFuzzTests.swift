import NIOCore
import NIOEmbedded
import NIOWebSocket
import TestSupport
import Testing

@testable import Wire

@Suite("Hostile bytes on the wire", .timeLimit(.minutes(20)))
struct WireFuzzTests {
    @Test("any challenge: an answer of one line, or none")
    func digest() throws {
        try Fuzzer("digest").run { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let challenge = DigestChallenge(headers: [text]) else {
                return "none \(AuthenticateHeader.challenges(text).count)"
            }
            let answer = challenge.answer(
                method: "GET", target: "/", user: text, password: text, count: 1, clientNonce: "c")
            let isOneLine = answer.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\t" }
            #expect(isOneLine)
            return
                "\(challenge.algorithm?.rawValue ?? "-") \(challenge.hasAuth) \(challenge.isStale) \(challenge.opaque != nil)"
        }
    }

    @Test("any datagram as multicast DNS: records with names within the limits, or what is wrong")
    func dns() throws {
        try Fuzzer("dns").run { bytes in
            do throws(DNSFault) {
                let message = try DNSMessage(bytes)
                for record in message.records {
                    #expect(record.name.labels.reduce(0) { $0 + 1 + $1.utf8.count } <= 3 * DNSName.lengthLimit)
                }
                return "\(message.records.map { "\($0.content)".prefix { $0 != "(" } })"
            } catch {
                return "\(error)"
            }
        }
    }

    @Test("any datagram as an answer by UPnP: headers, or none")
    func ssdp() throws {
        try Fuzzer("ssdp").run { bytes in
            guard let message = SSDPMessage(bytes) else { return "none" }
            #expect(message.headers.count <= SSDPMessage.headerLimit)
            return "\(message.headers.keys.contains("location")) \(message.headers.count)"
        }
    }

    @Test("any stream: whole JPEGs, the same in pieces of any size")
    func mjpeg() throws {
        try Fuzzer("mjpeg").run { bytes in
            func pictures(_ piece: Int) -> [[UInt8]]? {
                let limits = MJPEGSplitter.Limits(header: 500, picture: 2000)
                guard var splitter = MJPEGSplitter(contentType: "multipart/x; boundary=frame", limits: limits) else {
                    return nil
                }
                var found: [[UInt8]] = []
                for start in stride(from: 0, to: bytes.count, by: piece) {
                    guard let more = try? splitter.consume(bytes[start..<min(bytes.count, start + piece)]) else {
                        return nil
                    }
                    found += more
                }
                return found
            }
            let whole = pictures(bytes.count + 1), pieces = pictures(3)
            // How much of a bad stream came before its fault depends on the pieces; a good one must not.
            if let whole, let pieces { #expect(whole == pieces) }
            for picture in whole ?? [] { #expect(JPEGEnd.wholePicture(picture) == picture) }
            return whole.map { "\($0.count) pictures" } ?? "refused"
        }
    }

    @Test("any bytes as frames: messages within the limits or an end, never a trap")
    func frames() throws {
        try Fuzzer("frames").run { bytes in
            let channel = EmbeddedChannel()
            let inbox = WebSocketInbox(.init(messages: 64, bytes: 1 << 16))
            try channel.pipeline.syncOperations.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 4096)))
            try channel.pipeline.syncOperations.addHandler(
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 16, maxAccumulatedFrameSize: 8192))
            try channel.pipeline.syncOperations.addHandler(
                WebSocketHandler(role: .client, inbox: inbox, silence: .seconds(60), limit: 8192))
            // What the channel throws has reached the handler before, which closes it.
            _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
            var sent = 0
            while (try? channel.readOutbound(as: WebSocketFrame.self)) != nil { sent += 1 }
            let isClosed = !channel.isActive
            _ = try? channel.finish(acceptAlreadyClosed: true)
            return "\(isClosed) \(min(sent, 3))"
        }
    }
}
