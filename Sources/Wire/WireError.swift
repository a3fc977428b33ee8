/// Why bytes did not come or go. No key, password or query of an address is ever in it.
public enum WireError: Error, Equatable, Sendable {
    /// The name has no address here.
    case nameNotFound(host: String)
    /// The address rule does not let this address be dialled.
    case addressNotAllowed(String)
    /// No connection, in the system's words: "connection refused".
    case unreachable(String)
    /// No connection, or no answer, within this time.
    case timedOut(Duration)
    /// The time was over before anything was sent: the request before it took too long.
    case notSent
    /// The connection ended before the answer was whole.
    case closed
    /// Nobody has approved this certificate yet: SHA-256 of the leaf.
    case certificateNotApproved(found: [UInt8])
    /// The server shows another certificate than the approved one: SHA-256 of the leaf.
    case certificateChanged(found: [UInt8])
    /// What answers on this port does not speak TLS, or not one that we speak.
    case noTLS(String)
    /// More than this many bytes came in one message or body.
    case tooLarge(limit: Int)
    /// Messages came faster than they were taken; the connection was closed.
    case overflow
    /// Bytes that are not of this protocol, and what is wrong with them.
    case malformed(String)
    /// The server answered the websocket's request with this HTTP status.
    case upgradeRefused(status: Int)
    /// The server sends us to another host, which is not followed.
    case redirected(host: String)
    /// The file to be sent could not be read: the system's words.
    case unreadableFile(String)
}

extension WireError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nameNotFound(let host): "The name \(host) is not known here."
        case .addressNotAllowed(let address): "The address \(address) may not be dialled."
        case .unreachable(let reason): "No connection: \(reason)."
        case .timedOut(let limit): "No answer within \(limit.components.seconds) s."
        case .notSent: "Not sent: the request before it took too long."
        case .closed: "The connection was closed before the answer was whole."
        case .certificateNotApproved: "The server's certificate has not been approved yet."
        case .certificateChanged: "The server shows another certificate than the approved one."
        case .noTLS(let reason): "No TLS connection: \(reason)."
        case .tooLarge(let limit): "More than \(limit) bytes came."
        case .overflow: "Messages came faster than they could be taken."
        case .malformed(let reason): "The answer cannot be read: \(reason)."
        case .upgradeRefused(let status): "The server refuses a websocket with status \(status)."
        case .redirected(let host): "The server redirects to \(host), which is not followed."
        case .unreadableFile(let reason): "The file cannot be read: \(reason)."
        }
    }
}
