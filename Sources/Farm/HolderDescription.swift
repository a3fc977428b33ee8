/// Who holds the data folder: `GET /control/holder`.
public struct HolderDescription: Equatable, Sendable, Codable {
    /// In the holder's own namespace: inside a container it is another than outside.
    public var pid: Int32
    /// The release of the program that holds it, such as `0.2.0`.
    public var version: String
    /// When the process took the folder, by the clock on the wall.
    public var startedAt: Timestamp
    /// As the holder was given it.
    public var dataFolder: String

    public init(pid: Int32, version: String, startedAt: Timestamp, dataFolder: String) {
        self.pid = pid
        self.version = version
        self.startedAt = startedAt
        self.dataFolder = dataFolder
    }

    enum CodingKeys: String, CodingKey {
        case pid
        case version
        case startedAt = "started_at"
        case dataFolder = "data_dir"
    }
}
