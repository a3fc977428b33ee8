/// Who holds the data folder: `GET /control/holder`.
public struct HolderDescription: Equatable, Sendable, Codable {
    public var pid: Int32
    public var version: String
    public var startedAt: Timestamp
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
