public import Farm
public import OAuth

/// The absolute, signed addresses of pictures, for image widgets, which send no token. One opens one picture for a day.
public struct PictureAddresses: Sendable {
    /// Without a trailing slash, such as `http://127.0.0.1:3334`.
    public let publicURL: String
    public let signer: PictureSigner

    public init(publicURL: String, signer: PictureSigner) {
        self.publicURL = publicURL
        self.signer = signer
    }

    public func url(printer: PrinterID, frame: FrameKey, at moment: Timestamp) -> String {
        url(printer: printer, frame: frame, hour: moment.microseconds / 3_600_000_000)
    }

    /// - Parameter hour: hours since 1970 of the moment of asking; the address holds for 24 to 25 hours from then.
    func url(printer: PrinterID, frame: FrameKey, hour: Int64) -> String {
        let expiresAt = (hour + 25) * 3600
        let signature = signer.signature(printer: printer, frame: frame, expiresAt: expiresAt)
        return "\(publicURL)/pictures/\(printer)/\(frame.printID)/\(frame.number).jpg"
            + "?expires=\(expiresAt)&signature=\(signature)"
    }
}
