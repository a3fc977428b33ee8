import Crypto
public import Farm
internal import Text

/// What a button of a notification stands for: one answer to one occasion, by one channel.
public struct AnswerToken: Equatable, Sendable {
    /// What the message was about. An occasion that has its answer takes no other.
    public var occasion: OccasionID
    /// What the button says.
    public var answer: NotificationAnswer
    /// The second tap of an answer that needs one.
    public var isConfirmed: Bool
    /// The channel whose message it went with.
    public var channel: String

    public init(occasion: OccasionID, answer: NotificationAnswer, isConfirmed: Bool, channel: String) {
        self.occasion = occasion
        self.answer = answer
        self.isConfirmed = isConfirmed
        self.channel = channel
    }
}

/// Signs answers (HMAC-SHA256, RFC 2104, cut to 128 bits). A token opens nothing but its own answer, until it expires; that the
/// first answer ends it, and the end of the print, is kept with the occasion. It expires by steady time: whoever sets the clock
/// revives none.
///
/// 35 bytes: version, answer and stage, occasion, expiry, channel, code; 47 URL-safe characters. Telegram takes 64.
public struct AnswerSigner: Sendable {
    /// How long a token is good at the most.
    public static let lifetime = Duration.seconds(86_400)
    private static let version: UInt8 = 2
    private static let dataLength = 19
    private static let codeLength = 16

    private let key: SymmetricKey

    /// - Parameter key: 32 random bytes, kept as long as answers should hold. May sign other things too: what is signed here
    ///   begins with words of its own.
    public init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    /// The token as text for an address: base64url, signed, good for `lifetime` from `now`.
    public func token(_ token: AnswerToken, now: SteadyTime) -> String {
        let stage: UInt8 = token.isConfirmed ? 0x80 : 0
        var data = [Self.version, stage | Self.number(token.answer)]
        data += bytes(UInt64(bitPattern: token.occasion.rawValue), 8)
        data += bytes(UInt64(max(0, (now + Self.lifetime).microseconds / 1_000_000)), 5)
        data += channelMark(token.channel)
        return BaseEncoding.base64URL(data + code(data))
    }

    /// Nil when it is no token of this farm, has expired, or is of a channel that is not among `channels`.
    public func read(_ text: String, channels: [String], now: SteadyTime) -> AnswerToken? {
        guard text.utf8.count <= 64, let all = BaseEncoding.decodeBase64URL(text),
            all.count == Self.dataLength + Self.codeLength, BaseEncoding.base64URL(all) == text
        else { return nil }
        let data = Array(all.prefix(Self.dataLength))
        guard constantTimeEqual(code(data), Array(all.suffix(Self.codeLength))), data[0] == Self.version else {
            return nil
        }
        let expiry = number(data[10..<15])
        guard now.microseconds / 1_000_000 < Int64(expiry), let answer = Self.answer(data[1] & 0x7F),
            let channel = channels.first(where: { channelMark($0) == Array(data[15..<19]) })
        else { return nil }
        return AnswerToken(
            occasion: OccasionID(Int64(bitPattern: number(data[2..<10]))), answer: answer,
            isConfirmed: data[1] & 0x80 != 0, channel: channel)
    }

    private func code(_ data: [UInt8]) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(for: Array("notification answer/".utf8) + data, using: key)
                .prefix(Self.codeLength))
    }

    private func channelMark(_ name: String) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(for: Array("notification channel/\(name)".utf8), using: key).prefix(4))
    }

    private func bytes(_ number: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    private static func number(_ answer: NotificationAnswer) -> UInt8 {
        switch answer {
        case .acknowledge: 1
        case .dismiss: 2
        case .mute: 3
        case .pause: 4
        case .resume: 5
        case .cancel: 6
        }
    }

    private static func answer(_ number: UInt8) -> NotificationAnswer? {
        NotificationAnswer.allCases.first { self.number($0) == number }
    }
}
