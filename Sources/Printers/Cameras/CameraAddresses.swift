import Farm

/// How the addresses that a server gives for a camera are read from where farmtop stands.
struct CameraAddresses {
    /// The address of the machine's server, as farmtop reaches it.
    var server: WebAddress
    private(set) var credentials = LinkCredentials.none
    /// The scheme of an address that is no picture over HTTP.
    private(set) var otherScheme: String?

    init(server: WebAddress) { self.server = server }

    /// Where a picture may be, the likeliest first.
    /// - Parameter ports: where a relative address is tried, in this order.
    mutating func resolve(_ text: String, ports: [Int]) -> [WebAddress] {
        guard !text.isEmpty else { return [] }
        if let mark = text.firstRange(of: "://"),
            text[..<mark.lowerBound].allSatisfy({ $0.isLetter || "+.-".contains($0) })
        {
            return absolute(text)
        }
        if text.hasPrefix("//") { return absolute("\(server.scheme.rawValue):\(text)") }
        let path = text.hasPrefix("/") ? text : "/" + text
        var found: [WebAddress] = []
        for port in ports {
            guard var address = try? WebAddress.parse("http://host\(path)").address else { return [] }
            // Only the standard port is known to speak what the server speaks.
            address.scheme = port == server.port || port == server.scheme.standardPort ? server.scheme : .http
            address.host = server.host
            address.explicitPort = port == address.scheme.standardPort ? nil : port
            if !found.contains(address) { found.append(address) }
        }
        return found
    }

    /// A URL with any scheme is absolute. Loopback is the server's own, so its host is meant.
    private mutating func absolute(_ text: String) -> [WebAddress] {
        do {
            let parsed = try WebAddress.parse(text)
            if let found = parsed.credentials { credentials = found }
            var address = parsed.address
            if address.isLoopback { address.host = server.host }
            return [address]
        } catch .wrongScheme(let scheme) {
            otherScheme = scheme
            return []
        } catch {
            return []
        }
    }

    /// mjpg-streamer and its kin serve one picture beside the stream.
    static func snapshot(beside stream: WebAddress) -> WebAddress? {
        guard let query = stream.query else { return nil }
        let parts = query.split(separator: "&", omittingEmptySubsequences: false)
        guard parts.contains("action=stream") else { return nil }
        var address = stream
        address.query = parts.map { $0 == "action=stream" ? "action=snapshot" : $0 }.joined(separator: "&")
        return address
    }

    /// Snapshots, then snapshots beside the streams, then the streams.
    static func sources(snapshots: [WebAddress], streams: [WebAddress]) -> [CameraSource] {
        var sources = snapshots.map(CameraSource.snapshot)
        sources += streams.compactMap(snapshot(beside:)).map(CameraSource.snapshot)
        sources += streams.map(CameraSource.mjpeg)
        var seen: Set<CameraSource> = []
        return sources.filter { seen.insert($0).inserted }
    }
}
