import Farm
import TestSupport
import Testing
import Text

@testable import OAuth

@Suite("Tokens of answers", .timeLimit(.minutes(20)))
struct AnswerSignerTests {
    private let now = SteadyTime(microseconds: 1_800_000_000_000_000)
    private let signer = AnswerSigner(key: Array(0..<32))
    private let token = AnswerToken(
        occasion: OccasionID(0x7FFF_FFFF_FFFF_FFFF), answer: .cancel, isConfirmed: true, channel: "phone")

    @Test("a token comes back as it was made, fits into a button of Telegram, and is one word in an address")
    func roundTrip() {
        for answer in NotificationAnswer.allCases {
            for isConfirmed in [false, true] {
                let token = AnswerToken(occasion: 5, answer: answer, isConfirmed: isConfirmed, channel: "phone")
                let text = signer.token(token, now: now)
                #expect(text.utf8.count <= 64 && text.utf8.allSatisfy(BaseEncoding.isURLDigit))
                #expect(signer.read(text, channels: ["chat", "phone"], now: now) == token)
            }
        }
    }

    @Test("it expires after a day, and is nothing to another farm or without its channel")
    func limits() {
        let text = signer.token(token, now: now)
        #expect(signer.read(text, channels: ["phone"], now: now + .seconds(86_399)) == token)
        #expect(signer.read(text, channels: ["phone"], now: now + .seconds(86_401)) == nil)
        #expect(signer.read(text, channels: ["chat"], now: now) == nil)
        #expect(AnswerSigner(key: Array(1..<33)).read(text, channels: ["phone"], now: now) == nil)
    }

    @Test("no token with a character changed, cut or added is one")
    func tampered() {
        let text = Array(signer.token(token, now: now))
        for index in text.indices {
            for other in ["A", "_", "9", "=", " ", "é"] as [Character] where text[index] != other {
                var changed = text
                changed[index] = other
                #expect(signer.read(String(changed), channels: ["phone"], now: now) == nil)
            }
        }
        #expect(signer.read(String(text.dropLast()), channels: ["phone"], now: now) == nil)
        #expect(signer.read(String(text) + "A", channels: ["phone"], now: now) == nil)
        #expect(signer.read("", channels: ["phone"], now: now) == nil)
    }
}
