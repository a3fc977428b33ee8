/// What one look at an address found, before anything is stored.
public enum ProbeResult: Equatable, Sendable, Codable {
    case found(MachineFinding)
    case failed(LinkFault)

    /// An https server whose certificate a person has to compare: look again with it as the settings' fingerprint.
    public var certificateToApprove: CertificateFingerprint? {
        guard case .failed(let fault) = self else { return nil }
        return fault.certificateToApprove
    }
}

/// A machine that answered.
public struct MachineFinding: Equatable, Sendable, Codable {
    /// Nil where the server did not say who it is.
    public var identity: MachineIdentity?
    /// Nil while the server has no printer; then `notConnected` says why.
    public var reading: PrinterReading?
    /// In the server's words.
    public var notConnected: String?
    /// What could be done with the machine once it is connected.
    public var abilities: LinkAbilities
    /// Newest first.
    public var files: [RemoteFile]
    /// Why they could not be listed.
    public var filesFault: LinkFault?
    /// Those that the server names, in its order.
    public var cameras: [ProbedCamera]

    public init(
        identity: MachineIdentity? = nil, reading: PrinterReading? = nil, notConnected: String? = nil,
        abilities: LinkAbilities = [], files: [RemoteFile] = [], filesFault: LinkFault? = nil,
        cameras: [ProbedCamera] = []
    ) {
        self.identity = identity
        self.reading = reading
        self.notConnected = notConnected
        self.abilities = abilities
        self.files = files
        self.filesFault = filesFault
        self.cameras = cameras
    }
}

/// A camera that the machine's server names, and what came of trying it.
public struct ProbedCamera: Equatable, Sendable, Codable {
    /// Cleaned.
    public var name: String
    /// The one that gave the picture, else the likeliest; nil when there is none that farmtop can read.
    public var source: CameraSource?
    /// As the server says that the camera is mounted.
    public var orientation: CameraOrientation
    /// Its address held a password, which is told to nobody: it must be given again.
    public var needsPassword: Bool
    /// Taken when it was tried; nil where none came.
    public var picture: ProbedPicture?
    /// Why there is no picture; a sentence.
    public var reason: String?
    /// Set when the reason is an https certificate that a person has to compare.
    public var certificateToApprove: CertificateFingerprint?

    public init(
        name: String, source: CameraSource?, orientation: CameraOrientation = .upright, needsPassword: Bool = false,
        picture: ProbedPicture? = nil, reason: String? = nil, certificateToApprove: CertificateFingerprint? = nil
    ) {
        self.name = name
        self.source = source
        self.orientation = orientation
        self.needsPassword = needsPassword
        self.picture = picture
        self.reason = reason
        self.certificateToApprove = certificateToApprove
    }
}

/// What came of trying one camera.
public enum CameraProbeResult: Equatable, Sendable, Codable {
    case taken(ProbedPicture)
    case failed(LinkFault)

    /// What a person has to compare and approve before the next try; nil when that is not the trouble.
    public var certificateToApprove: CertificateFingerprint? {
        guard case .failed(let fault) = self else { return nil }
        return fault.certificateToApprove
    }
}

extension LinkFault {
    /// The certificate that was met and that nobody has approved.
    public var certificateToApprove: CertificateFingerprint? {
        switch self {
        case .certificateNotApproved(let found), .certificateChanged(_, let found): found
        default: nil
        }
    }
}
