import Farm
import Text

extension WireKind {
    init(_ rule: PrinterSetting.Rule) {
        switch rule {
        case .text: self = .text
        case .flag: self = .flag
        case .number: self = .number
        case .whole: self = .whole
        case .choice(let words): self = .choice(words)
        case .tags: self = .texts
        case .region: self = .nullable(.object("CameraRegion"))
        }
    }
}

extension JSONWriter {
    mutating func value(_ value: SettingValue) {
        switch value {
        case .text(let text): self.value(text)
        case .flag(let flag): self.value(flag)
        case .number(let number): self.value(number)
        case .whole(let number): self.value(number)
        case .words(let words): texts(words)
        case .region(let region): self.region(region)
        }
    }
}

extension PrinterSetting {
    func received(from source: any WireSource) throws -> SettingValue {
        switch rule {
        case .text: return .text(try source.required(name, source.text(name)))
        case .flag: return .flag(try source.required(name, source.flag(name)))
        case .number: return .number(try source.required(name, source.number(name)))
        case .whole: return .whole(try source.required(name, source.whole(name)))
        case .choice(let words):
            let word = try source.required(name, source.text(name))
            guard words.contains(word) else { throw WireError.unknownWord(field: name.description, word: word) }
            return .text(word)
        case .tags:
            // An older farm tells none; a newer one may take words that are no tags here.
            return .words(PrinterTags(try source.texts(name) ?? [])?.all ?? [])
        case .region:
            // An older farm tells none.
            guard let source = try source.object(name) else { return .region(.whole) }
            return .region(try CameraRegion(told: source) ?? .whole)
        }
    }
}
