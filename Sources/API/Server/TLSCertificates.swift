import Farm
import Foundation
import NIOCore
import NIOSSL
import Synchronization
import Wire

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Why certificate and key cannot be used.
public enum TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case notPEM(path: String, wanted: String)
    case encrypted(path: String)
    case mismatch(certificate: String, key: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason). Let farmtop read it, or set server.tls_certificate and server.tls_key."
        case .notPEM(let path, let wanted):
            "\(path) holds no \(wanted) in PEM form. Write it there with BEGIN and END lines, as certbot does."
        case .encrypted(let path):
            "The key in \(path) is encrypted. Store it without a passphrase, readable only by farmtop: openssl pkey."
        case .mismatch(let certificate, let key):
            "The key in \(key) is not that of the first certificate in \(certificate). Put the server's own certificate first, and its key."
        }
    }
}

/// The certificate that the API shows, and its key: read from two PEM files, and read again when told to. Connections keep
/// what they began with.
public final class TLSCertificates: Sendable {
    /// Path of the PEM file with the server's own certificate first, then those that lead to its issuer.
    public let certificate: String
    /// Path of the PEM file with the private key of the first certificate.
    public let key: String
    private struct Loaded {
        var context: NIOSSLContext
        var expiresAt: Int64
    }
    private let loaded: Mutex<Loaded>

    /// - Parameters:
    ///   - certificate: path of the chain, the server's own first.
    ///   - key: path of its private key, without a passphrase.
    public init(certificate: String, key: String) throws(TLSError) {
        self.certificate = certificate
        self.key = key
        loaded = Mutex(try Self.load(certificate, key))
    }

    /// Reads the files again. When they cannot be used the old ones stay in use.
    public func reload() throws(TLSError) {
        let new = try Self.load(certificate, key)
        loaded.withLock { $0 = new }
    }

    /// When the server's certificate ends. Unit: seconds since 1970.
    public var expiresAt: Int64 { loaded.withLock { $0.expiresAt } }

    var context: NIOSSLContext { loaded.withLock { $0.context } }

    private static func load(_ certificate: String, _ key: String) throws(TLSError) -> Loaded {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(try bytes(of: certificate))
        } catch let error as TLSError {
            throw error
        } catch {
            throw .notPEM(path: certificate, wanted: "certificate")
        }
        guard let own = chain.first else { throw .notPEM(path: certificate, wanted: "certificate") }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(try privateKey(in: key)))
        configuration.allowOnlyForwardSecrecy()
        configuration.applicationProtocols = ["http/1.1"]
        // A client that says nothing more does not answer the end either.
        configuration.shutdownTimeout = .seconds(1)
        do {
            return Loaded(context: try NIOSSLContext(configuration: configuration), expiresAt: Int64(own.notValidAfter))
        } catch {
            // Both were read, so that what is left is that they do not belong together.
            throw .mismatch(certificate: certificate, key: key)
        }
    }

    private static func privateKey(in path: String) throws(TLSError) -> NIOSSLPrivateKey {
        let bytes = try bytes(of: path)
        guard !String(decoding: bytes, as: UTF8.self).contains("ENCRYPTED") else { throw .encrypted(path: path) }
        do {
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
        } catch {
            throw .notPEM(path: path, wanted: "private key")
        }
    }

    private static let sizeLimit = 1 << 20

    private static func bytes(of path: String) throws(TLSError) -> [UInt8] {
        // Read again with each reload, which nothing but a file can be; a fifo would wait.
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw .unreadable(path: path, reason: "it is not a file")
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .unreadable(path: path, reason: fileReason(error))
        }
        guard !data.isEmpty, data.count <= sizeLimit else {
            throw .unreadable(path: path, reason: data.isEmpty ? "it is empty" : "it is longer than 1 MiB")
        }
        return Array(data)
    }
}
