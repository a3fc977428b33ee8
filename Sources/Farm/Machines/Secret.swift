/// A key or password. It prints as dots, so that no log, error or dump shows it; whoever sends it asks for `exposed`.
public struct Secret: Equatable, Sendable {
    /// The text itself: only for sending and sealing it.
    public let exposed: String

    public init(_ text: String) { exposed = text }

    /// No secret was given.
    public var isEmpty: Bool { exposed.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "•••" }
    public var debugDescription: String { "•••" }
    /// Empty, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What opens a machine's server or a camera.
public enum LinkCredentials: Equatable, Sendable {
    case none
    /// Sent in the header `X-Api-Key`.
    case apiKey(Secret)
    /// Digest where the server asks for it, else Basic.
    case password(user: String, Secret)
}
