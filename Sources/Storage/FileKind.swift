import Glibc

/// What stands at a path, looked at without opening it: to open a fifo is to wait for its other end.
public enum FileKind: String, Equatable, Sendable {
    case file = "a file"
    case link = "a symbolic link"
    case folder = "a folder"
    case fifo = "a fifo"
    case socket = "a socket"
    case device = "a device"
    /// A file with more than one name, of which only one is here.
    case secondName = "a second name of a file that lies elsewhere (a hard link)"

    /// Nil when there is nothing, or it cannot be looked at.
    public init?(at path: String, followsLinks: Bool = false) {
        var status = stat()
        guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        self.init(status)
    }

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFLNK: self = .link
        case S_IFDIR: self = .folder
        case S_IFIFO: self = .fifo
        case S_IFSOCK: self = .socket
        default: self = .device
        }
    }

    /// - Throws: `notAFile` when something else stands there; nothing at all is fine.
    static func requireFile(at path: String, followsLinks: Bool = false) throws(StorageError) {
        if let kind = FileKind(at: path, followsLinks: followsLinks), kind != .file {
            throw .notAFile(path: path, kind: kind)
        }
    }
}
