import Farm
import Foundation
import TestSupport
import Testing

@testable import FarmConfiguration
@testable import Notifier
@testable import OAuth
@testable import farmtop

/// The parsers of notifications, fed with broken input: no trap, and the same answer to the same bytes.
@Suite("Parsers of notifications and broken input", .serialized, .timeLimit(.minutes(20)))
struct NotificationFuzzTests {
    @Test("templates: a template that renders, or why it is none")
    func templates() throws {
        try Fuzzer("template").run { bytes in
            do throws(MessageTemplateError) {
                let template = try MessageTemplate(String(decoding: bytes, as: UTF8.self))
                return "\(template.rendered { $0.rawValue }.utf8.count)"
            } catch {
                return String("\(error)".prefix(12))
            }
        }
    }

    @Test("answers of Telegram: taps, or nothing")
    func updates() throws {
        try Fuzzer("telegram").run { bytes in
            guard let updates = TelegramUpdates(bytes) else { return "none" }
            #expect(updates.taps.allSatisfy { $0.data.utf8.count <= 64 })
            return "\(updates.taps.count) \(updates.next != nil)"
        }
    }

    @Test("tokens of answers: what was signed, or nothing")
    func tokens() throws {
        let signer = AnswerSigner(key: Array(0..<32))
        let now = SteadyTime(microseconds: 1_800_000_000_000_000)
        try Fuzzer("answer-token").run { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let token = signer.read(text, channels: ["phone"], now: now) else { return "none" }
            #expect(signer.token(token, now: now).utf8.count == text.utf8.count)
            return "\(token.answer)"
        }
    }

    @Test("channels in the configuration: channels, or the lines that are wrong")
    func channels() throws {
        try Fuzzer("notify").run { bytes in
            do throws(ConfigurationError) {
                let configuration = try ConfigurationReader(file: "f").read(String(decoding: bytes, as: UTF8.self))
                return "\(configuration.notify.count)"
            } catch {
                if case .invalid(_, let problems) = error {
                    #expect(problems.allSatisfy { ($0.line ?? 1) > 0 && !$0.message.isEmpty })
                    return "invalid"
                }
                return String("\(error)".suffix(8))
            }
        }
    }
}
