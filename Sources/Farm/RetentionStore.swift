/// A frame's picture that is kept, and what it takes on disk.
public struct KeptPicture: Equatable, Sendable {
    /// Which frame of which print it shows.
    public var key: FrameKey
    /// The size of the file, as its row has it.
    public var bytes: Int64

    public init(key: FrameKey, bytes: Int64) {
        self.key = key
        self.bytes = bytes
    }
}

/// What a store can tell of its size, and how it gets rid of what is old. Every call blocks and does a bounded piece of
/// work, so that the writer is never held up for long.
public protocol RetentionStore: Sendable {
    /// Removes files whose rows were never committed, or outlived them: what a crash leaves.
    /// - Returns: how many files were removed.
    func removeOrphanPictures() throws -> Int

    /// What the kept pictures of frames take on disk, in bytes.
    func framePictureBytes() throws -> Int64
    /// The pictures that go first when there are too many: those of the oldest prints, in order, after `key`.
    func oldestFramePictures(after key: FrameKey?, limit: Int) throws -> [KeptPicture]

    /// The print that ended first of those that ended before a moment and whose predictions are all still there.
    func printToThin(endedBefore moment: Timestamp) throws -> PrintID?
    /// Goes through the next `limit` predictions of an ended print and keeps the first of each minute, and those whose
    /// picture is kept.
    /// - Parameters:
    ///   - frame: where to go on: what the last call returned, at first 0.
    ///   - limit: 2 or more.
    /// - Returns: where to go on; nil when the print is done.
    func thinPredictions(of print: PrintID, from frame: Int64, limit: Int) throws -> Int64?
    /// Removes predictions of the oldest print that has any, if it ended before a moment.
    /// - Returns: how many were removed, at most `limit`.
    func removeOldestPredictions(ofPrintsEndedBefore moment: Timestamp, limit: Int) throws -> Int
    /// What the rows take, in bytes, without the free room inside the file.
    func databaseBytes() throws -> Int64

    /// Removes the oldest of the events that are older than a moment, but none of the newest ones.
    /// - Returns: how many were removed, at most `limit`.
    func removeEvents(before moment: Timestamp, sparingNewest spared: Int, limit: Int) throws -> Int
    /// Removes the oldest events beside so many newest ones.
    /// - Returns: how many were removed, at most `limit`.
    func removeEvents(sparingNewest spared: Int, limit: Int) throws -> Int

    /// Removes tokens that expired or were revoked before a moment, beside the newest of them.
    /// - Returns: how many were removed, at most `limit`.
    func removeTokens(endedBefore moment: Timestamp, sparingNewest spared: Int, limit: Int) throws -> Int
    /// Removes token families that expired or were revoked before a moment and whose access tokens are all removed.
    /// - Returns: how many were removed, at most `limit`.
    func removeTokenFamilies(endedBefore moment: Timestamp, limit: Int) throws -> Int
}
