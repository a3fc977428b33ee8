/// Themes that need no file. `themes/` holds them too, as examples to start from.
extension Theme {
    /// For terminals with a dark background; keeps the terminal's own.
    public static let defaultDark = Theme(
        name: "default-dark",
        [
            .text: Paint(), .dim: Paint(foreground: .indexed(245)),
            .title: Paint(foreground: .indexed(252), attributes: .bold),
            .border: Paint(foreground: .indexed(239)), .header: Paint(foreground: .indexed(252)),
            .selection: Paint(background: .indexed(237)), .mark: Paint(foreground: .indexed(141), attributes: .bold),
            .key: Paint(foreground: .indexed(110), attributes: .bold), .hint: Paint(foreground: .indexed(245)),
            .failing: Paint(foreground: .indexed(203), attributes: .bold),
            .warning: Paint(foreground: .indexed(215), attributes: .bold),
            .stale: Paint(foreground: .indexed(176)), .paused: Paint(foreground: .indexed(111)),
            .printing: Paint(foreground: .indexed(114)), .done: Paint(foreground: .indexed(73)),
            .idle: Paint(foreground: .indexed(243)),
            .cancelled: Paint(foreground: .indexed(250)), .failed: Paint(foreground: .indexed(203)),
            .replaced: Paint(foreground: .indexed(139)), .unknown: Paint(foreground: .indexed(245)),
            .alert: Paint(foreground: .indexed(231), background: .indexed(88), attributes: .bold),
            .error: Paint(foreground: .indexed(203)), .success: Paint(foreground: .indexed(114)),
            .info: Paint(foreground: .indexed(110)), .code: Paint(foreground: .indexed(180)),
            .input: Paint(foreground: .indexed(255), background: .indexed(236)),
            .placeholder: Paint(foreground: .indexed(242), background: .indexed(236)),
            .chart: Paint(foreground: .indexed(67)), .chartWarning: Paint(foreground: .indexed(215)),
            .chartFailure: Paint(foreground: .indexed(203)), .chartPoint: Paint(foreground: .indexed(250)),
            .threshold: Paint(foreground: .indexed(244)), .moment: Paint(foreground: .indexed(231), attributes: .bold),
            .detection: Paint(foreground: .indexed(226), attributes: .bold),
        ])

    /// Without any colour: bold, dim, underline and reverse only. Used wherever colour is off.
    public static let mono = Theme(
        name: "mono",
        [
            .dim: Paint(attributes: .dim), .title: Paint(attributes: .bold), .border: Paint(attributes: .dim),
            .header: Paint(attributes: .bold), .selection: Paint(attributes: .reverse), .mark: Paint(attributes: .bold),
            .key: Paint(attributes: .bold), .hint: Paint(attributes: .dim),
            .failing: Paint(attributes: [.bold, .underline]), .warning: Paint(attributes: .bold),
            .idle: Paint(attributes: .dim),
            .failed: Paint(attributes: .bold), .unknown: Paint(attributes: .dim),
            .alert: Paint(attributes: [.reverse, .bold]),
            .error: Paint(attributes: .bold), .code: Paint(attributes: .bold), .input: Paint(attributes: .underline),
            .placeholder: Paint(attributes: [.dim, .underline]), .chartWarning: Paint(attributes: .bold),
            .chartFailure: Paint(attributes: .bold), .threshold: Paint(attributes: .dim),
            .moment: Paint(attributes: .bold), .detection: Paint(attributes: .bold),
        ])
}
