/// Which machine an address leads to, however it was typed: two addresses of one place are one machine.
///
/// The kind does not count: what answers at one port is one machine, and Moonraker speaks OctoPrint's language too.
public struct MachinePlace: Hashable, Sendable {
    private let host: String
    /// Nil: the standard one of `http` or `https`, behind which a server is the same.
    private let port: Int?
    /// A reverse proxy may have a machine below each prefix.
    private let prefix: String

    public init(_ address: LinkAddress) {
        let base = address.base
        var host = base.host
        while host.hasSuffix(".") { host.removeLast() }
        self.host = host == "localhost" ? "127.0.0.1" : host
        port = base.port == base.scheme.standardPort ? nil : base.port
        var prefix = base.path
        while prefix.hasSuffix("/") { prefix.removeLast() }
        self.prefix = prefix
    }
}
