internal import Farm

/// Commands of the history.
extension DashboardState {
    mutating func performOnHistory(_ command: Command) -> [DashboardEffect] {
        switch command {
        case .resultFilter: history.nextSelection()
        case .historyPrinter:
            history.printer = history.printer == nil ? history.selected?.printerID : nil
        case .longerRange: history.changeRange(by: 1)
        case .shorterRange: history.changeRange(by: -1)
        case .period where !history.showsPeriods: history.showsPeriods = true
        case .period:
            history.unit = history.unit.next
            return []
        case .export:
            overlay = .prompt(
                Prompt(purpose: .export, label: "export to: ", field: TextField("prints.csv", longest: 1000)))
            return []
        case .wasAFailure: return judge(.failed)
        case .notAFailure: return judge(.notFailed)
        default: return []
        }
        history.cursor = ListCursor()
        return loadHistory()
    }

    /// Keeps what a person says of an alarm of a past print.
    private mutating func judge(_ verdict: AlertVerdict) -> [DashboardEffect] {
        guard let print = history.selected else { return [] }
        undo = [.judgePrint(print.id, verdict: print.alertOverwrite)]
        let words = verdict == .failed ? "a failure" : "no failure"
        return [
            request(
                .judgePrint(print.id, verdict: verdict), done: "Kept: \(print.filename) was \(words); u undoes.")
        ]
    }

    /// Takes the filters off. Nil when there were none.
    mutating func clearHistoryFilters() -> [DashboardEffect]? {
        guard history.isFiltered else { return nil }
        history.clearFilters()
        arrangeHistory()
        return loadHistory()
    }

    mutating func loadHistory() -> [DashboardEffect] {
        let query = history.query(now: now, utcOffsetSeconds: options.utcOffsetSeconds)
        history.awaited = query
        return [.loadPrints(query)]
    }

    /// Picks those of the loaded prints that have the words looked for.
    mutating func arrangeHistory() {
        guard !history.search.isEmpty else {
            history.prints = history.loaded
            return
        }
        history.prints = history.loaded.filter {
            PrintExport.matches($0, printer($0.printerID)?.name ?? "", history.search)
        }
    }

    /// Writes what the filters show, all pages of it.
    mutating func export(to path: String) -> [DashboardEffect] {
        guard let format = PrintExport.Format.allCases.first(where: { path.lowercased().hasSuffix("." + $0.rawValue) })
        else {
            say("The name must end in .csv or .json.", .error)
            return []
        }
        let names = Dictionary(farm.printers.map { ($0.id, $0.name) }) { $1 }
        var query = history.query(now: now, utcOffsetSeconds: options.utcOffsetSeconds)
        query.limit = HistoryPage.mostPrints
        say("Writing \(path).")
        return [.exportPrints(query, PrintExport(path: path, format: format, printers: names, search: history.search))]
    }
}
