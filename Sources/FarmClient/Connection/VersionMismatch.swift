/// The two ends of a link are farmtops that do not understand one another.
public struct VersionMismatch: Error, Equatable, Sendable, CustomStringConvertible {
    /// Who serves the farm, such as `The farm at https://farm.example.org`.
    public var farm: String
    /// As the serving side told it: untrusted text.
    public var farmVersion: String
    /// The version of this program.
    public var ownVersion: String
    /// The serving one is the older of the two.
    public var isFarmOlder: Bool

    public var description: String {
        let older = isFarmOlder ? "Update farmtop there and start it again." : "Update farmtop here."
        return "\(farm) runs farmtop \(farmVersion), this is \(ownVersion). \(older)"
    }

    /// Nil when the two understand one another: the major and minor versions are the same, or this program does not know
    /// its own.
    init?(farm: String, farmVersion: String, ownVersion: String?) {
        guard let ownVersion else { return nil }
        let (theirs, own) = (Self.numbers(farmVersion), Self.numbers(ownVersion))
        guard theirs != own else { return nil }
        self.farm = farm
        self.farmVersion = farmVersion
        self.ownVersion = ownVersion
        isFarmOlder = theirs.lexicographicallyPrecedes(own)
    }

    /// Major and minor version; what is no number counts as 0.
    private static func numbers(_ version: String) -> [Int] {
        let parts = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
        return parts + Array(repeating: 0, count: 2 - parts.count)
    }
}
