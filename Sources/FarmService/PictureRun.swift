import Farm

/// How long the camera has sent the same picture, by its bytes or by the camera's own word on when it was taken, and whether the pictures show anything.
struct PictureRun: Sendable, Equatable {
    private(set) var hash: Int?
    private var lastModified: String?
    private(set) var since: SteadyTime?
    private(set) var lastAt: SteadyTime?
    private(set) var count = 0
    private(set) var isBlack = false

    /// - Parameters:
    ///   - hash: of the picture's bytes; of this process only.
    ///   - lastModified: as the camera wrote it; nil where it writes nothing.
    mutating func add(hash: Int, lastModified: String? = nil, isBlack: Bool, at now: SteadyTime) {
        self.isBlack = isBlack
        lastAt = now
        let isSame = hash == self.hash || (lastModified != nil && lastModified == self.lastModified)
        self.hash = hash
        self.lastModified = lastModified
        if isSame {
            count += 1
        } else {
            since = now
            count = 1
        }
    }

    /// The same for 60 s and in at least three pictures. A camera that sends nothing more is not frozen, but stale.
    var isFrozen: Bool {
        guard count >= 3, let since, let lastAt else { return false }
        return lastAt >= since + .seconds(60)
    }
}
