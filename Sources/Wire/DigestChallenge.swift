internal import Crypto
import Text

/// What a server asks for in `WWW-Authenticate: Digest …` (RFC 7616; without `qop`, RFC 2069).
public struct DigestChallenge: Equatable, Sendable {
    /// The hashes that are spoken here; a challenge with another one is passed over.
    public enum Algorithm: String, Sendable {
        case md5 = "MD5"
        case sha256 = "SHA-256"
    }
    /// Part of the hashed secret, and told back as it came.
    public var realm: String
    /// The server's own text, hashed with each request; good until the server says that it is stale.
    public var nonce: String
    /// Told back as it came; left out when the server sent none.
    public var opaque: String?
    /// As named by the server; nil: not named, which means MD5, and is left out of the answer too.
    public var algorithm: Algorithm?
    /// The server offers `qop=auth`. Without a qop the old form is answered, which small firmwares insist on.
    public var hasAuth: Bool
    /// The password was right and the nonce too old.
    public var isStale: Bool

    /// The first challenge among header values that we can answer; nil when there is none.
    public init?(headers: [String]) {
        let candidates = headers.flatMap(AuthenticateHeader.challenges).filter { $0.scheme == "digest" }
        for candidate in candidates {
            if let challenge = Self(candidate.parameters) {
                self = challenge
                return
            }
        }
        return nil
    }

    private init?(_ parameters: [String: String]) {
        guard let nonce = parameters["nonce"], let realm = parameters["realm"] else { return nil }
        if let name = parameters["algorithm"] {
            guard let known = Algorithm(rawValue: name.uppercased()) else { return nil }
            algorithm = known
        }
        let offered = parameters["qop"].map { text in
            text.split { $0 == "," || $0 == " " }.map { $0.lowercased() }
        }
        // Only `auth-int` offered: the body would have to be hashed, and no machine asks for it.
        if let offered, !offered.contains("auth") { return nil }
        self.nonce = nonce
        self.realm = realm
        opaque = parameters["opaque"]
        hasAuth = offered != nil
        isStale = parameters["stale"]?.lowercased() == "true"
    }

    /// The value of the `Authorization` header.
    /// - Parameters:
    ///   - target: path and query exactly as in the request line.
    ///   - count: of requests with this nonce, from 1.
    ///   - clientNonce: unguessable, of letters and digits.
    public func answer(
        method: String, target: String, user: String, password: String, count: UInt32, clientNonce: String
    ) -> String {
        let secret = hash("\(user):\(realm):\(password)")
        let request = hash("\(method):\(target)")
        var fields = [
            "username=\(Self.quoted(user))", "realm=\(Self.quoted(realm))", "nonce=\(Self.quoted(nonce))",
            "uri=\(Self.quoted(target))",
        ]
        if let algorithm { fields.append("algorithm=\(algorithm.rawValue)") }
        if hasAuth {
            let number = Hexadecimal.text(count, digits: 8)
            let response = hash("\(secret):\(nonce):\(number):\(clientNonce):auth:\(request)")
            fields += ["qop=auth", "nc=\(number)", "cnonce=\(Self.quoted(clientNonce))", "response=\"\(response)\""]
        } else {
            fields.append("response=\"\(hash("\(secret):\(nonce):\(request)"))\"")
        }
        if let opaque { fields.append("opaque=\(Self.quoted(opaque))") }
        return "Digest " + fields.joined(separator: ", ")
    }

    private func hash(_ text: String) -> String {
        switch algorithm ?? .md5 {
        case .md5: Hexadecimal.text(Insecure.MD5.hash(data: Array(text.utf8)))
        case .sha256: Hexadecimal.text(SHA256.hash(data: Array(text.utf8)))
        }
    }

    /// A quoted-string (RFC 9110, 5.6.4); what no header may hold is left out.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F || scalar == "\t" {
            if scalar == "\"" || scalar == "\\" { result.unicodeScalars.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }
}

/// `WWW-Authenticate` (RFC 9110, 11.6.1): several challenges may stand in one value, separated by commas like their
/// parameters.
enum AuthenticateHeader {
    struct Challenge: Equatable {
        /// Lower case.
        var scheme: String
        /// Names in lower case; the first of two equal names counts.
        var parameters: [String: String] = [:]
    }

    static func challenges(_ value: String) -> [Challenge] {
        var scanner = Scanner(rest: Substring(value).utf8)
        var found: [Challenge] = []
        while true {
            scanner.skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ",") }
            guard let word = scanner.token() else { return found }
            scanner.skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            if scanner.rest.first == UInt8(ascii: "="), !found.isEmpty {
                scanner.rest = scanner.rest.dropFirst()
                scanner.skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                guard let text = scanner.quotedString() ?? scanner.token() else { return found }
                let name = word.lowercased()
                if found[found.count - 1].parameters[name] == nil { found[found.count - 1].parameters[name] = text }
            } else {
                found.append(Challenge(scheme: word.lowercased()))
            }
        }
    }

    private struct Scanner {
        var rest: Substring.UTF8View

        mutating func skip(_ isSkipped: (UInt8) -> Bool) { rest = rest.drop(while: isSkipped) }

        mutating func token() -> String? {
            let end =
                rest.firstIndex { byte in
                    byte <= 0x20 || byte >= 0x7F || Array("()<>@,;:\\\"[]?={}".utf8).contains(byte)
                } ?? rest.endIndex
            guard end != rest.startIndex else { return nil }
            defer { rest = rest[end...] }
            return String(Substring(rest[..<end]))
        }

        mutating func quotedString() -> String? {
            guard rest.first == UInt8(ascii: "\"") else { return nil }
            var bytes: [UInt8] = []
            var scan = rest.dropFirst()
            while let byte = scan.popFirst() {
                switch byte {
                case UInt8(ascii: "\""):
                    rest = scan
                    return String(decoding: bytes, as: UTF8.self)
                case UInt8(ascii: "\\"): if let next = scan.popFirst() { bytes.append(next) }
                default: bytes.append(byte)
                }
            }
            return nil
        }
    }
}
