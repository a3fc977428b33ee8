import FarmClient
import Foundation
import Text

extension RemoteCredentials {
    /// From the file that was named, or else from the environment; never from arguments, which every user can see.
    static func found(_ flags: RemoteFlags, environment: [String: String]) throws(CommandFailure) -> RemoteCredentials {
        if let file = flags.file { return try read(file) }
        guard let id = environment["FARMTOP_CLIENT_ID"], let secret = environment["FARMTOP_CLIENT_SECRET"],
            !id.isEmpty, !secret.isEmpty
        else {
            throw .usage(
                "--connect needs a client of that farm. Make one there with 'farmtop client add NAME --json > FILE', "
                    + "and give --credentials FILE, or set FARMTOP_CLIENT_ID and FARMTOP_CLIENT_SECRET.")
        }
        return RemoteCredentials(clientID: id, clientSecret: secret)
    }

    private static func read(_ file: String) throws(CommandFailure) -> RemoteCredentials {
        struct Contents: Decodable {
            var client_id: String
            var client_secret: String
        }
        let data = try NamedFile(file).contents(orPipe: true)
        // The decoder's own words might quote the secret.
        guard let contents = try? JSONDecoder().decode(Contents.self, from: data) else {
            throw .usage(
                "\(printable(file)) is not the JSON of 'farmtop client add NAME --json': it needs client_id and "
                    + "client_secret.")
        }
        if let remark = SecretFile(what: "The credentials file", path: file).remark {
            Console.error("farmtop: \(remark.sentence)")
        }
        return RemoteCredentials(clientID: contents.client_id, clientSecret: contents.client_secret)
    }

    /// A URL without its slash at the end.
    static func base(_ url: String) throws(CommandFailure) -> String {
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        guard let parts = URL(string: base), ["http", "https"].contains(parts.scheme), parts.host != nil,
            parts.query == nil, parts.fragment == nil, parts.user == nil, (1...65_535).contains(parts.port ?? 443)
        else {
            throw .usage("--connect takes a URL as https://farm.example.org, not \(printable(url).debugDescription).")
        }
        return base
    }
}
