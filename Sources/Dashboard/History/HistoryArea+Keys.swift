internal import Farm

/// Keys and clicks in the history.
extension HistoryArea {
    mutating func move(_ step: ListCursor.Step, in context: Context) {
        history.cursor.move(step, count: history.prints.count, visible: HistoryLayout(context.size).rows.rows)
    }

    mutating func step(_ lines: Int, in context: Context) -> PrinterDetail.Subject? {
        move(.by(lines), in: context)
        return history.selected.map { .print($0) }
    }

    mutating func perform(_ command: Command, in context: Context) -> [DashboardRequest] {
        switch command {
        case .open: return history.selected.map { [.page(.print($0))] } ?? []
        case .back: return clearFilters(context) ?? [.go(Areas.first)]
        case .nextView: history.showsPeriods.toggle()
        case .resultFilter: history.nextSelection()
        case .historyPrinter: history.printer = history.printer == nil ? history.selected?.printerID : nil
        case .longerRange: history.changeRange(by: 1)
        case .shorterRange: history.changeRange(by: -1)
        case .period where !history.showsPeriods: history.showsPeriods = true
        case .period:
            history.nextSums()
            return []
        case .export:
            return [
                .overlay(Prompt(purpose: .export, label: "export to: ", field: TextField("prints.csv", longest: 1000)))
            ]
        default: return PrintCommands(history.selected, context).perform(command)
        }
        history.cursor = ListCursor()
        return load(context)
    }

    func refusal(_ command: Command, in context: Context) -> String? {
        switch command {
        case .open where history.selected == nil: "There is no print to open."
        case .historyPrinter where history.printer == nil && history.selected == nil: "There is no print."
        case _ where PrintCommands.judging.contains(command):
            PrintCommands(history.selected, context).refusal(command)
        default: PrinterCommands([], context).refusal(command)
        }
    }

    func offer(in context: Context) -> BarOffer {
        let primary: [Command] =
            history.showsPeriods
            ? [.period, .shorterRange, .longerRange, .export]
            : [.open] + PrintCommands.verdicts(history.selected)
                + [.undo, .resultFilter, .historyPrinter, .shorterRange, .longerRange, .export]
        return BarOffer(primary: primary, secondary: [.nextView, .filter])
    }

    mutating func click(_ position: Position, in context: Context) -> [DashboardRequest] {
        let rows = HistoryLayout(context.size).rows
        if rows.contains(position) { history.cursor.index = history.cursor.top + position.row - rows.row }
        return []
    }

    func opens(_ position: Position, in context: Context) -> Bool {
        HistoryLayout(context.size).rows.contains(position)
    }
}
