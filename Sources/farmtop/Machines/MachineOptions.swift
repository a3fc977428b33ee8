import ArgumentParser
import Farm
import FarmConfiguration
import Foundation
import Glibc
import Printers
import Text

/// How a machine's server or a camera is opened.
struct CredentialOptions: ParsableArguments {
    @Option(help: "The file with the key or password; - reads it from standard input.") var keyFile: String?
    @Option(help: "The user that the password belongs to.") var user: String?
    @Option(help: "SHA-256 of the server's certificate, which you have compared with the printer's.")
    var trustFingerprint: Fingerprint?

    /// Nil without a file.
    func secret() throws(CommandFailure) -> String? {
        guard let keyFile else { return nil }
        return try Self.secret(in: keyFile)
    }

    /// What a key file holds; `-` is standard input.
    static func secret(in keyFile: String) throws(CommandFailure) -> String {
        let data: Data?
        if keyFile == "-" {
            data = FileHandle.standardInput.readDataToEndOfFile()
        } else {
            data = FileManager.default.contents(atPath: absolute(keyFile))
            if let remark = SecretFile(what: "The key file", path: absolute(keyFile)).remark {
                Console.error("farmtop: \(remark.sentence)")
            }
        }
        guard let data, data.count <= 10_000 else {
            throw .failed("The key file \(printable(keyFile)) cannot be read. Name a file with the key alone.")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw .failed("The key file \(printable(keyFile)) is empty.") }
        return text
    }

    /// For a camera: a password, or nothing.
    func cameraCredentials() throws(CommandFailure) -> GivenCredentials {
        guard let secret = try secret() else {
            guard user == nil else { throw .usage("--user needs the password: give --key-file FILE.") }
            return .none
        }
        return .password(user: user ?? "", password: secret)
    }
}

struct Fingerprint: ExpressibleByArgument {
    var value: CertificateFingerprint

    init?(argument: String) {
        let digits = argument.filter { $0 != ":" && $0 != " " }
        guard let bytes = Hexadecimal.bytes(digits), let value = CertificateFingerprint(bytes) else { return nil }
        self.value = value
    }
}

extension LinkKind {
    init(option: String) throws {
        guard let kind = LinkKind(rawValue: option.lowercased()) else {
            throw ValidationError("--kind takes \(Self.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self = kind
    }
}

/// An address as it is typed. A password in it would stand in the list of processes for all to read.
struct TypedAddress: ExpressibleByArgument {
    var text: String

    init?(argument: String) { text = argument }

    func address() throws(CommandFailure) -> WebAddress {
        let parsed: WebAddress.Parsed
        do throws(WebAddressError) { parsed = try WebAddress.parse(text) } catch { throw .usage(error.description) }
        guard parsed.credentials == nil else {
            throw .usage("Leave user and password out of the address: give --user and --key-file.")
        }
        return parsed.address
    }
}

/// Asks a person about a certificate that nobody has approved.
enum CertificateQuestion {
    /// Runs `body`, and once more when a person approves the certificate that it met.
    static func asking<Value>(
        _ fingerprint: inout CertificateFingerprint?, of host: String, _ subject: LinkFault.Subject = .printer,
        _ body: (CertificateFingerprint?) async throws -> Value
    ) async throws -> Value {
        do {
            return try await body(fingerprint)
        } catch LinkFault.certificateNotApproved(let found) {
            try approve(found, of: host, subject)
            fingerprint = found
            return try await body(found)
        }
    }

    private static func approve(
        _ found: CertificateFingerprint, of host: String, _ subject: LinkFault.Subject
    ) throws(CommandFailure) {
        let shown = "\(printable(host)) shows the certificate\n\(found)\n"
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw .usage(
                "\(shown)Nobody has approved it. Compare it with the \(subject.rawValue)'s, then give --trust-fingerprint \(found)"
            )
        }
        Console.ask("\(shown)Is that the \(subject.rawValue)'s (SHA-256)? [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased() ?? "") else { throw .failed("Nothing was connected.") }
    }
}
