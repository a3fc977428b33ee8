/// Where to connect: a host and port, with or without TLS.
public struct Endpoint: Hashable, Sendable {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    public var host: String
    /// 1...65535.
    public var port: Int
    /// With TLS from the first byte.
    public var isSecure: Bool

    /// - Parameter host: a name, an IPv4 address, or an IPv6 address without brackets.
    public init(host: String, port: Int, isSecure: Bool) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
    }

    /// As in a `Host` header.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
