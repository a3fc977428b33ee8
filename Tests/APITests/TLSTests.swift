import API
import Farm
import FarmService
import Foundation
import NIOCore
import NIOSSL
import TestSupport
import Testing

@Suite("TLS", .timeLimit(.minutes(20)))
struct TLSTests {
    /// Two files that a test may replace.
    private final class Files: Sendable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-tls-\(UUID().uuidString)")
        var certificate: String { folder.appending(path: "cert.pem").path }
        var key: String { folder.appending(path: "key.pem").path }

        init(_ name: String) throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try put("\(name).pem", "\(name).key.pem")
        }
        deinit { try? FileManager.default.removeItem(at: folder) }

        func put(_ certificate: String, _ key: String) throws {
            for (source, target) in [(certificate, self.certificate), (key, self.key)] {
                let data = try Data(contentsOf: TestFiles.inTests("APITests/Certificates/\(source)"))
                try data.write(to: URL(filePath: target))
            }
        }
    }

    private func context(atMost version: TLSVersion? = nil) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates([])
        configuration.minimumTLSVersion = .tlsv1
        configuration.maximumTLSVersion = version
        return try NIOSSLContext(configuration: configuration)
    }

    private func shown(_ name: String) throws -> NIOSSLCertificate {
        try #require(
            try NIOSSLCertificate.fromPEMFile(TestFiles.inTests("APITests/Certificates/\(name).pem").path).first)
    }

    @Test("the API answers over TLS 1.2 and newer, with the certificate of the file, and says https of itself")
    func served() async throws {
        let files = try Files("first")
        let farm = try await FarmFixture {
            $0.certificates = try? TLSCertificates(certificate: files.certificate, key: files.key)
        }
        try await farm.live { port in
            #expect(farm.service.traffic.address == "https://127.0.0.1:\(port)")
            for version in [TLSVersion.tlsv12, .tlsv13] {
                let presented = PresentedCertificate()
                let connection = try await RawConnection.to(
                    port: port, tls: try context(atMost: version), presented: presented)
                let answer = try await connection.exchange(get + closing, until: { $0.hasSuffix("ok") })
                #expect(answer.hasPrefix("HTTP/1.1 200"))
                let first = try shown("first")
                #expect(presented.first == first)
            }
            let old = try? await RawConnection.to(port: port, tls: try context(atMost: .tlsv11)).exchange(get + closing)
            #expect(old?.contains("200") != true)
            let plain = try? await RawConnection.to(port: port).exchange(get + closing)
            #expect(plain?.contains("200") != true)
        }
    }

    @Test("a reload gives new connections the new certificate and leaves the open one open; bad files change nothing")
    func reload() async throws {
        let files = try Files("first")
        let certificates = try TLSCertificates(certificate: files.certificate, key: files.key)
        let farm = try await FarmFixture { $0.certificates = certificates }
        try await farm.live { port in
            func showing(_ name: String) async throws -> Bool {
                let presented = PresentedCertificate()
                _ = try await RawConnection.to(port: port, tls: try context(), presented: presented)
                    .exchange(get + closing, until: { $0.hasSuffix("ok") })
                return presented.first == (try shown(name))
            }
            let open = try await RawConnection.to(port: port, tls: try context())
            try await open.channel.executeThenClose { inbound, outbound in
                var answers = inbound.makeAsyncIterator()
                func ask() async throws -> Bool {
                    try await outbound.write(ByteBuffer(string: get + "\r\n"))
                    var text = ""
                    while !text.hasSuffix("ok"), let chunk = try await answers.next() { text += String(buffer: chunk) }
                    return text.hasPrefix("HTTP/1.1 200")
                }
                #expect(try await ask())
                try files.put("second.pem", "second.key.pem")
                #expect(try await showing("first"))
                try certificates.reload()
                #expect(try await showing("second"))
                #expect(try await ask())
                try files.put("first.pem", "second.key.pem")
                #expect(throws: TLSError.mismatch(certificate: files.certificate, key: files.key)) {
                    try certificates.reload()
                }
                #expect(try await showing("second"))
                #expect(try await ask())
            }
        }
    }

    @Test("files that cannot be used are named, with what is wrong and what to do")
    func badFiles() throws {
        let files = try Files("first")
        func problem() -> String {
            do throws(TLSError) {
                _ = try TLSCertificates(certificate: files.certificate, key: files.key)
                return "accepted"
            } catch {
                return error.description
            }
        }
        #expect(problem() == "accepted")
        let missing = TLSError.unreadable(path: "/nowhere/cert.pem", reason: "no such file or directory")
        #expect(throws: missing) { _ = try TLSCertificates(certificate: "/nowhere/cert.pem", key: files.key) }
        try files.put("first.pem", "encrypted.key.pem")
        #expect(problem().contains("is encrypted. Store it without a passphrase"))
        try files.put("first.key.pem", "first.key.pem")
        #expect(problem().contains("cert.pem holds no certificate in PEM form"))
        try files.put("first.pem", "first.pem")
        #expect(problem().contains("key.pem holds no private key in PEM form"))
        try Data().write(to: URL(filePath: files.key))
        #expect(problem().contains("it is empty"))
        try FileManager.default.removeItem(atPath: files.key)
        #expect(problem().contains("key.pem cannot be read"))
    }

    @Test("who connects and never begins TLS is cut off")
    func silent() async throws {
        let files = try Files("first")
        let farm = try await FarmFixture {
            $0.certificates = try? TLSCertificates(certificate: files.certificate, key: files.key)
            $0.limits.idleTimeout = .milliseconds(200)
        }
        try await farm.live { port in
            let answer = try await RawConnection.to(port: port).exchange("")
            #expect(answer == "")
        }
    }
}
