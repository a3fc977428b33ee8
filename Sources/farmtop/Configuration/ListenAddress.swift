import Text

/// Where the API listens: `127.0.0.1:3334`, `[::1]:3334`, `printhub.local:80`. Port 0 takes a free one.
struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
    var host: String
    /// 0...65535.
    var port: Int

    /// Nowhere: apps come over the unix socket. Written `none`.
    static let none = ListenAddress(host: "", port: 0)
    var isNone: Bool { self == .none }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Nil when the text is not HOST:PORT. IPv6 addresses stand in brackets.
    init?(_ text: String) {
        guard text != "none" else {
            self = .none
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.count <= 5, ASCII.isWholeNumber(digits),
            let port = Int(digits), port <= 65_535
        else { return nil }
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), host.contains(":") else { return nil }
            host = host.dropFirst().dropLast()
            guard host.utf8.allSatisfy({ ASCII.isHexDigit($0) || ":.".utf8.contains($0) }) else { return nil }
        } else {
            guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(Self.isHostByte) else { return nil }
        }
        self.init(host: String(host), port: port)
    }

    var description: String { isNone ? "none" : host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Only programs of this machine can connect.
    var isLoopback: Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && host.utf8.allSatisfy { $0 < 58 })
    }

    /// Every address of the machine; none that a link could name.
    var isEveryAddress: Bool { host == "0.0.0.0" || (host.contains(":") && host.allSatisfy { $0 == ":" || $0 == "0" }) }

    private static func isHostByte(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || "._-".utf8.contains(byte) }
}
