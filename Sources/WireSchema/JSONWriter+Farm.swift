public import Farm
public import Text

extension JSONWriter {
    /// `null` without a time.
    public mutating func value(_ time: Timestamp?) {
        if let time { moment(microseconds: time.microseconds) } else { null() }
    }

    /// `null` without a time.
    public mutating func member(_ name: StaticString, _ time: Timestamp?) { member(name) { $0.value(time) } }

    /// A member that is the number of an entity.
    public mutating func member<Entity>(_ name: StaticString, _ id: Identifier<Entity>) {
        member(name) { $0.value(id.rawValue) }
    }
}
