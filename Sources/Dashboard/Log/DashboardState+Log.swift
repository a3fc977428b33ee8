internal import Farm

extension DashboardState {
    static let logQuery = EventQuery(limit: 500)

    mutating func take(_ lines: [LogLine]) {
        log.append(lines)
        if area == .log { arrangeLog() }
    }

    /// Shows the log as it is now; what was missed meanwhile is seen.
    mutating func openLog() -> [DashboardEffect] {
        arrangeLog()
        return [.loadEvents(Self.logQuery)]
    }

    mutating func arrangeLog() {
        log.unseenErrors = 0
        let oldest = farm.events.first?.id
        let older = log.olderEvents.filter { event in oldest.map { event.id < $0 } ?? true }
        log.arrange(older.reversed() + farm.events, visible: LogLayout(size).rows.rows, name: printerName)
    }

    mutating func performOnLog(_ command: Command) {
        switch command {
        case .logLevel: log.nextLevel()
        case .logSource:
            if log.source == nil, let printers = log.selected?.printers, printers.count > 1 {
                say("This line is about \(printers.count) printers; / filters by a name.")
                return
            }
            log.source = log.source == nil ? log.selected?.source : nil
        case .nextError:
            if !log.selectNextError(visible: LogLayout(size).rows.rows) { say("There is no error among these lines.") }
            return
        default: return
        }
        arrangeLog()
    }

    /// Takes the filters off. False when there were none.
    mutating func clearLogFilters() -> Bool {
        guard log.isFiltered else { return false }
        log.least = .info
        log.search = ""
        log.source = nil
        arrangeLog()
        return true
    }
}
