/// Paints by role.
public struct Theme: Equatable, Sendable {
    public let name: String
    private var paints: [Paint]  // by Role.rawValue, as the theme writes them
    /// For 8 and 16 colours; nil where a role is the nearest to what `paints` has.
    private var fewColors: [Paint?]
    /// `paints` with the colours of `text` where a role names none.
    private var resolved: [Paint]

    /// - Parameters:
    ///   - roles: role name → style, for instance `["failing": "bold #ff5f5f", "selection": "on 236"]`. A role that is
    ///     left out is drawn as in the default dark theme, or where `text` has a light background as in the light one.
    ///   - fewColors: the same for terminals of 8 or 16 colours.
    /// - Throws: what is wrong with the first faulty role, in alphabetical order.
    public init(name: String, roles: [String: String], fewColors: [String: String] = [:]) throws(ThemeError) {
        let named = try Self.paints(roles, theme: name)
        let isLight = named[Role.text.rawValue].map { XtermPalette.isLight($0.background) } ?? false
        let base = isLight ? Theme.light : Theme.defaultDark
        self.name = name
        paints = zip(named, base.paints).map { $0 ?? $1 }
        self.fewColors = try Self.paints(fewColors, theme: name)
        resolved = Self.resolved(paints)
    }

    /// A theme in code: roles it leaves out are plain.
    init(name: String, _ paints: [Role: Paint], fewColors: [Role: Paint] = [:]) {
        self.name = name
        self.paints = Role.allCases.map { paints[$0] ?? .plain }
        self.fewColors = Role.allCases.map { fewColors[$0] }
        resolved = Self.resolved(self.paints)
    }

    /// The theme as a terminal of this depth shows it best.
    public func limited(to depth: ColorDepth) -> Theme {
        guard depth < .indexed256 else { return self }
        guard depth > .mono else { return .mono }
        var theme = self
        theme.paints = zip(fewColors, paints).map { $0 ?? $1 }
        theme.resolved = Self.resolved(theme.paints)
        return theme
    }

    /// How the role is drawn in a row that is not selected.
    public subscript(role: Role) -> Paint { resolved[role.rawValue] }

    /// A role in the selected row. The selection's colours go before the role's, unless the role brings a background.
    public func selected(_ role: Role) -> Paint {
        let paint = paints[role.rawValue]
        let selection = paints[Role.selection.rawValue]
        var laid = self[role]
        if role == .text || paint.background == .terminalDefault {
            if selection.background != .terminalDefault { laid.background = selection.background }
            if selection.foreground != .terminalDefault {
                laid.foreground = selection.foreground
                // Bold was the role's colour made brighter.
                laid.attributes.subtract([.bold, .dim, .reverse])
            }
        }
        laid.attributes.formUnion(selection.attributes)
        return laid
    }

    private static func resolved(_ paints: [Paint]) -> [Paint] {
        let text = paints[Role.text.rawValue]
        return paints.map { paint in
            var paint = paint
            if paint.background == .terminalDefault { paint.background = text.background }
            if paint.foreground == .terminalDefault { paint.foreground = text.foreground }
            return paint
        }
    }

    private static func paints(_ roles: [String: String], theme: String) throws(ThemeError) -> [Paint?] {
        var paints: [Paint?] = Role.allCases.map { _ in nil }
        for (key, style) in roles.sorted(by: { $0.key < $1.key }) {
            guard let role = Role(name: key) else { throw .unknownRole(key, theme: theme) }
            do {
                paints[role.rawValue] = try Paint(style: style)
            } catch {
                throw .badStyle(role: key, theme: theme, error)
            }
        }
        return paints
    }
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
