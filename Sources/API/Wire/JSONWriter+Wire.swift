import Text
import WireSchema

/// Objects as their tables of fields say.
extension JSONWriter {
    mutating func object<Object: WireObject>(_ object: Object) { self.object(Object.fields, of: object) }

    mutating func object<Object>(_ fields: [WireField<Object>], of whole: Object) {
        object { json in
            for field in fields {
                guard let value = field.value(whole) else { continue }
                json.member(field.name) { $0.value(value) }
            }
        }
    }

    private mutating func value(_ value: WireValue) {
        switch value {
        case .null: null()
        case .text(let text): self.value(text)
        case .flag(let flag): self.value(flag)
        case .whole(let number): self.value(number)
        case .number(let number): self.value(number)
        case .time(let time): self.value(time)
        case .object(let members):
            object { json in for member in members { json.member(member.name) { $0.value(member.value) } } }
        case .list(let elements): array { json in for element in elements { json.value(element) } }
        case .encoded(let json): encoded(json)
        }
    }
}
