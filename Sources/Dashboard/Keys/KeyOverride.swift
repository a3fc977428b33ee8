/// A key of the operator's own: the keys of a command in place of those that it has.
public struct KeyOverride: Equatable, Sendable {
    /// The command's name, as the table of keys in the documentation has it.
    public var command: String
    /// Names of keys, as the help writes them; the first one is shown.
    public var keys: [String]

    public init(command: String, keys: [String]) {
        self.command = command
        self.keys = keys
    }
}

/// Why a key of the operator's own cannot be had. The keys are then as they were.
public struct KeyOverrideFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public enum Reason: Equatable, Sendable {
        case unknownCommand
        case noKey
        case unknownKey(String)
        /// Moves in lists, or from picture to picture.
        case moves(String)
        /// Another command has this key in one of the same places.
        case taken(String, by: String)
    }
    /// The command that was to have another key.
    public var command: String
    /// The first fault that was found.
    public var reason: Reason

    public var description: String {
        switch reason {
        case .unknownCommand: "there is no command \(command)."
        case .noKey: "\(command) needs a key, as \"w\", \"F5\" or \"^w\"."
        case .unknownKey(let key):
            "\(command) is \(key.debugDescription), which is no key. A key is a character, or one of "
                + "enter, esc, tab, shift-tab, space, backspace, delete, insert, F1 to F12, ^a to ^z and alt-a to alt-z."
        case .moves(let key): "\(command) is \(key.debugDescription), which moves in lists. Choose another key."
        case .taken(let key, let other):
            "\(command) is \(key.debugDescription), which is the key of \(other). Choose another key, or give "
                + "\(other) another one too."
        }
    }
}

extension DashboardOptions {
    /// Names of all commands, for what suggests one.
    public static var commandNames: [String] { KeyMap.standard.bindings.flatMap(\.uses).map(\.command.name) }

    /// Gives commands other keys.
    /// - Returns: what is wrong; the keys stay as they are then.
    public mutating func override(_ overrides: [KeyOverride]) -> [KeyOverrideFault] {
        var keys = KeyMap.standard
        let faults = overrides.compactMap { override in keys.fault(of: override) { keys = $0 } }
        let conflicts = keys.conflicts(among: overrides)
        if faults.isEmpty, conflicts.isEmpty { self.keys = keys }
        return faults + conflicts
    }
}

extension KeyMap {
    /// - Parameter apply: gets the table with the other keys.
    fileprivate func fault(of override: KeyOverride, apply: (KeyMap) -> Void) -> KeyOverrideFault? {
        func fault(_ reason: KeyOverrideFault.Reason) -> KeyOverrideFault {
            KeyOverrideFault(command: override.command, reason: reason)
        }
        guard let use = bindings.flatMap(\.uses).first(where: { $0.command.name == override.command }) else {
            return fault(.unknownCommand)
        }
        guard !override.keys.isEmpty else { return fault(.noKey) }
        var keys: [Key] = []
        for name in override.keys {
            guard let key = Key(name: name) else { return fault(.unknownKey(name)) }
            guard !key.moves else { return fault(.moves(name)) }
            keys.append(key)
        }
        apply(giving(keys, to: use))
        return nil
    }

    /// The use leaves its binding for one of its own, which comes next in the help.
    private func giving(_ keys: [Key], to use: Use) -> KeyMap {
        KeyMap(
            bindings.flatMap { binding -> [Binding] in
                guard binding.uses.contains(use) else { return [binding] }
                var rest = binding
                rest.uses.removeAll { $0 == use }
                let own = Binding(keys: keys, meaning: use.title, uses: [use])
                return rest.uses.isEmpty ? [own] : [rest, own]
            })
    }

    /// Keys that two commands have in one place. What was overridden is at fault, of two such the later one.
    fileprivate func conflicts(among overrides: [KeyOverride]) -> [KeyOverrideFault] {
        let names = overrides.map(\.command)
        return overrides.enumerated().compactMap { index, override in
            guard let own = bindings.first(where: { $0.uses[0].command.name == override.command }) else { return nil }
            for other in bindings where other != own {
                guard let key = own.keys.first(where: other.keys.contains),
                    let use = other.uses.first(where: { $0.places.meets(own.uses[0].places) }),
                    names.firstIndex(of: use.command.name).map({ $0 < index }) ?? true
                else { continue }
                return KeyOverrideFault(command: override.command, reason: .taken(key.name, by: use.command.name))
            }
            return nil
        }
    }
}

extension Key {
    /// Moves in lists or from picture to picture, so that it is no command's.
    var moves: Bool { ListCursor.Step(self) != nil || self == .left || self == .right }
}
