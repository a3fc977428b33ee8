import Farm

/// What a file on its way to a machine may take of the disk that the database is on.
struct UploadRoom: Sendable {
    /// Mebibytes that stay free.
    static let keptMebibytes = 512
    /// Looked at again whenever so many bytes have come.
    static let step = 16 << 20

    /// Bytes of the disk; nil when the system does not say.
    var free: @Sendable () -> Int64?

    /// - Parameter bytes: still to be written.
    /// - Returns: `noRoom` when less than that would be left.
    func refusal(of bytes: Int) -> FarmError? {
        guard let free = free(), free - Int64(bytes) < Int64(Self.keptMebibytes) << 20 else { return nil }
        return .noRoom(keptMebibytes: Self.keptMebibytes)
    }
}
