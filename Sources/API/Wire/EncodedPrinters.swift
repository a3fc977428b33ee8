import Farm
import FarmService
import Synchronization
import Text

/// Printers as JSON, kept until they change, so that lists cost little.
///
/// An entry holds for one version of its printer, one hour, as the picture's signed address changes with the hour, and one
/// address of the farm. A list holds for one version of the farm, so that most requests look at no printer at all; a state that
/// time alone changes may be a second old in it.
final class EncodedPrinters: Sendable {
    private struct Key: Equatable {
        var version: PrinterVersion
        var hour: Int64
        /// Where the links in it begin.
        var base: String
    }
    private struct ListKey: Hashable {
        /// Nil: the administrator's.
        var accountID: AccountID?
        var includesArchived: Bool
    }
    private struct ListVersion: Equatable {
        var farm: FarmVersion
        var hour: Int64
        var base: String
    }
    private struct Cache {
        var printers: [PrinterID: (key: Key, json: [UInt8])] = [:]
        var lists: [ListKey: (version: ListVersion, json: [UInt8])] = [:]
    }
    private let cache = Mutex(Cache())
    private let service: FarmService
    private let pictures: PictureAddresses
    private let now: @Sendable () -> Timestamp

    init(service: FarmService, pictures: PictureAddresses, now: @escaping @Sendable () -> Timestamp) {
        self.service = service
        self.pictures = pictures
        self.now = now
    }

    func json(_ live: LivePrinter) -> [UInt8] {
        let key = key(of: live)
        return cache.withLock { json(live, key, in: &$0) }
    }

    /// The array of the caller's printers, oldest first, each with the statistics of its latest frame as `prediction`. It is
    /// asked for when somebody begins to follow the farm, so it is not kept.
    func listWithPredictions(_ state: FarmState, for caller: Caller, includesArchived: Bool) -> [UInt8] {
        let printers = state.printers(for: caller, includeArchived: includesArchived)
        let member = Array(#","prediction":"#.utf8)
        return JSONWriter.bytes(capacity: 2 + printers.count * 1800) { json in
            json.array { json in
                for live in printers {
                    var printer = self.json(live)
                    printer.removeLast()
                    printer += member
                    printer += JSONWriter.bytes(capacity: 400) { $0.latestPrediction(of: live) }
                    printer.append(UInt8(ascii: "}"))
                    json.encoded(printer)
                }
            }
        }
    }

    /// The array of the caller's printers, oldest first.
    func list(_ state: FarmState, for caller: Caller, includesArchived: Bool) -> [UInt8] {
        let listKey = ListKey(accountID: caller.accountID, includesArchived: includesArchived)
        let version = ListVersion(farm: service.version(of: state), hour: hour, base: pictures.publicURL)
        return cache.withLock { cache in
            if let list = cache.lists[listKey], list.version == version { return list.json }
            let printers = state.printers(for: caller, includeArchived: includesArchived)
            let list = JSONWriter.bytes(capacity: 2 + printers.count * 1400) { json in
                json.array { json in
                    for live in printers { json.encoded(self.json(live, key(of: live), in: &cache)) }
                }
            }
            cache.lists[listKey] = (version, list)
            return list
        }
    }

    private var hour: Int64 { now().microseconds / 3_600_000_000 }

    private func key(of live: LivePrinter) -> Key {
        Key(version: service.version(of: live), hour: hour, base: pictures.publicURL)
    }

    private func json(_ live: LivePrinter, _ key: Key, in cache: inout Cache) -> [UInt8] {
        if let entry = cache.printers[live.printer.id], entry.key == key { return entry.json }
        let url = live.snapshotKey.map { pictures.url(printer: live.printer.id, frame: $0, hour: key.hour) }
        let json = JSONWriter.bytes(capacity: 1400) { $0.printer(service.snapshot(of: live), pictureURL: url) }
        // Archived and deleted printers leave entries behind; they are few, and go when they are many.
        if cache.printers.count > 4096, cache.printers.count > 2 * service.state.printers.count { cache.printers = [:] }
        cache.printers[live.printer.id] = (key, json)
        return json
    }
}
