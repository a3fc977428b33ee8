/// What a JSON text may be, and what becomes of texts in it that are none.
public struct JSONRules: Equatable, Sendable {
    /// How strict strings are read.
    public enum Texts: Sendable {
        /// A byte order mark, bytes that are no UTF-8, control characters and lone surrogates are errors.
        case exact
        /// They are taken, where needed as U+FFFD: the texts are only shown.
        case repaired
    }

    /// The whole text. Unit: bytes.
    public var sizeLimit = Int.max
    /// Arrays and objects inside each other.
    public var depthLimit = 64
    /// Values in one text, so that megabytes of brackets do not become gigabytes.
    public var countLimit = Int.max
    /// Characters of one number.
    public var numberLimit = Int.max
    /// What becomes of strings that are not well-formed.
    public var texts = Texts.exact

    public init() {}
}
