/// What a rule may name: the printers that are in use, and their tags.
public struct PrinterNames: Equatable, Sendable {
    /// Compared exactly, as they are written.
    public var printers: Set<String> = []
    /// Without the #.
    public var tags: Set<String> = []

    public init() {}

    /// Takes in the name and the tags of one printer.
    public mutating func add(_ settings: PrinterSettings) {
        printers.insert(settings.name)
        tags.formUnion(settings.tags.all)
    }
}

/// Printers and tags that a channel's rule names and the farm does not have: no message about them ever comes.
public struct MissingNames: Equatable, Sendable, Codable {
    /// As the configuration has them, sorted.
    public private(set) var printers: [String]
    /// As the configuration has them, without the #, sorted.
    public private(set) var tags: [String]
    /// Nothing that the rule names is there: the channel tells of no printer at all.
    public private(set) var isAll: Bool

    /// Nil where the farm has all that the rule names, or the rule names nothing.
    public init?(_ rule: NotificationRule, in farm: PrinterNames) {
        printers = rule.printers.subtracting(farm.printers).sorted()
        tags = rule.tags.subtracting(farm.tags).sorted()
        let missing = printers.count + tags.count
        guard missing > 0 else { return nil }
        isAll = missing == rule.printers.count + rule.tags.count
    }

    /// `no printer is called Ender 3, and none has the tag hall-2: the channel tells nothing about any printer`
    public var words: String {
        let lists = [
            printers.isEmpty ? nil : "no printer is called \(list(printers))",
            tags.isEmpty ? nil : "\(printers.isEmpty ? "no printer" : "none") has the tag \(list(tags))",
        ].compactMap(\.self)
        return lists.joined(separator: ", and ") + (isAll ? ": the channel tells nothing about any printer" : "")
    }

    /// What to do, in a sentence.
    public static let remedy =
        "Correct printers and tags of the channel in the configuration and start farmtop again, or give a printer that name."

    private func list(_ names: [String]) -> String {
        names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
    }
}

extension FarmSnapshot {
    /// What a person should know who renames a printer: channels whose rules name it as it was called. Nil where none does, or
    /// another printer is called so.
    public func channelsNaming(_ printer: PrinterID, asBefore before: String, now name: String) -> String? {
        guard name != before,
            !printers.contains(where: { $0.printer.id != printer && $0.printer.settings.name == before })
        else { return nil }
        let channels = status.channels.filter { $0.printers.contains(before) }.map(\.name)
        guard !channels.isEmpty else { return nil }
        return
            "The rule of \(channels.joined(separator: ", ")) names \(before), which no printer is called now: put \(name) there."
    }
}

extension NotificationRule {
    /// It is about some printers, not about all.
    public var isSelective: Bool { !printers.isEmpty || !tags.isEmpty }
}
