import Text

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// An IP address as its bytes: 4, or 16. IPv4 inside IPv6 (RFC 4291 §2.5.5.2) is IPv4.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    /// Nil when the text is no address. A zone (`fe80::1%eth0`) is left out.
    public init?(_ text: some StringProtocol) {
        let bare = String(text.prefix { $0 != "%" })
        var (v4, v6) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, bare, &v4) == 1 {
            bytes = withUnsafeBytes(of: v4) { Array($0) }
        } else if inet_pton(AF_INET6, bare, &v6) == 1 {
            let all = withUnsafeBytes(of: v6) { Array($0) }
            let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
            bytes = isMapped ? Array(all[12...]) : all
        } else {
            return nil
        }
    }

    /// All of 127.0.0.0/8, and ::1.
    public var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// `192.0.2.1`; IPv6 in eight groups without abbreviation, so that one address has one text.
    public var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}

/// Addresses with the same first bits: `10.0.0.0/8`, `fd00::/8`, or a single one (RFC 4632 §3.1).
public struct AddressRange: Hashable, Sendable {
    private let start: IPAddress
    private let prefix: Int

    /// Nil when the text is neither an address nor ADDRESS/BITS, or has bits set behind the prefix: then it is not clear
    /// what was meant.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let start = IPAddress(parts[0]), !parts[0].contains("%") else {
            return nil
        }
        let width = start.bytes.count * 8
        var prefix = width
        if parts.count == 2 {
            guard parts[1].utf8.count <= 3, ASCII.isWholeNumber(parts[1]),
                let bits = Int(parts[1]), bits <= width
            else { return nil }
            prefix = bits
        }
        self.start = start
        self.prefix = prefix
        for bit in prefix..<width where start.bytes[bit / 8] & (0x80 >> UInt8(bit % 8)) != 0 { return nil }
    }

    /// False for an address of the other family.
    public func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == start.bytes.count else { return false }
        let whole = prefix / 8
        guard address.bytes[..<whole] == start.bytes[..<whole] else { return false }
        let rest = prefix % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
        return address.bytes[whole] & mask == start.bytes[whole] & mask
    }
}
