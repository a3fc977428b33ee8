/// What the farm takes on disk, and what is left there.
public struct StorageFigures: Equatable, Sendable {
    /// The database with what SQLite keeps beside it.
    public var databaseBytes: Int64
    /// What the file system of the data folder has left for this user.
    public var freeBytes: Int64
    /// What the last look at every page found; nil until there was one.
    public var isDatabaseDamaged: Bool?

    public init(databaseBytes: Int64, freeBytes: Int64) {
        self.databaseBytes = databaseBytes
        self.freeBytes = freeBytes
    }
}
