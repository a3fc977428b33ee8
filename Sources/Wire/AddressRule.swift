internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Which addresses a name may lead to. The name is resolved once for each connection, and what was checked is dialled.
public struct AddressRule: Sendable {
    /// Says whether an address may be dialled: its text ("192.168.1.20", "fe80::1") without the port.
    let allows: @Sendable (String) -> Bool

    /// For a host that a person typed: every machine's own address, but none that cannot be one, and not the address
    /// at which cloud computers hand out their secrets.
    public static let approved = Self { !isNeverAMachine($0) }

    /// For a host that a machine named: one of these addresses only.
    public static func only(_ addresses: Set<String>) -> Self {
        Self { addresses.contains($0) && !isNeverAMachine($0) }
    }

    static func isNeverAMachine(_ address: String) -> Bool {
        var v4 = [UInt8](repeating: 0, count: 4), v6 = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, address, &v4) == 1 { return isNeverAMachine(v4: v4) }
        // Without the zone of a link-local address.
        guard inet_pton(AF_INET6, String(address.prefix { $0 != "%" }), &v6) == 1 else { return true }
        // IPv4 in IPv6 (RFC 4291, 2.5.5.2) is judged as the IPv4 address that it is.
        if v6.prefix(10).allSatisfy({ $0 == 0 }), v6[10] == 0xFF, v6[11] == 0xFF {
            return isNeverAMachine(v4: Array(v6[12...]))
        }
        let isUnspecified = v6.allSatisfy { $0 == 0 }
        let isMulticast = v6[0] == 0xFF
        let isMetadata = v6 == [0xFD, 0, 0x0E, 0xC2] + Array(repeating: 0, count: 10) + [0x02, 0x54]
        return isUnspecified || isMulticast || isMetadata
    }

    private static func isNeverAMachine(v4 bytes: [UInt8]) -> Bool {
        let isThisNetwork = bytes[0] == 0
        let isMulticastOrReserved = bytes[0] >= 0xE0
        let isMetadata = bytes == [169, 254, 169, 254]
        return isThisNetwork || isMulticastOrReserved || isMetadata
    }
}

/// Host names → addresses, by the system's resolver.
enum Resolver {
    /// Its own threads: names that hang must not hold up the reading of files.
    private static let pool = {
        let pool = NIOThreadPool(numberOfThreads: 8)
        pool.start()
        return pool
    }()

    /// The addresses of a host, as the system orders them. An IP address is its own, without asking anybody.
    static func addresses(of host: String, port: Int) async throws(WireError) -> [SocketAddress] {
        if let literal = try? SocketAddress(ipAddress: host, port: port) { return [literal] }
        let found: [SocketAddress]
        do {
            found = try await pool.runIfActive { lookUp(host, port: port) }
        } catch {
            throw .unreachable("the program is ending")
        }
        guard !found.isEmpty else { throw .nameNotFound(host: host) }
        return found
    }

    private static func lookUp(_ host: String, port: Int) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next {
            let info = entry.pointee
            if let address = info.ai_addr {
                switch info.ai_family {
                case AF_INET:
                    address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        found.append(SocketAddress($0.pointee))
                    }
                case AF_INET6:
                    address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                        found.append(SocketAddress($0.pointee))
                    }
                default: break
                }
            }
            next = info.ai_next
        }
        return found
    }
}
