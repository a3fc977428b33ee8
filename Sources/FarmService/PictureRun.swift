import Farm

/// How long the camera has sent the same picture, byte for byte, and whether the pictures show anything.
struct PictureRun: Sendable, Equatable {
    private(set) var hash: Int?
    private(set) var since: SteadyTime?
    private(set) var lastAt: SteadyTime?
    private(set) var count = 0
    private(set) var isBlack = false

    /// - Parameter hash: of the picture's bytes; of this process only.
    mutating func add(hash: Int, isBlack: Bool, at now: SteadyTime) {
        self.isBlack = isBlack
        lastAt = now
        if hash == self.hash {
            count += 1
        } else {
            self.hash = hash
            since = now
            count = 1
        }
    }

    /// The same bytes for 60 s and in at least three pictures. A camera that sends nothing more is not frozen, but stale.
    var isFrozen: Bool {
        guard count >= 3, let since, let lastAt else { return false }
        return lastAt >= since + .seconds(60)
    }
}
