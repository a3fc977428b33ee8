/// Where an app wants the browser sent after consent (RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1).
///
/// Allowed: `https`; `http` on a loopback host; a private-use scheme with a dot in it (`com.example.app:/callback`).
/// Never a fragment, user information, or anything but visible ASCII.
public struct RedirectURI: Equatable, Sendable {
    /// As the app gave it: it is compared by its characters.
    public let text: String
    private let scheme: String
    private let host: String?
    private let port: String?
    /// Path and query.
    private let rest: String

    public init(_ text: String) throws(RedirectURIError) {
        guard text.utf8.count <= 2000 else { throw .tooLong(characters: text.utf8.count) }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Array("\"<>\\^`{|}".utf8).contains($0) }) else {
            throw .badCharacter
        }
        guard !text.contains("#") else { throw .hasFragment }
        guard let colon = text.firstIndex(of: ":"), Self.isScheme(text[..<colon]) else { throw .notAbsolute }
        let scheme = text[..<colon].lowercased()
        let after = text[text.index(after: colon)...]
        self.text = text
        self.scheme = scheme
        guard after.hasPrefix("//") else {
            guard scheme.contains(".") else { throw .schemeNotAllowed(scheme) }
            (host, port, rest) = (nil, nil, String(after))
            return
        }
        let authority = after.dropFirst(2).prefix { !"/?".contains($0) }
        (host, port) = try Self.hostAndPort(authority)
        rest = String(after.dropFirst(2 + authority.count))
        switch scheme {
        case "https":
            guard host != "" else { throw .badAuthority }
        case "http":
            guard isLoopback else { throw .plainHTTP }
        default:
            guard scheme.contains(".") else { throw .schemeNotAllowed(scheme) }
        }
    }

    /// True when the browser goes to this same machine, where no network can listen in.
    public var isLoopback: Bool {
        scheme == "http" && ["127.0.0.1", "[::1]", "localhost"].contains(host)
    }

    /// Exact string comparison, except that a loopback address may use any port (RFC 8252 §7.3), as apps take a free one.
    public func matches(_ requested: String) -> Bool {
        if requested == text { return true }
        guard isLoopback, let other = try? RedirectURI(requested), other.isLoopback else { return false }
        return other.host == host && other.rest == rest
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.first, first.isLetter else { return false }
        return text.allSatisfy { $0.isLetter || $0.isNumber || "+-.".contains($0) }
    }

    private static func hostAndPort(_ authority: Substring) throws(RedirectURIError) -> (String, String?) {
        guard !authority.contains("@") else { throw .badAuthority }
        var host = authority
        var port: Substring?
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[bracket...].lastIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        if let port {
            guard let number = UInt16(port), number > 0, port.first != "+" else { throw .badAuthority }
        }
        guard host.hasPrefix("[") ? host.hasSuffix("]") : !host.contains(":") else { throw .badAuthority }
        return (host.lowercased(), port.map(String.init))
    }
}

/// Why a redirect URI is not accepted.
public enum RedirectURIError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLong(characters: Int)
    case badCharacter
    case hasFragment
    case notAbsolute
    case badAuthority
    case schemeNotAllowed(String)
    case plainHTTP

    public var description: String {
        switch self {
        case .tooLong(let count): "A redirect URI has at most 2000 characters, this one has \(count)."
        case .badCharacter: "A redirect URI has only visible ASCII characters that need no escape."
        case .hasFragment: "A redirect URI has no fragment (#)."
        case .notAbsolute: "A redirect URI is absolute: scheme://host/path."
        case .badAuthority: "A redirect URI has a host, at most a port from 1 to 65535, and no user name."
        case .schemeNotAllowed(let scheme):
            "\"\(scheme)\" is not allowed: use https, http on 127.0.0.1, or an app's private scheme with a dot in it, such as com.example.app."
        case .plainHTTP: "http is allowed only on 127.0.0.1, [::1] and localhost: use https."
        }
    }
}
