import Farm
import FarmService

extension FieldReader {
    /// Every setting of a printer that was sent.
    /// - Parameter isWhole: what a new printer must have is there.
    mutating func printerPatch(isWhole: Bool) -> PrinterPatch {
        var patch = PrinterPatch()
        for setting in PrinterSetting.all {
            patch[setting] = value(of: setting, isRequired: isWhole && setting.isRequired)
        }
        return patch
    }

    private mutating func value(of setting: PrinterSetting, isRequired: Bool) -> SettingValue? {
        let name = setting.name.description
        switch setting.rule {
        case .text(let limit):
            return text(name, limit: limit, isRequired: isRequired, numbersAsText: true).map(SettingValue.text)
        case .flag: return bool(name).map(SettingValue.flag)
        case .number(let range): return double(name, in: range).map(SettingValue.number)
        case .whole(let least): return integer(name, atLeast: least).map(SettingValue.whole)
        case .choice(let words): return word(name, of: words).map(SettingValue.text)
        case .tags:
            guard let tags = tags(name) else { return nil }
            return .words(tags.all)
        case .region: return region(name).map(SettingValue.region)
        }
    }
}
