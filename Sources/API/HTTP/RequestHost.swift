/// The host that a request was sent to, by its own word.
struct RequestHost: Equatable, Sendable {
    /// In lower case, without a port and the root's dot; empty when nothing was said.
    private let name: String

    /// - Parameter authority: the Host field: `farm.example.org:3334`, `[::1]`.
    init(_ authority: String?) {
        let text = (authority ?? "").lowercased()
        var host = text.hasPrefix("[") ? text.dropFirst().prefix { $0 != "]" } : text.prefix { $0 != ":" }
        if host.hasSuffix(".") { host = host.dropLast() }
        name = String(host)
    }

    /// True for names that no other machine's name server can give out (RFC 6761 §6.3).
    /// - Parameter onSocket: a unix socket, where clients send its path.
    func isThisMachine(onSocket: Bool) -> Bool {
        if name.isEmpty || name == "localhost" || name.hasSuffix(".localhost") { return true }
        if let address = IPAddress(name) { return address.isLoopback }
        return onSocket && (name.contains("/") || name.contains("%2f"))
    }
}
