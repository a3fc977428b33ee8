/// Centre-based box: `x`, `y` are the centre; `width`, `height` the full extent. Unit: pixels of the upright frame.
public struct BoundingBox: Equatable, Sendable, Codable {
    /// The fraction counts: boxes are not rounded to whole pixels, and may reach beyond the frame.
    public var x: Double, y: Double, width: Double, height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

/// One failure that the network saw: confidence 0...1 and where.
public struct Detection: Equatable, Sendable, Codable {
    /// As the network says, over 0.08: what is below is dropped.
    public var confidence: Double
    /// Around what looks like a failure.
    public var box: BoundingBox

    public init(confidence: Double, box: BoundingBox) {
        self.confidence = confidence
        self.box = box
    }
}

extension Collection<Detection> {
    /// `p_sum`: the sum of the confidences as Doubles in reported order; 0 or more.
    public var pSum: Double { reduce(0) { $0 + $1.confidence } }
}
