public import Farm
import Text

/// The text of a refresh token: 24 characters that name its family and stay, then 43 that each refresh makes anew.
/// 144 and 256 random bits.
public struct RefreshToken: Equatable, Sendable {
    /// What the app holds; the farm keeps digests of it.
    public let text: String

    private static let keyLength = 24
    private static let length = 67

    private init(key: String, secret: String) { text = key + secret }

    /// The first of a family.
    public init(random: any RandomSource) {
        self.init(key: BaseEncoding.base64URL(random.bytes(18)), secret: random.token())
    }

    /// Nil for a text that no refresh token has.
    public init?(_ text: String) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy(BaseEncoding.isURLDigit) else { return nil }
        self.text = text
    }

    /// The next one of the same family.
    public func next(random: any RandomSource) -> RefreshToken {
        RefreshToken(key: String(text.prefix(Self.keyLength)), secret: random.token())
    }

    /// What is stored of it; the token cannot be had back from them.
    public var digests: RefreshDigests {
        RefreshDigests(key: TokenDigest(of: String(text.prefix(Self.keyLength))), token: TokenDigest(of: text))
    }
}
