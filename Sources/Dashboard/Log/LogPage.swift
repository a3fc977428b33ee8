internal import Farm

/// One line of the log area: of the program's log, or something that happened to a print.
struct LogEntry: Equatable, Sendable {
    enum Origin: Hashable, Sendable {
        /// The n-th line of the program since it started.
        case line(Int)
        case event(EventID)
    }
    var origin: Origin
    var at: Timestamp
    var level: LogLine.Level
    /// A printer's name, how many printers, or the part of the program.
    var source: String
    var text: String
    /// Empty for lines of the program.
    var printers: [PrinterID] = []
}

/// The log: the program's lines and the farm's events together, newest first.
struct LogPage: Equatable, Sendable {
    /// Lines of the program, oldest first.
    private(set) var lines: [LogLine] = []
    /// How many older lines were dropped.
    private(set) var dropped = 0
    /// Events from before those of the snapshot, newest first.
    var olderEvents: [FarmEvent] = []
    var least = LogLine.Level.info
    var search = ""
    /// Only entries from here; nil: from everywhere.
    var source: String?
    /// What passes the filters, newest first.
    private(set) var entries: [LogEntry] = []
    var cursor = ListCursor()
    /// Errors of the program that were not looked at yet.
    var unseenErrors = 0

    static let mostLines = 1000

    var selected: LogEntry? { entries.indices.contains(cursor.index) ? entries[cursor.index] : nil }
    var isFiltered: Bool { least != .info || !search.isEmpty || source != nil }

    mutating func append(_ new: [LogLine]) {
        lines += new
        unseenErrors += new.count { $0.level == .error }
        let surplus = lines.count - Self.mostLines
        guard surplus > 0 else { return }
        lines.removeFirst(surplus)
        dropped += surplus
    }

    mutating func clearFilters() {
        least = .info
        search = ""
        source = nil
    }

    mutating func nextLevel() {
        least =
            switch least {
            case .info: .warning
            case .warning, .notice: .error
            case .error: .debug
            case .debug: .info
            }
    }

    /// Puts together what passes the filters. The newest entry stays selected if it was; otherwise the selection stays
    /// on its entry.
    /// - Parameters:
    ///   - events: oldest first. Of those that pass, what tells one thing of many printers becomes one entry.
    ///   - name: a printer's.
    mutating func arrange(_ events: [FarmEvent], visible: Int, name: (PrinterID) -> String) {
        let anchor = cursor.index > 0 ? selected?.origin : nil
        let words = search.lowercased().split(separator: " ").map(String.init)
        let passing = lines.enumerated().map { index, line in
            LogEntry(
                origin: .line(dropped + index), at: line.at, level: line.level, source: line.source, text: line.text)
        }.filter { passes($0.level, $0.source, $0.text, words) }
        let groups = EventGroup.newest(
            events.filter { passes(Self.level($0.severity), name($0.printerID), $0.words, words) })
        entries = (passing + groups.map { Self.entry($0, name) }).sorted { $0.at > $1.at }
        if let anchor, let index = entries.firstIndex(where: { $0.origin == anchor }) { cursor.index = index }
        cursor.settle(count: entries.count, visible: visible)
    }

    private func passes(_ level: LogLine.Level, _ source: String, _ text: String, _ words: [String]) -> Bool {
        guard level >= least, self.source == nil || self.source == source else { return false }
        guard !words.isEmpty else { return true }
        let text = "\(source) \(text)".lowercased()
        return words.allSatisfy { text.contains($0) }
    }

    private static func entry(_ group: EventGroup, _ name: (PrinterID) -> String) -> LogEntry {
        LogEntry(
            origin: .event(group.newest.id), at: group.newest.createdAt, level: level(group.newest.severity),
            source: group.subject(name), text: group.words(name), printers: group.printers)
    }

    private static func level(_ severity: FarmEvent.Severity) -> LogLine.Level {
        switch severity {
        case .error: .error
        case .warning: .warning
        case .success, .info: .info
        }
    }

    /// Selects the next older error; from the oldest, the newest. False when there is none.
    mutating func selectNextError(visible: Int) -> Bool {
        let errors = entries.indices.filter { entries[$0].level == .error }
        guard let first = errors.first else { return false }
        cursor.index = errors.first { $0 > cursor.index } ?? first
        cursor.settle(count: entries.count, visible: visible)
        return true
    }
}
