internal import Farm

extension Area {
    static let history = Area(name: "history")
}

extension Place {
    static let history = Place("history", area: .history)
}

/// The history: past and running prints as a list, or summed up.
struct HistoryArea: DashboardArea {
    static let area = Area.history
    static let summary = "The history of prints"
    static let words = ["export"]

    var history = HistoryPage()

    let place = Place.history

    func draw(in canvas: inout Canvas, _ context: Context) {
        HistoryView(history: history, context: context).draw(in: &canvas)
    }

    func print(in context: Context) -> Print? { history.selected }

    func copied(in context: Context) -> CopiedText? { history.selected.map(CopiedText.init) }

    // MARK: What happens meanwhile

    mutating func open(in context: Context) -> [DashboardRequest] { load(context) }

    mutating func apply(_ change: DashboardChange, in context: Context) -> [DashboardRequest] {
        switch change {
        case .snapshot(let before, _):
            let isNew = context.farm.events.last?.id != before.farm.events.last?.id
            return isNew ? reload(context) : []
        case .key: history.isInterrupted = false
        case .prints(let query, let prints): if query == history.awaited { apply(prints, of: query, context) }
        case .loadFailed(.loadPrints):
            history.awaited = nil
            history.isInterrupted = true
        // The print may be too old to come with the newest ones.
        case .replied(_, to: .judgePrint(let id, let verdict)):
            history.judge(id, verdict)
            return arrangeAndReload(context)
        case .replied(_, to: .markFailed(let id, let reason)):
            history.markFailed(id, reason)
            return arrangeAndReload(context)
        case .replied(_, to: .unmarkFailed(let id, let result, let verdict)):
            history.unmark(id, result, verdict)
            return arrangeAndReload(context)
        default: break
        }
        return []
    }

    private mutating func reload(_ context: Context) -> [DashboardRequest] {
        context.area == Self.area ? load(context) : []
    }

    private mutating func arrangeAndReload(_ context: Context) -> [DashboardRequest] {
        arrange(context)
        return reload(context)
    }

    /// Asks for the newest prints; `settle` asks for older ones where they are wanted.
    mutating func load(_ context: Context) -> [DashboardRequest] {
        let query = history.query(now: context.now, utcOffsetSeconds: context.options.utcOffsetSeconds)
        history.awaited = query
        history.isInterrupted = false
        return [.effect(.loadPrints(query))]
    }

    private mutating func apply(_ page: [Print], of query: PrintQuery, _ context: Context) {
        history.awaited = nil
        guard !history.showsPeriods else {
            let search = history.search
            return history.sums.apply(
                page, of: query, search: search, now: context.now,
                utcOffsetSeconds: context.options.utcOffsetSeconds,
                hasWords: { Self.matches($0, search, context) })
        }
        let anchor = history.cursor.index > 0 || context.hasPage ? history.selected?.id : nil
        history.apply(page, of: query)
        arrange(context)
        if let anchor, let index = history.prints.firstIndex(where: { $0.id == anchor }) {
            history.cursor.index = index
        }
    }

    mutating func settle(in context: Context) -> [DashboardRequest] {
        let layout = HistoryLayout(context.size)
        history.cursor.settle(count: history.prints.count, visible: layout.rows.rows)
        guard context.isLive, context.area == Self.area, history.awaited == nil, !history.isInterrupted else {
            return []
        }
        let isLoaded = history.showsPeriods ? history.sums.isLoaded(history.search) : history.isLoaded
        guard isLoaded else { return load(context) }
        guard let next = next(layout, context) else { return [] }
        history.awaited = next
        return [.effect(.loadPrints(next))]
    }

    /// Older prints, where the list comes to its end, or where the sums do not go back as far as there is room.
    private func next(_ layout: HistoryLayout, _ context: Context) -> PrintQuery? {
        guard history.showsPeriods else { return history.next(visible: layout.rows.rows) }
        return history.sums.next(
            unit: history.sumsByPrinter ? nil : history.unit, now: context.now,
            utcOffsetSeconds: context.options.utcOffsetSeconds, rows: layout.bars.rows - 1)
    }

    /// Picks those of the loaded prints that have the words looked for.
    private mutating func arrange(_ context: Context) {
        let search = history.search
        history.prints =
            search.isEmpty ? history.loaded : history.loaded.filter { Self.matches($0, search, context) }
        history.total = HistoryPeriod(label: "")
        for print in history.prints { history.total.add(print, now: context.now) }
    }

    private static func matches(_ print: Print, _ search: String, _ context: Context) -> Bool {
        search.isEmpty || PrintExport.matches(print, context.knownName(print.printerID) ?? "", search)
    }

    // MARK: Filters

    var filter: String? { history.search }

    /// The sums have to be made anew for other words.
    mutating func filter(by words: String, in context: Context) -> [DashboardRequest] {
        history.search = words
        arrange(context)
        if history.showsPeriods { history.awaited = nil }
        return []
    }

    /// Takes the filters off. Nil when there were none.
    mutating func clearFilters(_ context: Context) -> [DashboardRequest]? {
        guard history.isFiltered else { return nil }
        history.clearFilters()
        arrange(context)
        return load(context)
    }

    // MARK: Behind `:`

    mutating func run(_ word: String, _ rest: String, in context: Context) -> [DashboardRequest]? {
        guard word == "export" else { return nil }
        guard !rest.isEmpty else { return [.say("Give a file: :export FILE.csv or FILE.json", .error)] }
        return export(to: rest, context)
    }

    /// Writes what the filters show, all pages of it.
    private func export(to path: String, _ context: Context) -> [DashboardRequest] {
        guard let format = PrintExport.Format.allCases.first(where: { path.lowercased().hasSuffix("." + $0.rawValue) })
        else { return [.say("The name must end in .csv or .json.", .error)] }
        let names = Dictionary(context.farm.printers.map { ($0.id, $0.name) }) { $1 }
        var query = history.query(now: context.now, utcOffsetSeconds: context.options.utcOffsetSeconds)
        query.limit = HistoryPage.mostPrints
        let export = PrintExport(path: path, format: format, printers: names, search: history.search)
        return [.say("Writing \(path)."), .effect(.exportPrints(query, export))]
    }
}
