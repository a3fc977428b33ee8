import Farm

/// Fields by what they hold. `get` takes the value out of the object, `set` puts a received one in; without `set` the field is
/// only written. An `optional…` field is null where the object has no value.
extension WireField {
    static func id<Entity>(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Identifier<Entity>,
        _ set: (@Sendable (inout Object, Identifier<Entity>) -> Void)? = nil
    ) -> Self {
        Self(
            name, .id, value: { .whole(get($0).rawValue) },
            read: reading(set) { source in Identifier(try source.required(name, source.whole(name))) })
    }

    static func optionalID<Entity>(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Identifier<Entity>?,
        _ set: (@Sendable (inout Object, Identifier<Entity>?) -> Void)? = nil
    ) -> Self {
        Self(
            name, .nullable(.id),
            value: { object in
                guard let id = get(object) else { return .null }
                return .whole(id.rawValue)
            },
            read: reading(set) { source in
                guard let number = try source.whole(name) else { return nil }
                return Identifier(number)
            })
    }

    static func text(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> String,
        _ set: (@Sendable (inout Object, String) -> Void)? = nil
    ) -> Self {
        Self(
            name, .text, value: { .text(get($0)) },
            read: reading(set) { source in try source.required(name, source.text(name)) })
    }

    static func optionalText(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> String?,
        _ set: (@Sendable (inout Object, String?) -> Void)? = nil
    ) -> Self {
        Self(
            name, .nullable(.text),
            value: { object in
                guard let text = get(object) else { return .null }
                return .text(text)
            }, read: reading(set) { source in try source.text(name) })
    }

    static func time(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Timestamp,
        _ set: (@Sendable (inout Object, Timestamp) -> Void)? = nil
    ) -> Self {
        Self(
            name, .time, value: { .time(get($0)) },
            read: reading(set) { source in try source.required(name, source.time(name)) })
    }

    static func optionalTime(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Timestamp?,
        _ set: (@Sendable (inout Object, Timestamp?) -> Void)? = nil
    ) -> Self {
        Self(
            name, .nullable(.time),
            value: { object in
                guard let time = get(object) else { return .null }
                return .time(time)
            }, read: reading(set) { source in try source.time(name) })
    }

    /// Absent is false.
    static func flag(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Bool,
        _ set: (@Sendable (inout Object, Bool) -> Void)? = nil
    ) -> Self {
        Self(
            name, .flag, value: { .flag(get($0)) },
            read: reading(set) { source in try source.flag(name) ?? false })
    }

    static func whole(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Int64,
        _ set: (@Sendable (inout Object, Int64) -> Void)? = nil
    ) -> Self {
        Self(
            name, .whole, value: { .whole(get($0)) },
            read: reading(set) { source in try source.required(name, source.whole(name)) })
    }

    static func number(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Double,
        _ set: (@Sendable (inout Object, Double) -> Void)? = nil, kind: WireKind = .number
    ) -> Self {
        Self(
            name, kind, value: { .number(get($0)) },
            read: reading(set) { source in try source.required(name, source.number(name)) }
        )
    }

    static func optionalNumber(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Double?,
        _ set: (@Sendable (inout Object, Double?) -> Void)? = nil, kind: WireKind = .number
    ) -> Self {
        Self(
            name, .nullable(kind),
            value: { object in
                guard let number = get(object) else { return .null }
                return .number(number)
            }, read: reading(set) { source in try source.number(name) })
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Choice,
        _ set: (@Sendable (inout Object, Choice) -> Void)? = nil, kind: WireKind? = nil
    ) -> Self {
        Self(
            name, kind ?? .choice(Choice.allCases.map(\.rawValue)), value: { .text(get($0).rawValue) },
            read: reading(set) { source in try source.required(name, source.word(name, Choice.self)) })
    }

    static func optionalChoice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Choice?,
        _ set: (@Sendable (inout Object, Choice?) -> Void)? = nil
    ) -> Self {
        Self(
            name, .nullable(.choice(Choice.allCases.map(\.rawValue))),
            value: { object in
                guard let choice = get(object) else { return .null }
                return .text(choice.rawValue)
            }, read: reading(set) { source in try source.word(name, Choice.self) })
    }

    /// A field of Obico's that has no meaning here.
    static func null(_ name: StaticString, _ kind: WireKind = .null) -> Self {
        Self(name, kind, value: { _ in .null })
    }

    /// An object of its own table, or null.
    static func object<Part: WireObject>(
        _ name: StaticString, _ get: @escaping @Sendable (Object) -> Part?,
        _ set: (@Sendable (inout Object, Part?) -> Void)? = nil
    ) -> Self {
        Self(
            name, .nullable(.object(Part.schemaName)),
            value: { object in
                guard let part = get(object) else { return .null }
                return .object(part.members)
            },
            read: reading(set) { source in
                guard let part = try source.object(name) else { return nil }
                return try Part(reading: part)
            })
    }

    /// Some of the object's own fields under one name.
    static func group(
        _ name: StaticString, schema: String, _ fields: [WireField],
        read: (@Sendable (inout Object, any WireSource) throws -> Void)? = nil
    ) -> Self {
        Self(name, .object(schema), value: { .object(fields.members(of: $0)) }, read: read)
    }

    /// What a printer's owner may set, in whatever object has settings.
    static func setting(
        _ setting: PrinterSetting, in path: any WritableKeyPath<Object, PrinterSettings> & Sendable,
        _ settings: @escaping @Sendable (Object) -> PrinterSettings
    ) -> Self {
        Self(
            setting.name, WireKind(setting.rule), value: { WireValue(setting.value(settings($0))) },
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
