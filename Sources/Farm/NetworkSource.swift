/// What limits count as one: an IPv4 address, or the /64 that an IPv6 address lies in, as whoever has one address of it
/// has all of them (RFC 6177 §2).
public struct NetworkSource: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// - Parameter address: IPv4 in dots, or IPv6 in eight groups; empty on a unix socket.
    public init(address: String) {
        let groups = address.split(separator: ":", omittingEmptySubsequences: false)
        description = groups.count == 8 ? groups[..<4].joined(separator: ":") + "::/64" : address
    }
}
