/// A picture of a camera that farmtop reads.
public struct TakenPicture: Equatable, Sendable {
    /// Upright by its EXIF orientation.
    public var jpeg: [UInt8]
    /// When the whole picture was there, by the clock on the wall.
    public var at: Timestamp
    /// The camera's own word on when it was taken (`Last-Modified`), as it stood; nil where it has none.
    public var lastModified: String?

    public init(jpeg: [UInt8], at moment: Timestamp, lastModified: String? = nil) {
        self.jpeg = jpeg
        at = moment
        self.lastModified = lastModified
    }
}

/// The one reader of one camera.
public protocol CameraFeed: Sendable {
    /// A picture each interval, or why there is none, until the task is cancelled. The next one is not asked for before the
    /// last is delivered: no queue forms.
    func run(_ deliver: @escaping @Sendable (Result<TakenPicture, LinkFault>) async -> Void) async
}
