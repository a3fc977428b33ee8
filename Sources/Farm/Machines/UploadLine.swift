/// A line of an upload's answer on the control socket.
public enum UploadLine: Equatable, Sendable, Codable {
    /// Also without news, so that a silent connection is a dead one.
    case step(UploadStep)
    case refused(FarmError)
    case failed(UploadError)
}
