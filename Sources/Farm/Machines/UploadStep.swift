/// A file that a person sends to a machine.
public struct FileToUpload: Equatable, Sendable {
    /// Path on the computer of the one who asks.
    public var localPath: String
    /// What it is to be called at the machine; without folders.
    public var name: String
    /// Prints it when it is there.
    public var start: Bool
    /// With `start`: only onto a clear bed. The farm looks before anything is sent, and again before it starts.
    public var requireClear: Bool

    /// - Parameter name: nil takes the last part of the path.
    public init(localPath: String, name: String? = nil, start: Bool = false, requireClear: Bool = false) {
        self.requireClear = requireClear
        self.localPath = localPath
        self.name = name ?? localPath.split(separator: "/").last.map(String.init) ?? ""
        self.start = start
    }
}

/// How far an upload is. The last one is `done`; a stream that ends otherwise throws.
public enum UploadStep: Equatable, Sendable, Codable {
    /// Bytes that have reached the serving farmtop, of all; only over the control socket.
    case toFarm(sent: Int64, of: Int64)
    /// Bytes on their way to the machine, of all. At the end the machine checks and stores them, which takes a while.
    case toMachine(sent: Int64, of: Int64)
    /// It is there, whole, under the name that the machine gave it; and it prints, where that was asked.
    case done(RemoteFile)
}

/// Why a file is not at the machine, or does not print.
public enum UploadError: Error, Equatable, Sendable, Codable, CustomStringConvertible {
    case notReadable(path: String, reason: String)
    case empty(path: String)
    /// It was changed while it was being sent.
    case changed(path: String)
    case badName(String)
    case machine(LinkFault)
    /// It was sent, and the machine's list does not have it.
    case notListed(name: String)
    /// The machine has another size than the file: it must be deleted there.
    case incomplete(name: String, expected: Int64, found: Int64)
    /// The file is there, and the machine did not begin to print it.
    case notStarted(name: String, reason: String)

    public var description: String {
        switch self {
        case .notReadable(let path, let reason): "\(path) cannot be read: \(reason). Nothing was sent."
        case .empty(let path): "\(path) is empty. Nothing was sent."
        case .changed(let path): "\(path) was changed while it was being sent. Send it again."
        case .badName(let name):
            "\(name.debugDescription) is no name of a file at a printer. Give one without slashes, of 1 to 200 bytes."
        case .notListed(let name):
            "\(name) was sent, and the printer does not list it. Is it a file that this printer can print?"
        case .machine(let fault): "The file was not sent. \(fault.description)"
        case .incomplete(let name, let expected, let found):
            "The printer has \(found) of the \(expected) bytes of \(name). Delete it there and send it again."
        case .notStarted(let name, let reason): "\(name) is at the printer and was not started. \(reason)"
        }
    }
}
