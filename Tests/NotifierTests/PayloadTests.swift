import Farm
import Foundation
import TestSupport
import Testing

@testable import Notifier

@Suite("What a webhook is told", .timeLimit(.minutes(20)))
struct PayloadTests {
    private static func notice(_ kind: WebhookNotice.Kind, endedAfter seconds: Double? = nil) -> WebhookNotice {
        let start = Timestamp(secondsSince1970: 1_772_366_400.5)
        return WebhookNotice(
            deliveryID: "00", kind: kind, printerID: 55, printerName: "My 3D Printer/2", printID: 456,
            filename: "bénchy \"x\".gcode", startedAt: start,
            endedAt: seconds.map { start + .milliseconds(Int64($0 * 1000)) }, createdAt: start)
    }

    /// An event of a machine that needs a person while nothing is printed.
    private static var idle: WebhookNotice {
        var notice = notice(.attention)
        notice.printID = nil
        notice.filename = ""
        return notice
    }

    private static func failure(
        isWarning: Bool, isPrintPaused: Bool = false, isPauseRequested: Bool = false
    ) -> WebhookNotice {
        var notice = notice(.failure)
        notice.isWarning = isWarning
        notice.isPrintPaused = isPrintPaused
        notice.isPauseRequested = isPauseRequested
        return notice
    }

    private static let image = "https://farm.example.org/pictures/55/456/42.jpg"

    @Test(
        "every event has the body of the contract",
        arguments: [
            ("PrintStarted", notice(.started), ""),
            ("PrintDone", notice(.done, endedAfter: 3599.5), image),
            ("PrintCancelled", notice(.cancelled, endedAfter: 3599.75), image),
            ("PrintPaused", notice(.paused), image),
            ("PrintResumed", notice(.resumed), image),
            ("PrintFailure-warning", failure(isWarning: true), image),
            ("PrintFailure-pause", failure(isWarning: false, isPauseRequested: true), image),
            ("PrintFailure-paused", failure(isWarning: false, isPrintPaused: true), image),
            ("PauseNotConfirmed", notice(.pauseNotConfirmed), image),
            ("NotWatched", notice(.notWatched), image), ("PrinterOffline", notice(.offline), image),
            ("PrinterOnline", notice(.online), image), ("PrinterAttention", notice(.attention), image),
            ("PrinterAttention-idle", idle, ""),
        ])
    func golden(name: String, notice: WebhookNotice, imageURL: String) throws {
        let wanted = try String(
            contentsOf: TestFiles.inTests("NotifierTests/Golden/\(name).json"), encoding: .utf8)
        let found = String(decoding: try WebhookPayload(notice: notice, imageURL: imageURL).encoded(), as: UTF8.self)
        #expect(found + "\n" == wanted)
    }

    @Test("the test message is the contract's")
    func test() { #expect(String(decoding: WebhookPayload.test, as: UTF8.self) == #"{"event":"TestEvent"}"#) }

    @Test("the signature is HMAC-SHA256 in hex (RFC 4231, test cases 2 and 6)")
    func signature() {
        #expect(
            WebhookSignature.header(of: Array("what do ya want for nothing?".utf8), secret: Array("Jefe".utf8))
                == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            WebhookSignature.header(
                of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                secret: Array(repeating: 0xAA, count: 131))
                == "sha256=60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test(
        "an address is http or https with a host, without user name and fragment",
        arguments: [
            ("https://hooks.example.org/a?token=b", "https://hooks.example.org"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://[::1]:8080/x", "http://[::1]:8080"),
            ("ftp://example.org/", nil), ("https://", nil), ("https:///x", nil), ("https://u:p@example.org/", nil),
            ("https://example.org/#x", nil), ("https://example.org/a b", nil), ("https://:80/", nil),
            ("http://127.0.0.1:99999/x", nil), ("http://127.0.0.1:0/x", nil), ("http://127.0.0.1:x/", nil),
        ])
    func target(url: String, origin: String?) { #expect(WebhookTarget(url: url)?.origin == origin) }

    @Test("no description of the target shows its path, query or secret")
    func hidden() throws {
        let target = try #require(
            WebhookTarget(url: "https://hooks.example.org/canary?canary", secret: Array("canary".utf8)))
        var dumped = ""
        dump(target, to: &dumped)
        for text in ["\(target)", String(reflecting: target), dumped] {
            #expect(!text.contains("canary") && !text.contains("99, 97, 110"))
        }
    }
}
