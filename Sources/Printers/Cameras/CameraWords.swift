/// Why a camera that a server names cannot be read.
enum CameraWords {
    static func reason(otherScheme: String?) -> String {
        if let otherScheme { return "only \(otherScheme)://, which farmtop does not read" }
        return "it has no address of a snapshot or an MJPEG stream"
    }
}
