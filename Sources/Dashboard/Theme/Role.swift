/// What a colour is for. Themes give each role a paint; views name roles only.
public enum Role: Int, CaseIterable, Sendable {
    /// Everything that has no other role; its background is the screen's.
    case text
    /// What is read second: labels, ages, units, closed rows.
    case dim
    /// Names of boxes and columns.
    case title
    case border
    /// The top line.
    case header
    /// The selected row; laid under the row's own paints.
    case selection
    /// A marked row's sign.
    case mark
    /// A key in a hint, and what it does.
    case key
    case hint
    // States of a printer.
    case failing, warning, stale, paused, printing, done, idle
    // Endings of a print other than success, which is `done`.
    case cancelled, failed, replaced, unknown
    /// The alert line.
    case alert
    // What a message is.
    case error, success, info
    /// Commands, addresses and codes to copy.
    case code
    /// A text field.
    case input
    /// The text a field suggests while it is empty.
    case placeholder
    // The chart: its area under each threshold, single frames, the threshold lines.
    case chart, chartWarning, chartFailure, chartPoint
    case threshold
    /// The moment under the time cursor.
    case moment
    /// Boxes around detections.
    case detection
}

extension Role {
    /// As theme files write it.
    public var name: String {
        switch self {
        case .chartWarning: "chart_warning"
        case .chartFailure: "chart_failure"
        case .chartPoint: "chart_point"
        default: String(describing: self)
        }
    }

    public init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }
}
