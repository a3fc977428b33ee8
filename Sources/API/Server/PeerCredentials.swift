import NIOCore

/// `struct ucred` of Linux: who is on the other side of a unix socket (unix(7), SO_PEERCRED).
struct PeerCredentials {
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0

    private static let peerCredentials = NIOBSDSocket.Option(rawValue: 17)  // SO_PEERCRED

    /// Nil when the socket does not say. Call on the channel's event loop.
    static func user(of channel: any Channel) -> UInt32? {
        guard let socket = channel as? any SocketOptionProvider else { return nil }
        var found: UInt32?
        // On its own event loop the future is complete at once.
        let read: EventLoopFuture<PeerCredentials> = socket.unsafeGetSocketOption(
            level: .socket, name: peerCredentials)
        read.assumeIsolated().whenSuccess { found = $0.user }
        return found
    }
}
