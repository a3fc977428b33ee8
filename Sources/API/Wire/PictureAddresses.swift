public import Farm
public import OAuth

/// The absolute, signed addresses of pictures, for image widgets, which send no token. One opens one picture for a day.
public struct PictureAddresses: Sendable {
    /// Without a trailing slash, such as `http://127.0.0.1:3334`.
    public var publicURL: String { Self.$base.get() ?? configuredURL }
    /// Makes the signatures that the server checks when a picture is asked for.
    public let signer: PictureSigner
    private let configuredURL: String
    /// How the request under way reached this farm, where the configuration does not say how apps do.
    @TaskLocal private static var base: String?

    /// - Parameter publicURL: for what is no answer to a request, as well, such as a webhook's messages.
    public init(publicURL: String, signer: PictureSigner) {
        configuredURL = publicURL
        self.signer = signer
    }

    /// Makes links with `base` while `body` runs.
    static func linking<Result: Sendable>(
        to base: String?, _ body: () async throws -> Result
    ) async rethrows -> Result {
        guard let base else { return try await body() }
        return try await $base.withValue(base, operation: body)
    }

    /// A signed address of a frame's picture; it holds for 24 to 25 hours.
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
