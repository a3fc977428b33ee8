import HTTPTypes
import Text

/// The head of a request, checked (RFC 9112 §3 and §5), as the decoder behind gets it.
///
/// Two readers that see different requests in the same bytes are how one client's request ends up in another's answer, so
/// what can be read in more than one way is refused: two lengths, a length that is no plain number, two hosts.
struct RequestHead: Equatable, Sendable {
    enum Body: Equatable, Sendable {
        case none
        /// At least 1.
        case length(Int)
        case chunked
    }

    /// The lines again, without those that only concern this connection. `Upgrade` is left out: the offer is declined, and
    /// the decoder would read nothing more on a connection that it takes for another protocol's (RFC 9110 §7.8).
    private(set) var bytes: [UInt8] = []
    private(set) var body = Body.none
    private(set) var isHTTP10 = false
    /// The client wants no further answer (RFC 9112 §9.3, §9.6).
    private(set) var endsConnection = false

    /// Gathered while the lines are read.
    private struct Fields {
        var hosts = 0
        var host: ArraySlice<UInt8> = []
        var lengths: [ArraySlice<UInt8>] = []
        var codings: [String] = []
        var connection: Set<String> = []
    }

    /// - Parameters:
    ///   - head: from the request line to the empty line, which may be included.
    ///   - needsHost: false on a unix socket, where there is no host to name and some clients leave the field out.
    /// - Throws: the answer to what is no request, or one with an unclear body.
    init(parsing head: ArraySlice<UInt8>, limits: ServerLimits = ServerLimits(), needsHost: Bool = true) throws(Refusal)
    {
        let lines = try Self.lines(head)
        guard let first = lines.first else { throw .notHTTP }
        guard lines.count - 1 <= limits.headerCount else { throw .headTooLong(limits) }
        try readRequestLine(first)
        bytes.reserveCapacity(head.count + 32)
        append(first)
        var fields = Fields()
        for line in lines.dropFirst() { try read(line, into: &fields) }
        try checkHost(fields, isNeeded: needsHost)
        body = try Self.body(fields, isHTTP10: isHTTP10)
        endsConnection =
            fields.connection.contains("close") || isHTTP10 && !fields.connection.contains("keep-alive")
        if endsConnection { append(Array("Connection: close".utf8)[...]) }
        append([])
    }

    private mutating func append(_ line: ArraySlice<UInt8>) {
        bytes.append(contentsOf: line)
        bytes.append(contentsOf: [0x0D, 0x0A])
    }

