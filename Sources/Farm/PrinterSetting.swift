/// The value of one setting, as it is sent, stored and checked.
public enum SettingValue: Equatable, Sendable {
    case text(String)
    case flag(Bool)
    case number(Double)
    case whole(Int64)
    case words([String])
    case region(CameraRegion)
}

/// One thing that a printer's owner may set. From `all` follow the limits that are checked, what a PATCH may change, the JSON
/// of a printer with its description, and what a dashboard on another machine reads and sends.
public struct PrinterSetting: Sendable {
    /// What values it takes.
    public enum Rule: Equatable, Sendable {
        /// 1...limit Unicode scalars after trimming.
        case text(limit: Int)
        case flag
        case number(ClosedRange<Double>)
        case whole(atLeast: Int64)
        /// One of these words.
        case choice([String])
        /// Words that are `PrinterTags`.
        case tags
        /// A `CameraRegion`, or null for the whole picture.
        case region
    }

    /// Its name in JSON and SQL.
    public let name: StaticString
    /// What a value must be like to be taken.
    public let rule: Rule
    /// A new printer must have it; the others have a standard value.
    public var isRequired = false
    /// Takes the settings as `inout` only because they would otherwise be copied for each of them.
    private let get: @Sendable (inout PrinterSettings) -> SettingValue
    private let change: @Sendable (inout PrinterSettings, SettingValue) -> Bool

    /// What is set.
    public func value(_ settings: PrinterSettings) -> SettingValue {
        var settings = settings
        return get(&settings)
    }

    /// What is set. Changes nothing: `inout` spares whoever writes many of them a copy for each.
    public func value(in settings: inout PrinterSettings) -> SettingValue { get(&settings) }

    /// Changes the setting. The value is of the rule's kind, and of its words; its limits are checked where settings are
    /// validated.
    public func set(_ value: SettingValue, in settings: inout PrinterSettings) {
        let isChanged = change(&settings, value)
        precondition(isChanged, "\(name) takes no such value")
    }
}

extension PrinterSetting {
    /// In the order of a printer's JSON.
    public static let all: [PrinterSetting] = ofPrints + [cameraRegion, tags]

    /// Words by which printers are grouped.
    public static let tags = PrinterSetting(name: "tags", rule: .tags, get: { .words($0.tags.all) }) {
        settings, value in
        guard case .words(let words) = value, let tags = PrinterTags(words) else { return false }
        settings.tags = tags
        return true
    }

    /// What of the primary camera's picture is judged.
    public static let cameraRegion = PrinterSetting(
        name: "camera_region", rule: .region, get: { .region($0.cameraRegion) }
    ) { settings, value in
        guard case .region(let region) = value else { return false }
        settings.cameraRegion = region
        return true
    }

    /// Those that a print tells of its printer too: Obico's.
    public static let ofPrints: [PrinterSetting] = [
        .text("name", limit: 256, isRequired: true, { $0.name }, { $0.name = $1 }),
        .choice("action_on_failure", { $0.actionOnFailure }, { $0.actionOnFailure = $1 }),
        .flag("watching_enabled", { $0.watchingEnabled }, { $0.watchingEnabled = $1 }),
        .flag("tools_off_on_pause", { $0.toolsOffOnPause }, { $0.toolsOffOnPause = $1 }),
        .flag("bed_off_on_pause", { $0.bedOffOnPause }, { $0.bedOffOnPause = $1 }),
        .number("retract_on_pause", 0...100, { $0.retractOnPause }, { $0.retractOnPause = $1 }),
        .number("lift_z_on_pause", 0...100, { $0.liftZOnPause }, { $0.liftZOnPause = $1 }),
        .number("detective_sensitivity", 0.8...1.2, { $0.detectiveSensitivity }, { $0.detectiveSensitivity = $1 }),
        .whole(
            "min_timelapse_secs_on_finish", atLeast: -1, { $0.minTimelapseSecsOnFinish },
            { $0.minTimelapseSecsOnFinish = $1 }),
        .whole(
            "min_timelapse_secs_on_cancel", atLeast: -1, { $0.minTimelapseSecsOnCancel },
            { $0.minTimelapseSecsOnCancel = $1 }),
    ]

    private static func text(
        _ name: StaticString, limit: Int, isRequired: Bool = false,
        _ get: @escaping @Sendable (inout PrinterSettings) -> String,
        _ set: @escaping @Sendable (inout PrinterSettings, String) -> Void
    ) -> Self {
        Self(name: name, rule: .text(limit: limit), isRequired: isRequired, get: { .text(get(&$0)) }) {
            settings, value in
            guard case .text(let text) = value else { return false }
            set(&settings, text)
            return true
        }
    }

    private static func flag(
        _ name: StaticString, _ get: @escaping @Sendable (inout PrinterSettings) -> Bool,
        _ set: @escaping @Sendable (inout PrinterSettings, Bool) -> Void
    ) -> Self {
        Self(name: name, rule: .flag, get: { .flag(get(&$0)) }) { settings, value in
            guard case .flag(let flag) = value else { return false }
            set(&settings, flag)
            return true
        }
    }

    private static func number(
        _ name: StaticString, _ range: ClosedRange<Double>,
        _ get: @escaping @Sendable (inout PrinterSettings) -> Double,
        _ set: @escaping @Sendable (inout PrinterSettings, Double) -> Void
    ) -> Self {
        Self(name: name, rule: .number(range), get: { .number(get(&$0)) }) { settings, value in
            guard case .number(let number) = value else { return false }
            set(&settings, number)
            return true
        }
    }

    private static func whole(
        _ name: StaticString, atLeast least: Int64, _ get: @escaping @Sendable (inout PrinterSettings) -> Int64,
        _ set: @escaping @Sendable (inout PrinterSettings, Int64) -> Void
    ) -> Self {
        Self(name: name, rule: .whole(atLeast: least), get: { .whole(get(&$0)) }) { settings, value in
            guard case .whole(let number) = value else { return false }
            set(&settings, number)
            return true
        }
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: StaticString, _ get: @escaping @Sendable (inout PrinterSettings) -> Choice,
        _ set: @escaping @Sendable (inout PrinterSettings, Choice) -> Void
    ) -> Self {
        Self(
            name: name, rule: .choice(Choice.allCases.map(\.rawValue)), get: { .text(get(&$0).rawValue) }
        ) { settings, value in
            guard case .text(let word) = value, let choice = Choice(rawValue: word) else { return false }
            set(&settings, choice)
            return true
        }
    }
}
