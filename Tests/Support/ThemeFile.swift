internal import Foundation

/// The `key = "value"` lines of a theme file in the tree; the program reads it with a real TOML parser.
public struct ThemeFile: Sendable {
    public let name: String
    public let roles: [String: String]
    public let fewColors: [String: String]

    public init(_ name: String) throws {
        self.name = name
        let text = try String(contentsOf: TestFiles.root.appending(path: "themes/\(name).toml"), encoding: .utf8)
        var tables: [String: [String: String]] = [:]
        var table = ""
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("[") {
                table = String(line.dropFirst().dropLast())
            } else {
                let parts = line.components(separatedBy: " = ")
                tables[table, default: [:]][parts[0]] = parts[1].trimmingCharacters(
                    in: CharacterSet(charactersIn: "\""))
            }
        }
        roles = tables["roles"] ?? [:]
        fewColors = tables["roles_16_colors"] ?? [:]
    }
}
