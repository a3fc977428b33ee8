public import Farm
internal import HashTreeCollections

/// The printers by id, for a state of which every commit keeps the one before.
///
/// A copy costs nothing, and a change copies the few nodes on the way to its printer. A dictionary of them is copied as a whole by the
/// first change after each commit: with 100 machines that tell their temperatures four times a second, that took most of the time.
public struct LivePrinters: Sendable, Equatable, Sequence {
    /// Small in its node, however large a printer is.
    private final class Entry: Sendable, Equatable {
        let live: LivePrinter
        /// In use, and waiting for a person since a restore.
        let isWaiting: Bool

        init(_ live: LivePrinter) {
            self.live = live
            isWaiting = live.printer.archivedAt == nil && live.awaitsConfirmation
        }

        /// Nil while it is not in use.
        var settings: PrinterSettings? {
            live.printer.deletedAt == nil && live.printer.archivedAt == nil ? live.printer.settings : nil
        }

        static func == (a: Entry, b: Entry) -> Bool { a === b || a.live == b.live }
    }

    /// A printer with its id.
    public typealias Element = (key: PrinterID, value: LivePrinter)

    private var entries: TreeDictionary<PrinterID, Entry> = [:]

    init() {}

    /// Takes constant time: nothing is walked over.
    public var count: Int { entries.count }

    /// Printers in use whose machine or camera waits for a person since a restore; counted as they change.
    private(set) var waitingCount = 0
    /// What rules may name.
    private(set) var names = CountedNames()

    /// In no order.
    public var keys: some Collection<PrinterID> { entries.keys }

    /// In no order.
    public var values: some Collection<LivePrinter> { entries.values.lazy.map(\.live) }

    /// Setting nil removes it.
    public internal(set) subscript(id: PrinterID) -> LivePrinter? {
        get { entries[id]?.live }
        set {
            let entry = newValue.map(Entry.init)
            let known = entries[id]
            if known?.isWaiting == true { waitingCount -= 1 }
            if entry?.isWaiting == true { waitingCount += 1 }
            let (before, after) = (known?.settings, entry?.settings)
            if before?.name != after?.name || before?.tags != after?.tags {
                if let before { names.remove(before) }
                if let after { names.add(after) }
            }
            entries[id] = entry
        }
    }

    /// - Parameter revision: of the state that was looked at before; nil: none was.
    /// - Returns: those that changed since, in no order.
    func changed(since revision: UInt64?) -> [LivePrinter] {
        guard let revision else { return Array(values) }
        var changed: [LivePrinter] = []
        for entry in entries.values where entry.live.revision > revision { changed.append(entry.live) }
        return changed
    }

    /// In no order.
    public func makeIterator() -> some IteratorProtocol<Element> {
        entries.lazy.map { (key: $0.key, value: $0.value.live) }.makeIterator()
    }

    /// What `transform` makes of each printer.
    public func mapValues<Value>(_ transform: (LivePrinter) throws -> Value) rethrows -> [PrinterID: Value] {
        var values: [PrinterID: Value] = [:]
        values.reserveCapacity(count)
        for (id, entry) in entries { values[id] = try transform(entry.live) }
        return values
    }
}