    private static func lines(_ head: ArraySlice<UInt8>) throws(Refusal) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        for line in head.split(separator: 0x0A) {
            let line = line.last == 0x0D ? line.dropLast() : line
            if line.isEmpty { continue }
            guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { throw .notHTTP }
            lines.append(line)
        }
        return lines
    }

    /// Those that the decoder knows and that name no tunnel.
    private static let methods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE",
        "PROPFIND",
        "PROPPATCH", "SEARCH", "UNLOCK", "ACL", "REPORT", "MERGE", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "PURGE",
        "LINK",
        "UNLINK",
    ]

    private mutating func readRequestLine(_ line: ArraySlice<UInt8>) throws(Refusal) {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[1].isEmpty, Self.isToken(parts[0]) else { throw .notHTTP }
        switch String(decoding: parts[2], as: UTF8.self) {
        case "HTTP/1.1": isHTTP10 = false
        case "HTTP/1.0": isHTTP10 = true
        default: throw .notHTTP
        }
        let method = String(decoding: parts[0], as: UTF8.self)
        guard Self.methods.contains(method) else { throw .methodNotAllowed(method) }
    }

    private mutating func read(_ line: ArraySlice<UInt8>, into fields: inout Fields) throws(Refusal) {
        // A line that begins with a space would continue the one before it (obsolete, RFC 9112 §5.2); its name is no token.
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), Self.isToken(line[..<colon]) else { throw .notHTTP }
        let value = Self.trimmed(line[(colon + 1)...])
        switch Name(line[..<colon]) {
        case .connection:
            fields.connection.formUnion(Self.tokens(value))
            return
        case .upgrade: return
        case .host:
            fields.hosts += 1
            fields.host = value
        case .contentLength: fields.lengths.append(value)
        case .transferEncoding: fields.codings += Self.tokens(value)
        case nil: break
        }
        append(line)
    }

    /// The fields that are read here.
    private enum Name: String {
        case host
        case upgrade
        case connection
        case contentLength = "content-length"
        case transferEncoding = "transfer-encoding"

        /// In any case; nil for other names.
        init?(_ bytes: ArraySlice<UInt8>) {
            // No two of them are of one length.
            switch bytes.count {
            case 4: self = .host
            case 7: self = .upgrade
            case 10: self = .connection
            case 14: self = .contentLength
            case 17: self = .transferEncoding
            default: return nil
            }
            guard zip(rawValue.utf8, bytes).allSatisfy({ $0 == ASCII.lowercased($1) }) else { return nil }
        }
    }

    private func checkHost(_ fields: Fields, isNeeded: Bool) throws(Refusal) {
        guard fields.hosts <= 1 else { throw .badRequest("The request has \(fields.hosts) Host fields. Send one.") }
        guard fields.hosts == 1 || isHTTP10 || !isNeeded else {
            throw .badRequest("The request has no Host field, which HTTP/1.1 requires.")
        }
        guard fields.hosts == 0 || (isNeeded ? Self.isAuthority(fields.host) : Self.isSocketHost(fields.host)) else {
            throw .badRequest("The Host field does not name one host, with or without a port.")
        }
    }

    private static func body(_ fields: Fields, isHTTP10: Bool) throws(Refusal) -> Body {
        guard fields.codings.isEmpty else {
            guard fields.codings == ["chunked"] else {
                throw .badRequest("The only Transfer-Encoding that is read here is chunked.")
            }
            guard !isHTTP10 else { throw .badRequest("HTTP/1.0 has no chunked bodies. Send a Content-Length.") }
            guard fields.lengths.isEmpty else {
                throw .badRequest("Send either Content-Length or Transfer-Encoding, not both.")
            }
            return .chunked
        }
        guard let length = fields.lengths.first else { return .none }
        guard fields.lengths.count == 1, !length.isEmpty, length.allSatisfy(ASCII.isDigit) else {
            throw .badRequest("Content-Length is not one plain number of bytes.")
        }
        guard let count = Int(String(decoding: length, as: UTF8.self)), count <= longestBody else {
            throw Refusal(status: .contentTooLarge, detail: "The request body is larger than \(longestBody) bytes.")
        }
        return count > 0 ? .length(count) : .none
    }

    /// Above every limit that a route has: its own answer is the better one.
    private static let longestBody = 1 << 40

    // MARK: Bytes

    /// RFC 9110 §5.6.2.
    static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "-"), UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"),
                    UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "|"),
                    UInt8(ascii: "~"):
                    true
                default: ASCII.isAlphanumeric(byte)
                }
            }
    }

    /// One name: clients on a unix socket send the socket's path, or nothing.
    private static func isSocketHost(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count <= 1024 && bytes.allSatisfy { $0 > 0x20 && !"?#@,\\\"<>".utf8.contains($0) }
    }

    /// A name, an address, or an IPv6 address in brackets, with or without a port (RFC 9110 §7.2).
    private static func isAuthority(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard isSocketHost(bytes), !bytes.contains(UInt8(ascii: "/")) else { return false }
        var host = bytes
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            host = bytes[bytes.index(after: bytes.startIndex)..<end]
            let rest = bytes[(end + 1)...]
            return !host.isEmpty && !host.contains(UInt8(ascii: "["))
                && (rest.isEmpty || rest.first == UInt8(ascii: ":") && isPort(rest.dropFirst()))
        }
        let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        host = bytes[..<end]
        return !host.isEmpty && !host.contains { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }
            && (end == bytes.endIndex || isPort(bytes[(end + 1)...]))
    }

    /// Digits, or nothing: a port may be left out behind its colon.
    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.allSatisfy(ASCII.isDigit) else { return false }
        return bytes.isEmpty || UInt16(String(decoding: bytes, as: UTF8.self)) != nil
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return bytes[first...last]
    }

    /// The members of a list, in lower case.
    private static func tokens(_ value: ArraySlice<UInt8>) -> [String] {
        value.split(separator: UInt8(ascii: ",")).map { String(decoding: trimmed($0), as: UTF8.self).lowercased() }
            .filter { !$0.isEmpty }
    }
}
