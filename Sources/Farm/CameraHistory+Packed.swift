/// The history as a BLOB: a version, then the seconds.
extension CameraHistory {
    private static let version: UInt8 = 1
    /// Ten thousand years; what is forgotten by half in 40 hours never comes near.
    private static let mostSeconds: Float = 3.2e11

    public var packed: [UInt8] {
        var bytes = PackedBytes(version: Self.version)
        bytes.put(seconds)
        return bytes.bytes
    }

    /// Nil for bytes that `packed` cannot have written.
    public init?(packed bytes: [UInt8]) {
        guard var reader = PackedReader(bytes, version: Self.version),
            let seconds = reader.byScore(in: 0...Self.mostSeconds), reader.isAtEnd
        else { return nil }
        self.seconds = seconds
    }
}
