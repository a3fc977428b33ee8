/// An `http` or `https` address that a person typed, or that a machine gave for its camera: checked, and without credentials.
///
/// The path and query are kept as they were written: a reverse proxy may need its prefix, and Digest signs the exact bytes.
public struct WebAddress: Hashable, Sendable, Codable {
    /// `http` or `https`; no other is taken.
    public enum Scheme: String, Sendable, Codable, CaseIterable {
        case http
        case https

        /// The port where an address names none.
        public var standardPort: Int { self == .http ? 80 : 443 }
    }

    /// Decides whether TLS is spoken.
    public var scheme: Scheme
    /// A name, an IPv4 address, or an IPv6 address without brackets; lower case.
    public var host: String
    /// Nil: the scheme's.
    public var explicitPort: Int?
    /// Begins with `/` or is empty; percent-encoded as it was written.
    public var path: String
    /// Without the question mark; nil when there is none.
    public var query: String?

    public init(scheme: Scheme, host: String, port: Int? = nil, path: String = "", query: String? = nil) {
        self.scheme = scheme
        self.host = host
        explicitPort = port
        self.path = path
        self.query = query
    }

    /// The one that is named, else the scheme's own.
    public var port: Int { explicitPort ?? scheme.standardPort }

    /// This machine itself, as the one who wrote the address sees it.
    public var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "::1" || host.hasPrefix("127.")
            || host == "0.0.0.0"
    }

    /// `host` or `host:port`, as in a `Host` header.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        guard let explicitPort, explicitPort != scheme.standardPort else { return name }
        return "\(name):\(explicitPort)"
    }

    /// Path and query, as in a request line.
    public var target: String { (path.isEmpty ? "/" : path) + (query.map { "?\($0)" } ?? "") }
}

extension WebAddress: CustomStringConvertible {
    public var description: String { "\(scheme.rawValue)://\(authority)\(path)\(query.map { "?\($0)" } ?? "")" }
}

/// Why a text is no address that farmtop takes. The text itself is left out: it may hold a password.
public enum WebAddressError: Error, Equatable, Sendable, Codable, CustomStringConvertible {
    case empty
    /// The scheme that was found.
    case wrongScheme(String)
    case noHost
    case badHost
    case badPort
    /// A blank, a control character or one that is not ASCII, where an address has none.
    case badCharacter
    /// Over 2,000 bytes.
    case tooLong

    public var description: String {
        switch self {
        case .empty: "The address is empty. Give one like http://192.168.1.20."
        case .wrongScheme(let scheme): "\(scheme):// is not an address of a web server. Use http:// or https://."
        case .noHost: "The address has no host. Give one like http://192.168.1.20."
        case .badHost: "The host of the address is no name and no IP address."
        case .badPort: "The port of the address is not a number from 1 to 65535."
        case .badCharacter: "The address holds a blank or a character that must be percent-encoded."
        case .tooLong: "The address is longer than 2,000 bytes."
        }
    }
}
