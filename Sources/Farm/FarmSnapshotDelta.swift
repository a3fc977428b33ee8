/// What changed between two snapshots, for the control socket: a farm of hundreds changes a printer at a time.
public struct FarmSnapshotDelta: Equatable, Sendable, Codable {
    /// The end of a list that mostly grows: how many of the old elements went from its front, and what came behind the rest.
    public struct Tail<Element: Equatable & Sendable & Codable>: Equatable, Sendable, Codable {
        /// Nil: nothing of the old list stays.
        public var dropped: Int?
        /// In order, behind what stays of the old list.
        public var appended: [Element]

        init(from old: [Element], to new: [Element]) {
            let start = new.first.flatMap { old.firstIndex(of: $0) }
            if let start, new.starts(with: old[start...]) {
                dropped = start
                appended = Array(new[(old.count - start)...])
            } else {
                dropped = nil
                appended = new
            }
        }

        /// A count that does not fit the old list, as from a broken peer, drops all of it.
        func applied(to old: [Element]) -> [Element] {
            guard let dropped else { return appended }
            return old.dropFirst(max(0, dropped)) + appended
        }
    }

    /// A printer that is new or changed; its `recent` is empty and comes as the change of the old one's.
    public struct ChangedPrinter: Equatable, Sendable, Codable {
        /// As it is now, without its `recent`.
        public var printer: PrinterSnapshot
        /// How the points of the old one's `recent` changed; all of them for a new printer.
        public var recent: Tail<ScorePoint>
    }

    /// That of the newer snapshot.
    public var revision: UInt64
    /// New and changed ones, by id.
    public var changedPrinters: [ChangedPrinter]
    /// Those of the old snapshot that the new one lacks.
    public var removedPrinters: [PrinterID]
    /// Nil: unchanged, as with the rest.
    public var accounts: [Account]?
    /// Nil: unchanged.
    public var clients: [ClientSummary]?
    /// Nil: unchanged.
    public var consents: [PendingConsent]?
    /// Nil: unchanged.
    public var events: Tail<FarmEvent>?
    /// Nil: unchanged.
    public var status: ServiceStatus?

    public init(from old: FarmSnapshot, to new: FarmSnapshot) {
        revision = new.revision
        let oldPrinters = Dictionary(old.printers.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        changedPrinters = new.printers.compactMap { printer in
            let before = oldPrinters[printer.id]
            guard printer != before else { return nil }
            var bare = printer
            bare.recent = []
            return ChangedPrinter(printer: bare, recent: Tail(from: before?.recent ?? [], to: printer.recent))
        }
        let remaining = Set(new.printers.map(\.id))
        removedPrinters = old.printers.map(\.id).filter { !remaining.contains($0) }
        accounts = old.accounts == new.accounts ? nil : new.accounts
        clients = old.clients == new.clients ? nil : new.clients
        consents = old.consents == new.consents ? nil : new.consents
        events = old.events == new.events ? nil : Tail(from: old.events, to: new.events)
        status = old.status == new.status ? nil : new.status
    }

    /// The new snapshot, from the old one. Printers stay in the order of their ids.
    public func applying(to old: FarmSnapshot) -> FarmSnapshot {
        var new = old
        new.revision = revision
        var printers = Dictionary(old.printers.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        for id in removedPrinters { printers[id] = nil }
        for change in changedPrinters {
            var printer = change.printer
            printer.recent = change.recent.applied(to: printers[printer.id]?.recent ?? [])
            printers[printer.id] = printer
        }
        new.printers = printers.values.sorted { $0.id < $1.id }
        if let accounts { new.accounts = accounts }
        if let clients { new.clients = clients }
        if let consents { new.consents = consents }
        if let events { new.events = events.applied(to: old.events) }
        if let status { new.status = status }
        return new
    }
}

/// One line of `GET /control/updates`: `{"snapshot": …}` first, then `{"delta": …}`, `{"heartbeat": true}` in quiet times.
public enum FarmUpdateLine: Equatable, Sendable, Codable {
    case snapshot(FarmSnapshot)
    case delta(FarmSnapshotDelta)
    case heartbeat

    private enum Key: String, CodingKey { case snapshot, delta, heartbeat }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let snapshot = try container.decodeIfPresent(FarmSnapshot.self, forKey: .snapshot) {
            self = .snapshot(snapshot)
        } else if let delta = try container.decodeIfPresent(FarmSnapshotDelta.self, forKey: .delta) {
            self = .delta(delta)
        } else {
            _ = try container.decode(Bool.self, forKey: .heartbeat)
            self = .heartbeat
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .snapshot(let snapshot): try container.encode(snapshot, forKey: .snapshot)
        case .delta(let delta): try container.encode(delta, forKey: .delta)
        case .heartbeat: try container.encode(true, forKey: .heartbeat)
        }
    }
}
