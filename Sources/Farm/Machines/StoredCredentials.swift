/// A key or password as the database holds it: nobody reads it without `secrets.key`.
public struct SealedSecret: Hashable, Sendable {
    /// A version, a mark of the key, and a box of ChaCha20-Poly1305 with its nonce.
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// What is stored of a link's or camera's credentials.
public enum StoredCredentials: Equatable, Sendable {
    /// It needs none.
    case none
    case sealed(SealedSecret)
    /// It needs some, and a backup left them out: "key needed".
    case leftOut
}

/// What sealed credentials belong to. It is authenticated with them: moved to another row, or to another address, they do not
/// open, so that nobody who changes the database has a key sent to a host of his own.
public struct SecretPlace: Equatable, Sendable {
    /// `machine_links` or `cameras`.
    public var table: String
    /// The row's key: a printer's or a camera's id.
    public var row: Int64
    /// Kind and address that they are sent to.
    public var address: String

    public init(table: String, row: Int64, address: String) {
        self.table = table
        self.row = row
        self.address = address
    }

    /// For the credentials of a printer's machine at this address: at another address they do not open.
    public static func link(of printer: PrinterID, _ address: LinkAddress) -> Self {
        Self(table: "machine_links", row: printer.rawValue, address: "\(address.kind.rawValue) \(address.base)")
    }

    /// Nil for a source that takes no credentials.
    public static func camera(_ id: CameraID, _ source: CameraSource) -> Self? {
        switch source {
        case .snapshot(let address), .mjpeg(let address):
            Self(table: "cameras", row: id.rawValue, address: "\(address)")
        case .printer, .command, .file: nil
        }
    }
}

/// Seals credentials before they are stored, and opens them before they are used.
public protocol CredentialSealer: Sendable {
    /// - Throws: why the key file cannot be made or read.
    func seal(_ credentials: LinkCredentials, for place: SecretPlace) throws -> StoredCredentials
    /// - Throws: `LinkFault.keyNeeded` when the key file is missing or another one, or when this was sealed for another place.
    func open(_ stored: StoredCredentials, for place: SecretPlace) throws(LinkFault) -> LinkCredentials
}
