import Text

extension WebAddress {
    /// An address and the credentials that were written into it.
    public struct Parsed: Equatable, Sendable {
        /// Without the credentials, so that it may be shown and stored.
        public var address: WebAddress
        /// What stood before the `@`, percent-decoded; nil when nothing did.
        public var credentials: LinkCredentials?
    }

    /// Reads what a person types or a machine reports. Without a scheme, `http` is meant. A fragment is dropped.
    public static func parse(_ text: String) throws(WebAddressError) -> Parsed {
        let text = trimmed(text)
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= 2000 else { throw .tooLong }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { throw .badCharacter }
        var rest = Substring(text)
        var scheme = Scheme.http
        if let mark = rest.firstRange(of: "://") {
            let name = rest[..<mark.lowerBound].lowercased()
            guard let known = Scheme(rawValue: name) else { throw .wrongScheme(cleanedText(name, limit: 20)) }
            scheme = known
            rest = rest[mark.upperBound...]
        }
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        rest = rest[authorityEnd...]
        var credentials: LinkCredentials?
        if let at = authority.lastIndex(of: "@") {
            credentials = LinkCredentials(userInfo: authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        let (host, port) = try hostAndPort(authority)
        let mark = rest.firstIndex(of: "?")
        return Parsed(
            address: WebAddress(
                scheme: scheme, host: host, port: port, path: String(rest[..<(mark ?? rest.endIndex)]),
                query: mark.map { String(rest[rest.index(after: $0)...]) }),
            credentials: credentials)
    }

    private static func hostAndPort(_ authority: Substring) throws(WebAddressError) -> (String, Int?) {
        guard !authority.isEmpty else { throw .noHost }
        let host: Substring
        var portText: Substring?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { throw .badHost }
            host = authority[authority.index(after: authority.startIndex)..<close]
            guard host.contains(":"), host.utf8.allSatisfy({ ASCII.isHexDigit($0) || ":.".utf8.contains($0) }) else {
                throw .badHost
            }
            let after = authority[authority.index(after: close)...]
            if after.first == ":" { portText = after.dropFirst() } else if !after.isEmpty { throw .badHost }
        } else {
            let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw .badHost }
            host = parts[0]
            guard !host.isEmpty else { throw .noHost }
            guard host.utf8.count <= 253, host.utf8.allSatisfy(isOfHostName) else { throw .badHost }
            if parts.count == 2 { portText = parts[1] }
        }
        guard let portText, !portText.isEmpty else { return (host.lowercased(), nil) }
        guard ASCII.isWholeNumber(portText), let port = Int(portText), (1...65535).contains(port)
        else { throw .badPort }
        return (host.lowercased(), port)
    }

    private static func isOfHostName(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || "-._".utf8.contains(byte) }

    private static func trimmed(_ text: String) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" || character.isNewline }
        return String(
            text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}

extension LinkCredentials {
    /// `user:password` or `user` of an address.
    init?(userInfo: Substring) {
        let parts = userInfo.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map {
            PercentEncoding.repaired($0)
        }
        guard let user = parts.first, !userInfo.isEmpty else { return nil }
        self = .password(user: user, Secret(parts.count > 1 ? parts[1] : ""))
    }
}
