import Farm
import FarmConfiguration
import Foundation
import Notifier

extension Settings {
    /// Where the webhook goes and what signs it; nil when none is configured.
    /// - Throws: `badValue` for a secret that cannot be read.
    func webhookTarget() throws(ConfigurationError) -> WebhookTarget? {
        let webhook = configuration.webhook
        guard !webhook.url.isEmpty else { return nil }
        var secret = Array(webhook.secret.utf8)
        if !webhook.secretFile.isEmpty { secret = try secretInFile(paths.expanded(webhook.secretFile)) }
        return WebhookTarget(url: webhook.url, secret: secret)
    }

    private func secretInFile(_ path: String) throws(ConfigurationError) -> [UInt8] {
        func bad(_ reason: String) -> ConfigurationError {
            .badValue(
                source: "webhook.secret_file", value: path, expected: "a file that holds the secret; this one \(reason)"
            )
        }
        var bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw bad("cannot be read: \(fileReason(error))")
        }
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw bad("is empty") }
        guard bytes.count <= 4096 else { throw bad("is longer than 4096 bytes") }
        return bytes
    }

    /// How apps reach the API, for links in answers; without a trailing slash.
    var publicBase: String {
        let server = configuration.server
        var base = server.publicURL
        if base.isEmpty {
            var listen = server.listen
            if listen.isEveryAddress { listen.host = MachineAddress.first() ?? "127.0.0.1" }
            base =
                (server.tlsCertificate.isEmpty ? "http" : "https")
                + "://\(listen.isNone ? "localhost" : listen.description)"
        }
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }

    /// Links are made with the address at which each request comes in, as nothing better is known.
    var linksFollowRequests: Bool {
        configuration.server.publicURL.isEmpty && configuration.server.listen.isEveryAddress
    }

    /// What an operator should know of the links in answers and messages.
    var linkRemarks: [String] { [linksRemark, buttonsRemark].compactMap { $0 } }

    /// What an operator should know of that; nil where the links are certain.
    var linksRemark: String? {
        guard linksFollowRequests else { return nil }
        return
            "server.public_url is not set and farmtop listens on every address: links in answers name the address at "
            + "which the request came in, and those of webhooks \(publicBase). Set server.public_url to the address that apps use."
    }
}
