import Text

/// Where a machine's server is, and what it speaks.
public struct LinkAddress: Hashable, Sendable, Codable {
    /// The protocol of the server.
    public var kind: LinkKind
    /// The server's root, with the prefix of a reverse proxy; without a query.
    public var base: WebAddress

    public init(kind: LinkKind, base: WebAddress) {
        self.kind = kind
        self.base = base
    }

    /// - Parameter path: from the server's root, begins with `/`.
    public func address(of path: String, query: String? = nil) -> WebAddress {
        var address = base
        while address.path.hasSuffix("/") { address.path.removeLast() }
        address.path += path
        address.query = query
        return address
    }
}

extension LinkAddress: CustomStringConvertible {
    public var description: String { "\(kind.title) at \(base)" }
}

/// SHA-256 of a server's certificate (DER), which a person has compared.
public struct CertificateFingerprint: Hashable, Sendable, Codable {
    /// 32 bytes.
    public var bytes: [UInt8]

    /// Nil unless there are 32.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}

extension CertificateFingerprint: CustomStringConvertible {
    /// `AB:CD:…`, as browsers show it.
    public var description: String { Hexadecimal.fingerprint(bytes) }
}

/// Everything that a link needs to run; the credentials come beside it, so that this may be shown.
public struct LinkSettings: Equatable, Sendable, Codable {
    /// Credentials are sealed for it: with another one they must be given again.
    public var address: LinkAddress
    /// The certificate of an `https` server, once a person has approved it; nil: none is approved yet, or `http`.
    public var fingerprint: CertificateFingerprint?
    /// The G-code object or pin that a person named as the light: `output_pin caselight`; nil: no light.
    public var lightName: String?

    public init(address: LinkAddress, fingerprint: CertificateFingerprint? = nil, lightName: String? = nil) {
        self.address = address
        self.fingerprint = fingerprint
        self.lightName = lightName
    }
}

extension LinkSettings {
    /// The approved certificate of the machine's server, for a camera that the same server answers for.
    public func fingerprint(of source: CameraSource) -> CertificateFingerprint? {
        switch source {
        case .snapshot(let camera), .mjpeg(let camera):
            camera.host == address.base.host && camera.port == address.base.port ? fingerprint : nil
        case .printer, .command, .file: nil
        }
    }
}
