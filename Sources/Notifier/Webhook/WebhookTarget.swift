import Farm

/// Where notices go and what signs them. The address may hold a secret in its path or query, so that no description
/// shows more of it than scheme, host and port.
public struct WebhookTarget: Sendable, CustomStringConvertible, CustomReflectable {
    let url: String
    let secret: [UInt8]?
    /// `https://hooks.example.org:8443`
    public let origin: String

    /// Nil when the text is no address of a receiver: `http://` or `https://`, a host, perhaps a port, a path and a
    /// query; neither a fragment nor a user name.
    /// - Parameter secret: signs every body; nil or empty: nothing is signed.
    public init?(url: String, secret: [UInt8]? = nil) {
        guard let scheme = ["http://", "https://"].first(where: url.hasPrefix) else { return nil }
        let rest = url.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        guard let first = host.utf8.first, first != UInt8(ascii: ":"), !host.contains("@"), url.utf8.count <= 4096,
            url.utf8.allSatisfy({ $0 > 32 && $0 < 127 && !"#\"<>\\^`{|}".utf8.contains($0) })
        else { return nil }
        // A port that there is none of would end the program where it is dialled.
        do { _ = try WebAddress.parse(url) } catch { return nil }
        self.url = url
        self.secret = secret.flatMap { $0.isEmpty ? nil : $0 }
        origin = scheme + host
    }

    public var description: String { origin }
    /// Without path and secret, so that `dump` shows neither.
    public var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }
}
