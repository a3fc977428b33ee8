/// Where a camera's pictures come from.
public enum CameraSource: Hashable, Sendable, Codable {
    /// One JPEG for each request.
    case snapshot(WebAddress)
    /// A stream of JPEGs (`multipart/x-mixed-replace`).
    case mjpeg(WebAddress)
    /// PrusaLink on a Raspberry Pi: through the machine's own link and its credentials.
    case printer
    /// A program that writes one JPEG to its standard output. From the configuration file only; no shell.
    case command([String])
    /// A regular file. From the configuration file only.
    case file(String)

    /// A program or a file of this computer: never taken from the API, another farmtop, CSV or a backup.
    public var isLocal: Bool {
        switch self {
        case .command, .file: true
        case .snapshot, .mjpeg, .printer: false
        }
    }
}

/// How a picture is turned upright: first the flips, then the rotation.
public struct CameraOrientation: Hashable, Sendable, Codable {
    /// Degrees clockwise. Wire and SQL: the raw value.
    public enum Rotation: Int, Sendable, Codable, CaseIterable {
        case none = 0
        case quarter = 90
        case half = 180
        case threeQuarters = 270
    }
    /// Mirrored left to right.
    public var flipHorizontal: Bool
    /// Mirrored top to bottom.
    public var flipVertical: Bool
    /// Clockwise, after the flips.
    public var rotation: Rotation

    public init(flipHorizontal: Bool = false, flipVertical: Bool = false, rotation: Rotation = .none) {
        self.flipHorizontal = flipHorizontal
        self.flipVertical = flipVertical
        self.rotation = rotation
    }

    /// Nothing is turned or mirrored.
    public static let upright = Self()
}

/// A camera of a printer; the credentials come beside it, so that this may be shown.
public struct CameraSettings: Equatable, Sendable, Codable {
    /// Seconds that `intervalSeconds` may be.
    public static let intervals = 1...300
    /// Seconds, for a camera without a setting of its own.
    public static let standardInterval = 10

    /// 1...100 Unicode scalars.
    public var name: String
    /// Where its pictures come from.
    public var source: CameraSource
    /// How its pictures are brought upright before anything else is done with them.
    public var orientation: CameraOrientation
    /// Seconds from picture to picture while printing, 1...300.
    public let intervalSeconds: Int
    /// This one judges the print and may alert; the others are shown.
    public var isPrimary: Bool
    /// The fingerprint of an `https` camera's certificate, once a person has compared it; nil: none is approved yet, `http`, or a camera that the
    /// machine's own server answers for.
    public var fingerprint: CertificateFingerprint?

    /// Nil unless the interval is within `intervals`.
    public init?(
        name: String, source: CameraSource, orientation: CameraOrientation = .upright,
        intervalSeconds: Int = CameraSettings.standardInterval, isPrimary: Bool = true,
        fingerprint: CertificateFingerprint? = nil
    ) {
        guard Self.intervals.contains(intervalSeconds) else { return nil }
        self.name = name
        self.source = source
        self.orientation = orientation
        self.intervalSeconds = intervalSeconds
        self.isPrimary = isPrimary
        self.fingerprint = fingerprint
    }
}

/// A camera that a machine's server names. Untrusted; a person approves its address before farmtop dials it.
public struct OfferedCamera: Equatable, Sendable {
    /// Cleaned.
    public var name: String
    /// Where its pictures may be, the likeliest first; empty when there is none that farmtop can read.
    public var candidates: [CameraSource]
    /// What stood in the addresses.
    public var credentials: LinkCredentials
    /// As the server says that the camera is mounted.
    public var orientation: CameraOrientation
    /// Why there are no candidates: "WebRTC only".
    public var reason: String?

    public init(
        name: String, candidates: [CameraSource], credentials: LinkCredentials = .none,
        orientation: CameraOrientation = .upright, reason: String? = nil
    ) {
        self.name = name
        self.candidates = candidates
        self.credentials = credentials
        self.orientation = orientation
        self.reason = reason
    }
}
