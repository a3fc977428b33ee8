import FoundationEssentials

/// One picture of a camera that is tried. In JSON the JPEG stands in base64.
public struct ProbedPicture: Equatable, Sendable {
    /// Upright by the settings of the camera.
    public var jpeg: [UInt8]
    /// Pixels.
    public var width: Int
    /// As `width`.
    public var height: Int
    /// From the question to the whole picture.
    public var milliseconds: Int

    public init(jpeg: [UInt8], width: Int, height: Int, milliseconds: Int) {
        self.jpeg = jpeg
        self.width = width
        self.height = height
        self.milliseconds = milliseconds
    }
}

extension ProbedPicture: Codable {
    private enum Key: String, CodingKey { case jpeg, width, height, milliseconds }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            jpeg: Array(try values.decode(Data.self, forKey: .jpeg)),
            width: try values.decode(Int.self, forKey: .width),
            height: try values.decode(Int.self, forKey: .height),
            milliseconds: try values.decode(Int.self, forKey: .milliseconds))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(Data(jpeg), forKey: .jpeg)
        try values.encode(width, forKey: .width)
        try values.encode(height, forKey: .height)
        try values.encode(milliseconds, forKey: .milliseconds)
    }
}
