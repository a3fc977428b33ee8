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
            history.nextSums()
            return []
        case .markFailed:
            guard let print = judgedPrint else { return [] }
            overlay = .reasonKeys(ReasonQuestion(target: .mark(print.id, filename: print.filename)))
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

    /// The open print, or the selected one.
    var judgedPrint: Print? {
        if case .print(let print)? = detail?.subject { print } else { history.selected }
    }

    /// Keeps what a person says of an alert of a past print.
    private mutating func judge(_ verdict: AlertVerdict) -> [DashboardEffect] {
        guard let print = judgedPrint else { return [] }
        undo = Undo(
            [.judgePrint(print.id, verdict: print.alertOverwrite)], "the verdict on \(print.filename) is as before")
        let done =
            verdict == .failed
            ? "Judged a failure: \(print.filename); u undoes." : "Dismissed the alert on \(print.filename); u undoes."
        return [request(.judgePrint(print.id, verdict: verdict), done: done)]
    }

    /// What makes a print again what it is now; nil over the API, which cannot.
    func undoOfMarking(_ id: PrintID) -> Undo? {
        guard !options.isRemote, let print = judgedPrint, print.id == id, let result = print.result else { return nil }
        return result == .failed
            ? Undo([.markFailed(id, reason: print.failureReason)], "the reason of \(print.filename) is as before")
            : Undo(
                [.unmarkFailed(id, result: result, verdict: print.alertOverwrite)],
                "\(print.filename) is no longer marked as failed")
    }

    /// A print of the past that ended as it had before it was marked.
    mutating func unmarked(_ id: PrintID, _ result: PrintResult, _ verdict: AlertVerdict?) -> [DashboardEffect] {
        history.unmark(id, result, verdict)
        arrangeHistory()
        if case .print(var print)? = detail?.subject, print.id == id {
            print.unmark(result, verdict)
            detail?.subject = .print(print)
        }
        return area == .history ? loadHistory() : []
    }

    /// A print of the past that counts as failed from now on.
    mutating func markedFailed(_ id: PrintID, _ reason: String?) -> [DashboardEffect] {
        history.markFailed(id, reason)
        arrangeHistory()
        if case .print(var print)? = detail?.subject, print.id == id {
            print.fail(reason)
            detail?.subject = .print(print)
        }
        return area == .history ? loadHistory() : []
    }

    /// The print may be too old to come with the newest ones.
    mutating func judged(_ id: PrintID, _ verdict: AlertVerdict?) -> [DashboardEffect] {
        history.judge(id, verdict)
        arrangeHistory()
        if case .print(var print)? = detail?.subject, print.id == id {
            print.alertOverwrite = verdict
            detail?.subject = .print(print)
        }
        return area == .history ? loadHistory() : []
    }

    /// Takes the filters off. Nil when there were none.
    mutating func clearHistoryFilters() -> [DashboardEffect]? {
        guard history.isFiltered else { return nil }
        history.clearFilters()
        arrangeHistory()
        return loadHistory()
    }

    /// Asks for the newest prints; `settleHistory` asks for older ones where they are wanted.
    mutating func loadHistory() -> [DashboardEffect] {
        let query = history.query(now: now, utcOffsetSeconds: options.utcOffsetSeconds)
        history.awaited = query
        history.isInterrupted = false
        return [.loadPrints(query)]
    }

    mutating func take(_ page: [Print], of query: PrintQuery) {
        history.awaited = nil
        history.noteNames(page)
        guard !history.showsPeriods else {
            return history.sums.take(
                page, of: query, search: history.search, now: now, utcOffsetSeconds: options.utcOffsetSeconds,
                hasWords: hasWords)
        }
        let anchor = history.cursor.index > 0 || detail != nil ? history.selected?.id : nil
        history.take(page, of: query)
        arrangeHistory()
        if let anchor, let index = history.prints.firstIndex(where: { $0.id == anchor }) {
            history.cursor.index = index
        }
    }

    /// More prints where the list comes to its end, or where the sums do not go back as far as there is room.
    mutating func settleHistory() -> [DashboardEffect] {
        guard area == .history, history.awaited == nil, !history.isInterrupted else { return [] }
        let layout = HistoryLayout(size)
        if history.showsPeriods ? !history.sums.isLoaded(history.search) : !history.isLoaded { return loadHistory() }
        let next =
            history.showsPeriods
            ? history.sums.next(
                unit: history.sumsByPrinter ? nil : history.unit, now: now,
                utcOffsetSeconds: options.utcOffsetSeconds, rows: layout.bars.rows - 1)
            : history.next(visible: layout.rows.rows)
        guard let next else { return [] }
        history.awaited = next
        return [.loadPrints(next)]
    }

    private func hasWords(_ print: Print) -> Bool {
        history.search.isEmpty || PrintExport.matches(print, knownName(print.printerID) ?? "", history.search)
    }

    /// Picks those of the loaded prints that have the words looked for.
    mutating func arrangeHistory() {
        history.prints = history.search.isEmpty ? history.loaded : history.loaded.filter(hasWords)
        history.total = HistoryPeriod(label: "")
        for print in history.prints { history.total.add(print, now: now) }
    }

    /// The sums have to be made anew for other words.
    mutating func search(history words: String) {
        history.search = words
        arrangeHistory()
        if history.showsPeriods { history.awaited = nil }
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
