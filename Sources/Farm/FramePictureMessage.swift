import FoundationEssentials

/// A frame's picture on the control socket: JSON with the JPEG in base64.
public struct FramePictureMessage: Equatable, Sendable, Codable {
    private var key: FrameKey
    private var jpeg: Data
    private var detections: [Detection]

    public init(_ picture: FramePicture) {
        key = picture.key
        jpeg = Data(picture.jpeg)
        detections = picture.detections
    }

    /// The message as the picture that it carries.
    public var picture: FramePicture { FramePicture(key: key, jpeg: Array(jpeg), detections: detections) }
}
