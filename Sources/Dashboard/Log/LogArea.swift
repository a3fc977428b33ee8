internal import Farm

extension Area {
    static let log = Area(name: "log")
}

extension Place {
    static let log = Place("log", area: .log)
}

/// The log: what the program and the farm report.
struct LogArea: DashboardArea {
    static let area = Area.log
    static let summary = "The log: what the program and the farm report"
    static let query = EventQuery(limit: 500)

    var log = LogPage()

    let place = Place.log

    func draw(in canvas: inout Canvas, _ context: Context) { LogView(log: log, context: context).draw(in: &canvas) }

    func notice(in context: Context) -> Notice? {
        guard log.unseenErrors > 0 else { return nil }
        let errors = context.count(log.unseenErrors, "error")
        return Notice(
            text: "! \(errors) in \(context.keys.name(.area(Self.area))) \(Self.area.name)", role: .error, priority: 62)
    }

    func copied(in context: Context) -> CopiedText? {
        log.selected.map { entry in
            let time = context.local(entry.at)
            let line = "\(time.date) \(time.hourMinuteSecond) \(entry.level.word) \(entry.source) \(entry.text)"
            // It may be pasted into a shell.
            return CopiedText(name: "line", text: CellText(untrusted: line).description)
        }
    }

    // MARK: What happens meanwhile

    /// Shows the log as it is now; what was missed meanwhile is seen.
    mutating func open(in context: Context) -> [DashboardRequest] {
        arrange(context)
        return [.effect(.loadEvents(Self.query))]
    }

    mutating func apply(_ change: DashboardChange, in context: Context) -> [DashboardRequest] {
        switch change {
        case .log(let lines): log.append(lines)
        case .events(Self.query, let events): log.olderEvents = events
        case .snapshot(let before, _) where context.farm.events.last?.id != before.farm.events.last?.id: break
        default: return []
        }
        if context.area == Self.area { arrange(context) }
        return []
    }

    mutating func settle(in context: Context) -> [DashboardRequest] {
        if context.isLive { log.cursor.settle(count: log.entries.count, visible: Self.rows(context)) }
        return []
    }

    private static func rows(_ context: Context) -> Int { LogLayout(context.size).rows.rows }

    private mutating func arrange(_ context: Context) {
        log.unseenErrors = 0
        let oldest = context.farm.events.first?.id
        let older = log.olderEvents.filter { event in oldest.map { event.id < $0 } ?? true }
        log.arrange(
            older.reversed() + context.farm.events, visible: Self.rows(context), name: context.printerName)
    }

    // MARK: Filters

    var filter: String? { log.search }

    mutating func filter(by words: String, in context: Context) -> [DashboardRequest] {
        log.search = words
        arrange(context)
        return []
    }

    // MARK: Keys and mouse

    mutating func move(_ step: ListCursor.Step, in context: Context) {
        log.cursor.move(step, count: log.entries.count, visible: Self.rows(context))
    }

    mutating func perform(_ command: Command, in context: Context) -> [DashboardRequest] {
        switch command {
        case .open:
            let printers = log.selected?.printers ?? []
            guard printers.count == 1, let id = printers.first, context.printer(id) != nil else {
                return [
                    .say(
                        printers.count > 1
                            ? "This line is about \(printers.count) printers; \(context.keys.name(.area(.farm))) shows the farm."
                            : "This line is not about a printer of the farm.")
                ]
            }
            return [.page(.printer(id))]
        case .back:
            guard log.isFiltered else { return [.go(Areas.first)] }
            log.clearFilters()
        case .nextView: return [.go(Areas.after(Self.area))]
        case .logLevel: log.nextLevel()
        case .logSource:
            if log.source == nil, let printers = log.selected?.printers, printers.count > 1 {
                return [
                    .say(
                        "This line is about \(printers.count) printers; \(context.keys.name(.filter)) filters by a name."
                    )
                ]
            }
            log.source = log.source == nil ? log.selected?.source : nil
        case .nextError:
            let found = log.selectNextError(visible: Self.rows(context))
            return found ? [] : [.say("There is no error among these lines.")]
        default: return []
        }
        arrange(context)
        return []
    }

    func offer(in context: Context) -> BarOffer {
        BarOffer(primary: [.open, .nextError, .logLevel, .logSource], secondary: [.filter, .copy])
    }

    mutating func click(_ position: Position, in context: Context) -> [DashboardRequest] {
        let rows = LogLayout(context.size).rows
        if rows.contains(position) { log.cursor.index = log.cursor.top + position.row - rows.row }
        return []
    }

    func opens(_ position: Position, in context: Context) -> Bool { LogLayout(context.size).rows.contains(position) }
}
