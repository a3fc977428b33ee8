/// Why the holder of a data folder could not be asked. What the farm itself refuses is a `FarmError`.
public enum ControlError: Error, Equatable, Sendable, CustomStringConvertible {
    case unreachable(socket: String, reason: String)
    case otherVersion(VersionMismatch)
    case unexpectedStatus(path: String, status: Int)
    case unreadable(path: String, reason: String)
    case tooLong(path: String, limit: Int)

    public var description: String {
        switch self {
        case .unreachable(let socket, let reason):
            "No farmtop answers at \(socket): \(reason). Start one: farmtop, or farmtop serve."
        case .otherVersion(let mismatch): mismatch.description
        case .unexpectedStatus(let path, let status):
            "farmtop answered \(path) with status \(status). Is the running one another version? Restart it."
        case .unreadable(let path, let reason):
            "The answer to \(path) cannot be read: \(reason). Is the running farmtop another version? Restart it."
        case .tooLong(let path, let limit): "The answer to \(path) is longer than \(limit) bytes."
        }
    }
}
