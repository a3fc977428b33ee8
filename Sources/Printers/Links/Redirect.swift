import Farm

/// Where a server sends us: followed within the server, never to another host, port or scheme.
enum Redirect {
    /// The target of the next request; nil when it leads elsewhere or is no address.
    static func target(_ location: String, from server: WebAddress) -> String? {
        guard location.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        if location.hasPrefix("/"), !location.hasPrefix("//") { return location }
        guard location.contains("://"), let address = try? WebAddress.parse(location).address,
            address.scheme == server.scheme, address.host == server.host, address.port == server.port
        else { return nil }
        return address.target
    }
}
