/// Where and why a text is not TOML.
struct TOMLFault: Error, Equatable, Sendable {
    /// From 1. A column counts bytes.
    var line: Int
    var column: Int
    var reason: String
}
