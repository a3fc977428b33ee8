import Farm

extension CameraRegion {
    /// What a prediction names it by: 0 for the whole picture, else a hash of its text (FNV-1a), 63 bits.
    var number: Int64 {
        guard !isWhole else { return 0 }
        let hash = description.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return max(1, Int64(hash >> 1))
    }

    /// Remembers what a number stands for.
    static let remember = "INSERT OR IGNORE INTO camera_regions (id, region) VALUES (?, ?)"
}
