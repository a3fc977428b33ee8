internal import Crypto
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// Which certificate a server may show. One rule for every protocol: the leaf that a person has approved, by its SHA-256,
/// whoever issued it; no name and no date is checked beyond it.
public struct PinnedTLS: Equatable, Sendable {
    /// SHA-256 of the approved leaf (DER), 32 bytes; nil: none is approved yet, and every certificate is refused.
    public var approved: [UInt8]?

    public init(approved: [UInt8]?) { self.approved = approved }

    /// Refuses every certificate, so that a person can be shown the server's.
    public static let nothingApproved = Self(approved: nil)
}

/// Verifies one handshake, and remembers what the server showed.
final class CertificateCheck: Sendable {
    private let pin: PinnedTLS
    private let found = Mutex<[UInt8]?>(nil)

    init(_ pin: PinnedTLS) { self.pin = pin }

    /// Called on the event loop, before anything of ours is sent.
    func verify(_ chain: [NIOSSLCertificate]) -> Bool {
        guard let leaf = chain.first, let bytes = try? leaf.toDERBytes() else { return false }
        let hash = Array(SHA256.hash(data: bytes))
        found.withLock { $0 = hash }
        return hash == pin.approved
    }

    /// What the failure of a handshake means; nil when it failed for another reason than the certificate.
    var refusal: WireError? {
        guard let hash = found.withLock({ $0 }), hash != pin.approved else { return nil }
        return pin.approved == nil ? .certificateNotApproved(found: hash) : .certificateChanged(found: hash)
    }

    /// The handler of one connection.
    func handler(for endpoint: Endpoint) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: endpoint.host, port: 0)) != nil
        return try NIOSSLClientHandler(
            context: Self.context.get(), serverHostname: isAddress ? nil : endpoint.host,
            customVerificationCallback: { [self] chain, verdict in
                verdict.succeed(verify(chain) ? .certificateVerified : .failed)
            })
    }

    /// Making one costs milliseconds and 200 links share it: nothing in it is of one server. Old machines speak TLS 1.2.
    private static let context = Result {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // The callback decides in place of these; their loading would cost 10 ms and 1 MB.
        configuration.trustRoots = .certificates([])
        // NIOSSL would look for the host's name in the certificate after the callback has said yes.
        configuration.certificateVerification = .noHostnameVerification
        return try NIOSSLContext(configuration: configuration)
    }
}
