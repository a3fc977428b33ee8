/// Paints by role.
public struct Theme: Equatable, Sendable {
    public let name: String
    private var paints: [Paint]  // by Role.rawValue

    /// - Parameter roles: role name → style, for instance `["failing": "bold #ff5f5f", "selection": "on 236"]`.
    ///   A role that is left out is drawn as in the default dark theme.
    /// - Throws: what is wrong with the first faulty role, in alphabetical order.
    public init(name: String, roles: [String: String]) throws(ThemeError) {
        var paints = Self.defaultDark.paints
        for (key, style) in roles.sorted(by: { $0.key < $1.key }) {
            guard let role = Role(name: key) else { throw .unknownRole(key, theme: name) }
            do {
                paints[role.rawValue] = try Paint(style: style)
            } catch {
                throw .badStyle(role: key, theme: name, error)
            }
        }
        self.name = name
        self.paints = paints
    }

    /// A theme in code: roles it leaves out are plain.
    init(name: String, _ paints: [Role: Paint]) {
        self.name = name
        self.paints = Role.allCases.map { paints[$0] ?? .plain }
    }

    public subscript(role: Role) -> Paint { paints[role.rawValue] }
}

/// Why a theme was refused.
public enum ThemeError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownRole(String, theme: String)
    case badStyle(role: String, theme: String, PaintStyleError)

    public var description: String {
        switch self {
        case .unknownRole(let role, let theme):
            "Theme \(theme.debugDescription): there is no role \(role.debugDescription). "
                + "Roles: \(Role.allCases.map(\.name).joined(separator: ", "))."
        case .badStyle(let role, let theme, let fault):
            "Theme \(theme.debugDescription), role \(role): \(fault)"
        }
    }
}
