/// The history as a BLOB: a version, then the seconds by score and by kind of camera.
extension CameraHistory {
    private static let version: UInt8 = 1
    /// As it is stored; `init(packed:)` reads it.
    public var packed: [UInt8] {
        var bytes = PackedBytes(version: Self.version)
        put(to: &bytes)
        return bytes.bytes
    }

    /// Nil for bytes that `packed` cannot have written.
    public init?(packed bytes: [UInt8]) {
        guard var reader = PackedReader(bytes, version: Self.version),
            let history = reader.history(), reader.isAtEnd
        else { return nil }
        self = history
    }

    func put(to bytes: inout PackedBytes) {
        bytes.put(seconds)
        bytes.put(kinds)
    }
}

extension PackedReader {
    mutating func history() -> CameraHistory? {
        // Ten thousand years; what is forgotten by half in 40 hours never comes near.
        let range: ClosedRange<Float> = 0...3.2e11
        guard let seconds = byScore(in: range), let kinds = floats(in: range, counts: 0...CameraHistory.mostKinds)
        else {
            return nil
        }
        var history = CameraHistory()
        (history.seconds, history.kinds) = (seconds, kinds)
        return history
    }
}
