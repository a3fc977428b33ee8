extension [RemoteFile] {
    /// As people look for them: the newest first, those without a time last, then by name.
    public var newestFirst: [RemoteFile] {
        sorted { first, second in
            switch (first.modifiedAt, second.modifiedAt) {
            case (let one?, let other?) where one != other: one > other
            case (.some, nil): true
            case (nil, .some): false
            default: first.name < second.name
            }
        }
    }

    /// All, or of more than `limit` the newest.
    public func newest(_ limit: Int) -> [RemoteFile] { count > limit ? Array(newestFirst.prefix(limit)) : self }
}

/// A file that a machine can print.
public struct RemoteFile: Hashable, Sendable, Codable {
    /// So many of a machine are listed, the newest.
    public static let listed = 10_000

    /// What commands name it by: exact, never shown.
    public var path: String
    /// For people: as it was uploaded, with its folders. Untrusted text, cleaned.
    public var name: String
    /// Bytes.
    public var size: Int64?
    /// By the machine's clock; nil where it does not tell.
    public var modifiedAt: Timestamp?
    /// Seconds, by the slicer or the server.
    public var estimate: Double?
    /// Such as `PETG`, by the slicer; nil: unknown.
    public var filamentType: String?

    public init(
        path: String, name: String, size: Int64? = nil, modifiedAt: Timestamp? = nil, estimate: Double? = nil,
        filamentType: String? = nil
    ) {
        self.path = path
        self.name = name
        self.size = size
        self.modifiedAt = modifiedAt
        self.estimate = estimate
        self.filamentType = filamentType
    }
}

/// A local file on its way to a machine.
public struct FileUpload: Equatable, Sendable {
    /// Path on this computer.
    public var localPath: String
    /// What it is to be called at the machine; without folders.
    public var name: String
    /// Bytes.
    public var size: Int64
    /// Prints it when it is there.
    public var start: Bool

    public init(localPath: String, name: String, size: Int64, start: Bool = false) {
        self.localPath = localPath
        self.name = name
        self.size = size
        self.start = start
    }
}
