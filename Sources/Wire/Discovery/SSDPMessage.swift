/// An answer to a search by UPnP's discovery (UPnP Device Architecture 2.0 §1.3.3): HTTP's head in a datagram.
public struct SSDPMessage: Equatable, Sendable {
    /// Names in lower case; of one that comes twice the first value.
    public var headers: [String: String]

    /// Bytes; an answer that is longer is passed over.
    public static let sizeLimit = 8192
    static let headerLimit = 64

    /// Nil for what is no answer with status 200.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.sizeLimit else { return nil }
        var lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        guard let first = lines.popFirst() else { return nil }
        let words = first.split(separator: " ")
        guard words.count >= 2, words[0].uppercased().hasPrefix("HTTP/1."), words[1] == "200" else { return nil }
        headers = [:]
        for line in lines.prefix(Self.headerLimit) {
            guard !line.isEmpty else { break }
            guard let mark = line.firstIndex(of: ":") else { continue }
            let name = Self.trimmed(line[..<mark]).lowercased()
            if headers[name] == nil { headers[name] = Self.trimmed(line[line.index(after: mark)...]) }
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }

    /// Asks every device for its root description, within `seconds`.
    public static func search(seconds: Int) -> [UInt8] {
        let lines = [
            "M-SEARCH * HTTP/1.1", "HOST: 239.255.255.250:1900", "MAN: \"ssdp:discover\"", "MX: \(seconds)",
            "ST: upnp:rootdevice", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }
}
