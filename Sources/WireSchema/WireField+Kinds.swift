import Farm
import Text

/// Fields by what they hold. `get` takes the value out of the object, `set` puts a received one in; without `set` the field is
/// only written. An `optional…` field is null where the object has no value.
extension WireField {
    static func id<Entity>(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Identifier<Entity>,
        _ set: (@Sendable (inout Object, Identifier<Entity>) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .id, write: { $1.value(get(&$0).rawValue) },
            read: reading(set) { source in Identifier(try source.required(name, source.whole(name))) })
    }

    static func optionalID<Entity>(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Identifier<Entity>?,
        _ set: (@Sendable (inout Object, Identifier<Entity>?) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .nullable(.id),
            write: { $1.value(get(&$0)?.rawValue) },
            read: reading(set) { source in
                guard let number = try source.whole(name) else { return nil }
                return Identifier(number)
            })
    }

    static func text(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> String,
        _ set: (@Sendable (inout Object, String) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .text, write: { $1.value(get(&$0)) },
            read: reading(set) { source in try source.required(name, source.text(name)) })
    }

    static func optionalText(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> String?,
        _ set: (@Sendable (inout Object, String?) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .nullable(.text),
            write: { $1.value(get(&$0)) }, read: reading(set) { source in try source.text(name) })
    }

    static func time(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Timestamp,
        _ set: (@Sendable (inout Object, Timestamp) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .time, write: { $1.value(get(&$0)) },
            read: reading(set) { source in try source.required(name, source.time(name)) })
    }

    static func optionalTime(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Timestamp?,
        _ set: (@Sendable (inout Object, Timestamp?) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .nullable(.time),
            write: { $1.value(get(&$0)) }, read: reading(set) { source in try source.time(name) })
    }

    /// Absent is false.
    static func flag(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Bool,
        _ set: (@Sendable (inout Object, Bool) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .flag, write: { $1.value(get(&$0)) },
            read: reading(set) { source in try source.flag(name) ?? false })
    }

    /// A flag that nobody may know.
    static func optionalFlag(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Bool?,
        _ set: (@Sendable (inout Object, Bool?) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .nullable(.flag),
            write: { object, json in
                guard let flag = get(&object) else { return json.null() }
                json.value(flag)
            },
            read: reading(set) { source in try source.flag(name) })
    }

    static func whole(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Int64,
        _ set: (@Sendable (inout Object, Int64) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .whole, write: { $1.value(get(&$0)) },
            read: reading(set) { source in try source.required(name, source.whole(name)) })
    }

    static func optionalWhole(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Int64?,
        _ set: (@Sendable (inout Object, Int64?) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .nullable(.whole),
            write: { $1.value(get(&$0)) }, read: reading(set) { source in try source.whole(name) })
    }

    static func number(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Double,
        _ set: (@Sendable (inout Object, Double) -> Void)? = nil, kind: WireKind = .number
    ) -> WireField {
        WireField(
            name, kind, write: { $1.value(get(&$0)) },
            read: reading(set) { source in try source.required(name, source.number(name)) }
        )
    }

    static func optionalNumber(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Double?,
        _ set: (@Sendable (inout Object, Double?) -> Void)? = nil, kind: WireKind = .number
    ) -> WireField {
        WireField(
            name, .nullable(kind),
            write: { $1.value(get(&$0)) }, read: reading(set) { source in try source.number(name) })
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Choice,
        _ set: (@Sendable (inout Object, Choice) -> Void)? = nil, kind: WireKind? = nil
    ) -> WireField {
        WireField(
            name, kind ?? .choice(Choice.allCases.map(\.rawValue)), write: { $1.value(get(&$0).rawValue) },
            read: reading(set) { source in try source.required(name, source.word(name, Choice.self)) })
    }

    static func optionalChoice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Choice?,
        _ set: (@Sendable (inout Object, Choice?) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .nullable(.choice(Choice.allCases.map(\.rawValue))),
            write: { $1.value(get(&$0)?.rawValue) }, read: reading(set) { source in try source.word(name, Choice.self) }
        )
    }

    /// A field of Obico's that has no meaning here.
    static func null(_ name: StaticString, _ kind: WireKind = .null) -> WireField {
        WireField(name, kind, always: { $0.null() })
    }

    /// Absent is empty.
    static func texts(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> [String],
        _ set: (@Sendable (inout Object, [String]) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .texts, write: { $1.texts(get(&$0)) },
            read: reading(set) { source in try source.texts(name) ?? [] })
    }

    /// A list of Obico's that is always empty here.
    static func emptyList(_ name: StaticString) -> WireField {
        WireField(name, .list, always: { json in json.array { _ in } })
    }

    /// An object of its own table, or null.
    static func object<Part: WireObject>(
        _ name: StaticString, _ get: @escaping @Sendable (inout Object) -> Part?,
        _ set: (@Sendable (inout Object, Part?) -> Void)? = nil
    ) -> WireField {
        WireField(
            name, .nullable(.object(Part.schemaName)),
            write: { object, json in
                guard let part = get(&object) else { return json.null() }
                json.object(part)
            },
            read: reading(set) { source in
                guard let part = try source.object(name) else { return nil }
                return try Part(reading: part)
            })
    }

    /// Some of the object's own fields under one name.
    static func group(
        _ name: StaticString, schema: String, _ fields: WireTable<Object>,
        read: (@Sendable (inout Object, any WireSource) throws -> Void)? = nil
    ) -> WireField {
        WireField(name, .object(schema), write: { $1.object(fields, in: &$0) }, read: read)
    }

    /// What a printer's owner may set, in whatever object has settings.
    /// - Parameter within: lends the object's settings to a function.
    static func setting(
        _ setting: PrinterSetting, in path: any WritableKeyPath<Object, PrinterSettings> & Sendable,
        _ within: @escaping @Sendable (inout Object, (inout PrinterSettings) -> SettingValue) -> SettingValue
    ) -> WireField {
        WireField(
            setting.name, WireKind(setting.rule), write: { $1.value(within(&$0) { setting.value(in: &$0) }) },
            read: { object, source in
                let value = try setting.received(from: source)
                setting.set(value, in: &object[keyPath: path])
            })
    }

    private static func reading<Value>(
        _ set: (@Sendable (inout Object, Value) -> Void)?,
        _ received: @escaping @Sendable (any WireSource) throws -> Value
    ) -> (@Sendable (inout Object, any WireSource) throws -> Void)? {
        guard let set else { return nil }
        return { object, source in set(&object, try received(source)) }
    }
}
