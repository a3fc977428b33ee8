import Farm
import FarmService
import Synchronization

/// Printers as JSON, kept until they change, so that lists cost little.
///
/// An entry holds for one revision of its printer, one hour, as the picture's signed address changes with the hour, and one
/// address of the farm.
final class EncodedPrinters: Sendable {
    private struct Key: Hashable {
        var revision: UInt64
        var hour: Int64
        /// Of the links in it.
        var base: String
    }
    private struct ListKey: Hashable {
        /// Nil: the administrator's.
        var accountID: AccountID?
        var includesArchived: Bool
    }
    private struct Cache {
        var printers: [PrinterID: (key: Key, json: [UInt8])] = [:]
        var lists: [ListKey: (key: Key, json: [UInt8])] = [:]
    }
    private let cache = Mutex(Cache())
    private let pictures: PictureAddresses
    private let now: @Sendable () -> Timestamp

    init(pictures: PictureAddresses, now: @escaping @Sendable () -> Timestamp) {
        self.pictures = pictures
        self.now = now
    }

    func json(_ live: LivePrinter) -> [UInt8] {
        let hour = currentHour
        return cache.withLock { json(live, hour: hour, in: &$0) }
    }

    /// The array of the caller's printers, oldest first.
    func list(_ state: FarmState, for caller: Caller, includesArchived: Bool) -> [UInt8] {
        let hour = currentHour
        let listKey = ListKey(accountID: caller.accountID, includesArchived: includesArchived)
        let key = Key(revision: state.revision, hour: hour, base: pictures.publicURL)
        if let list = cache.withLock({ $0.lists[listKey] }), list.key == key { return list.json }
        let printers = state.printers(for: caller, includeArchived: includesArchived)
        return cache.withLock { cache in
            let list = JSONWriter.bytes(capacity: 2 + printers.count * 1100) { json in
                json.array { json in
                    for live in printers { json.encoded(self.json(live, hour: hour, in: &cache)) }
                }
            }
            cache.lists[listKey] = (key, list)
            return list
        }
    }

    private func json(_ live: LivePrinter, hour: Int64, in cache: inout Cache) -> [UInt8] {
        let key = Key(revision: live.revision, hour: hour, base: pictures.publicURL)
        if let entry = cache.printers[live.printer.id], entry.key == key { return entry.json }
        let url = live.snapshotKey.map { pictures.url(printer: live.printer.id, frame: $0, hour: hour) }
        let json = JSONWriter.bytes(capacity: 1100) { $0.printer(live, pictureURL: url) }
        // Archived and deleted printers leave entries behind; they are few, and go when they are many.
        if cache.printers.count > 4096 { cache.printers = [:] }
        cache.printers[live.printer.id] = (key, json)
        return json
    }

    private var currentHour: Int64 { now().microseconds / 3_600_000_000 }
}
