import HTTPTypes

/// The reverse proxies whose word on where a request comes from is taken (RFC 9700 §4.13: what anybody could have put
/// into a header is not).
///
/// Only `X-Forwarded-For` is read. `X-Forwarded-Proto` and `-Host` are not, from nobody: links are made from
/// `server.public_url`.
public struct TrustedProxies: Equatable, Sendable {
    /// The addresses that proxies connect from; empty: no header is believed over TCP.
    public var ranges: [AddressRange]
    /// Whoever connects to the API's unix socket is one.
    public var trustsUnixSocket: Bool

    public init(ranges: [AddressRange] = [], trustsUnixSocket: Bool = false) {
        self.ranges = ranges
        self.trustsUnixSocket = trustsUnixSocket
    }

    /// Nil when one of the texts is neither an address, nor a range, nor `unix`.
    public init?(_ texts: [String]) {
        self.init()
        for text in texts {
            if text == "unix" {
                trustsUnixSocket = true
            } else if let range = AddressRange(text) {
                ranges.append(range)
            } else {
                return nil
            }
        }
    }

    /// - Parameter peer: nil on a unix socket.
    func trusts(_ peer: IPAddress?) -> Bool {
        guard let peer else { return trustsUnixSocket }
        return ranges.contains { $0.contains(peer) }
    }

    private static let longestChain = 32

    /// Whom a request comes from: the peer, or, when that is a trusted proxy, the last address of the chain that is not
    /// one. Proxies add the address of their own peer at the end, so that what the client made up stands in front.
    func client(peer: IPAddress?, headers: HTTPFields) -> ClientAddress {
        let chain = headers[values: .xForwardedFor]
        let isForwarded = headers.contains { Self.isProxys($0.name) }
        guard trusts(peer) else { return ClientAddress(peer, isForwarded: isForwarded) }
        let hops = chain.joined(separator: ",").split(separator: ",").suffix(Self.longestChain)
        var nearest = peer
        for hop in hops.reversed() {
            guard let address = Self.address(hop) else { break }
            nearest = address
            if !trusts(address) { break }
        }
        return ClientAddress(nearest, isForwarded: isForwarded)
    }

    /// Fields that proxies add: the standard's, those of the common programs, those of the large networks. A proxy that adds
    /// none cannot be told from a client.
    private static let fields: Set<String> = [
        "forwarded", "forwarded-for", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-for",
        "x-original-host", "x-originating-ip", "x-remote-ip", "x-remote-addr", "true-client-ip", "client-ip",
        "cf-connecting-ip", "cf-ray", "cf-visitor", "cdn-loop", "fastly-client-ip", "fly-client-ip",
        "x-envoy-external-address", "x-azure-clientip", "x-appengine-user-ip", "x-proxyuser-ip", "wl-proxy-client-ip",
    ]

    private static func isProxys(_ name: HTTPField.Name) -> Bool {
        name.canonicalName.hasPrefix("x-forwarded") || name.canonicalName.hasPrefix("x-original-forwarded")
            || fields.contains(name.canonicalName)
    }

    /// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
    private static func address(_ hop: Substring) -> IPAddress? {
        let text = hop.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        if text.hasPrefix("[") { return IPAddress(text.dropFirst().prefix { $0 != "]" }) }
        let isV4WithPort = text.contains(".") && text.utf8.count { $0 == UInt8(ascii: ":") } == 1
        return IPAddress(isV4WithPort ? text.prefix { $0 != ":" } : text)
    }
}

/// Where a request comes from.
struct ClientAddress: Equatable, Sendable {
    /// Nil: somebody on a unix socket.
    var ip: IPAddress?
    /// The request says that somebody passed it on, whether that is believed or not.
    var isForwarded: Bool

    init(_ ip: IPAddress?, isForwarded: Bool) {
        self.ip = ip
        self.isForwarded = isForwarded
    }

    /// Empty on a unix socket.
    var text: String { ip?.description ?? "" }
    /// From this machine, and not from somebody behind a proxy of whom nobody knows.
    var isThisMachine: Bool { !isForwarded && (ip?.isLoopback ?? true) }
}

extension HTTPField.Name {
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
}
