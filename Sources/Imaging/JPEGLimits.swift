import Farm

/// How large a JPEG may be before it is refused, read off its header: nothing is allocated for a larger one.
public struct JPEGLimits: Equatable, Sendable {
    /// Size of the whole file.
    public var maxBytes = 10 * 1024 * 1024
    /// Width times height as stored; 24 million is a large still camera.
    public var maxPixels = 24_000_000
    /// For a picture in several scans by design: all its coefficients are in memory at once, and each scan
    /// passes over all of them.
    public var maxProgressivePixels = 8_000_000
    /// Cameras and optimisers write 1 to 14; thousands are an attack.
    public var maxScans = 64

    public init() {}

    /// What every picture from outside is held to.
    public static let standard = JPEGLimits()

    /// What libjpeg may allocate beside the finished picture. Unit: bytes. Enough for every picture within the
    /// limits above but a sequential one of many megapixels, without subsampling, in several scans.
    static let workingMemory = 96 * 1024 * 1024

    func checkByteCount(_ count: Int) throws(FrameError) {
        guard count <= maxBytes else {
            throw .tooLarge(reason: "it has \(count) bytes, and at most \(maxBytes) are read")
        }
    }

    func checkSize(width: Int, height: Int, progressive: Bool) throws(FrameError) {
        let limit = progressive ? min(maxPixels, maxProgressivePixels) : maxPixels
        guard width * height <= limit else {
            throw .tooLarge(
                reason: "it is \(progressive ? "progressive and " : "")\(width)×\(height), "
                    + "and at most \(limit) pixels are decoded")
        }
    }

    func checkScanCount(_ count: Int) throws(FrameError) {
        guard count <= maxScans else { throw .tooLarge(reason: "it has over \(maxScans) scans") }
    }
}
