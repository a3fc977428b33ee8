import Farm

/// What rules may name, kept as printers come and go: each snapshot is told what a rule misses. Counted, as several printers may share a
/// name or a tag.
struct CountedNames: Sendable, Equatable {
    /// Those of the printers in use.
    private(set) var names = PrinterNames()
    private var printers: [String: Int] = [:]
    private var tags: [String: Int] = [:]

    mutating func add(_ settings: PrinterSettings) {
        names.add(settings)
        printers[settings.name, default: 0] += 1
        for tag in settings.tags.all { tags[tag, default: 0] += 1 }
    }

    mutating func remove(_ settings: PrinterSettings) {
        if Self.isLast(settings.name, in: &printers) { names.printers.remove(settings.name) }
        for tag in settings.tags.all where Self.isLast(tag, in: &tags) { names.tags.remove(tag) }
    }

    private static func isLast(_ name: String, in counts: inout [String: Int]) -> Bool {
        let left = (counts[name] ?? 0) - 1
        counts[name] = left > 0 ? left : nil
        return left <= 0
    }
}
