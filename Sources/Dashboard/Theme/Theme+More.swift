/// The other themes of `themes/`, for terminals and eyes that the default does not suit.
extension Theme {
    /// For light backgrounds.
    public static let light = Theme(
        name: "light",
        [
            .text: Paint(foreground: .indexed(235), background: .indexed(255)),
            .dim: Paint(foreground: .indexed(242)), .title: Paint(foreground: .indexed(232), attributes: .bold),
            .border: Paint(foreground: .indexed(249)), .header: Paint(foreground: .indexed(235)),
            .selection: Paint(background: .indexed(253)), .mark: Paint(foreground: .indexed(91), attributes: .bold),
            .key: Paint(foreground: .indexed(25), attributes: .bold), .hint: Paint(foreground: .indexed(241)),
            .failing: Paint(foreground: .indexed(160), attributes: .bold),
            // An orange would be red in 16 colours, as a failure is.
            .warning: Paint(foreground: .rgb(0x80, 0x6A, 0), attributes: .bold),
            .stale: Paint(foreground: .indexed(90)),
            .paused: Paint(foreground: .indexed(25)), .printing: Paint(foreground: .indexed(28)),
            .done: Paint(foreground: .indexed(30)), .idle: Paint(foreground: .indexed(244)),
            .cancelled: Paint(foreground: .indexed(240)), .failed: Paint(foreground: .indexed(160)),
            .replaced: Paint(foreground: .indexed(96)), .unknown: Paint(foreground: .indexed(244)),
            .alert: Paint(foreground: .indexed(231), background: .indexed(124), attributes: .bold),
            .error: Paint(foreground: .indexed(160)), .success: Paint(foreground: .indexed(28)),
            .info: Paint(foreground: .indexed(25)), .code: Paint(foreground: .indexed(94)),
            .input: Paint(foreground: .indexed(232), background: .indexed(252)),
            .placeholder: Paint(foreground: .indexed(243), background: .indexed(252)),
            .chart: Paint(foreground: .indexed(67)), .chartWarning: Paint(foreground: .indexed(172)),
            .chartFailure: Paint(foreground: .indexed(160)), .chartPoint: Paint(foreground: .indexed(238)),
            .threshold: Paint(foreground: .indexed(246)),
            .moment: Paint(foreground: .indexed(232), attributes: .bold),
            .detection: Paint(foreground: .indexed(200), attributes: .bold),
        ])

    /// Only the strongest contrasts, on black.
    public static let highContrast = Theme(
        name: "high-contrast",
        [
            .text: Paint(foreground: .indexed(231), background: .indexed(16)), .dim: Paint(foreground: .indexed(252)),
            .title: Paint(foreground: .indexed(231), attributes: .bold), .border: Paint(foreground: .indexed(250)),
            .header: Paint(foreground: .indexed(231), attributes: .bold),
            .selection: Paint(foreground: .indexed(16), background: .indexed(231), attributes: .bold),
            .mark: Paint(foreground: .indexed(213), attributes: .bold),
            .key: Paint(foreground: .indexed(51), attributes: .bold), .hint: Paint(foreground: .indexed(255)),
            .failing: Paint(foreground: .indexed(203), attributes: [.bold, .reverse]),
            .warning: Paint(foreground: .indexed(226), attributes: .bold),
            .stale: Paint(foreground: .indexed(219), attributes: .bold),
            .paused: Paint(foreground: .indexed(117), attributes: .bold),
            .printing: Paint(foreground: .indexed(120), attributes: .bold),
            .done: Paint(foreground: .indexed(87), attributes: .bold), .idle: Paint(foreground: .indexed(252)),
            .cancelled: Paint(foreground: .indexed(223), attributes: .bold),
            .failed: Paint(foreground: .indexed(203), attributes: .bold),
            .replaced: Paint(foreground: .indexed(183), attributes: .bold), .unknown: Paint(foreground: .indexed(252)),
            .alert: Paint(foreground: .indexed(231), background: .indexed(160), attributes: .bold),
            .error: Paint(foreground: .indexed(210), attributes: .bold),
            .success: Paint(foreground: .indexed(120), attributes: .bold),
            .info: Paint(foreground: .indexed(117), attributes: .bold),
            .code: Paint(foreground: .indexed(226), attributes: .bold),
            .input: Paint(foreground: .indexed(16), background: .indexed(255), attributes: .bold),
            .placeholder: Paint(foreground: .indexed(238), background: .indexed(255)),
            .chart: Paint(foreground: .indexed(117)), .chartWarning: Paint(foreground: .indexed(226)),
            .chartFailure: Paint(foreground: .indexed(203)), .chartPoint: Paint(foreground: .indexed(231)),
            .threshold: Paint(foreground: .indexed(255)),
            .moment: Paint(foreground: .indexed(231), attributes: .bold),
            .detection: Paint(foreground: .indexed(226), attributes: .bold),
        ])

    /// States differ by blue, yellow and lightness, not by red against green.
    public static let deuteranopia = Theme(
        name: "deuteranopia",
        [
            .text: Paint(), .dim: Paint(foreground: .indexed(245)),
            .title: Paint(foreground: .indexed(252), attributes: .bold), .border: Paint(foreground: .indexed(239)),
            .header: Paint(foreground: .indexed(252)), .selection: Paint(background: .indexed(237)),
            .mark: Paint(foreground: .indexed(183), attributes: .bold),
            .key: Paint(foreground: .indexed(75), attributes: .bold), .hint: Paint(foreground: .indexed(245)),
            .failing: Paint(foreground: .indexed(16), background: .indexed(220), attributes: .bold),
            .warning: Paint(foreground: .indexed(221), attributes: .bold), .stale: Paint(foreground: .indexed(183)),
            .paused: Paint(foreground: .indexed(252)), .printing: Paint(foreground: .indexed(75)),
            .done: Paint(foreground: .indexed(110)), .idle: Paint(foreground: .indexed(243)),
            .cancelled: Paint(foreground: .indexed(252)), .failed: Paint(foreground: .indexed(220)),
            .replaced: Paint(foreground: .indexed(183)), .unknown: Paint(foreground: .indexed(243)),
            .alert: Paint(foreground: .indexed(16), background: .indexed(220), attributes: .bold),
            .error: Paint(foreground: .indexed(220), attributes: .bold), .success: Paint(foreground: .indexed(75)),
            .info: Paint(foreground: .indexed(110)), .code: Paint(foreground: .indexed(229)),
            .input: Paint(foreground: .indexed(255), background: .indexed(236)),
            .placeholder: Paint(foreground: .indexed(242), background: .indexed(236)),
            .chart: Paint(foreground: .indexed(67)), .chartWarning: Paint(foreground: .indexed(179)),
            .chartFailure: Paint(foreground: .indexed(227)), .chartPoint: Paint(foreground: .indexed(252)),
            .threshold: Paint(foreground: .indexed(246)),
            .moment: Paint(foreground: .indexed(231), attributes: .bold),
            .detection: Paint(foreground: .indexed(227), attributes: .bold),
        ])

    /// Those that need no file.
    public static let builtin = [defaultDark, light, highContrast, deuteranopia, mono]
}
