public import Farm

/// A JPEG as it is meant to be seen.
public struct DecodedImage: Equatable, Sendable {
    /// Upright: the EXIF orientation has been applied.
    public var pixels: Pixels
    /// What was wrong with a picture that can be judged all the same; nil when nothing was.
    public var damage: String?

    public init(pixels: Pixels, damage: String? = nil) {
        self.pixels = pixels
        self.damage = damage
    }
}
