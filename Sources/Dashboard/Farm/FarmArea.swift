internal import Farm

extension Area {
    static let farm = Area(name: "farm")
}

extension Place {
    static let farm = Place("farm", area: .farm)
}

/// The list of printers: as lines, as cards, or by their cameras.
struct FarmArea: DashboardArea {
    static let area = Area.farm
    static let summary = "The farm"
    static let words = ["filter", "forget", "open", "sort"]

    var table = FarmTable()

    let place = Place.farm

    func draw(in canvas: inout Canvas, _ context: Context) { FarmView(area: self, context: context).draw(in: &canvas) }

    // MARK: What is selected

    func focus(in context: Context) -> PrinterSnapshot? { table.selected.flatMap(context.printer) }

    func targets(in context: Context) -> [PrinterSnapshot] {
        guard table.marked.isEmpty else { return context.farm.printers.filter { table.marked.contains($0.id) } }
        return focus(in: context).map { [$0] } ?? []
    }

    func copied(in context: Context) -> CopiedText? { focus(in: context).map(CopiedText.init) }

    func pictures(in context: Context) -> WantedPictures {
        if isShowingCameras(context.size) { return WantedPictures(tiles: tiles(in: context)) }
        let layout = FarmLayout(context.size)
        let room = layout.cameraBox.inset(rows: 1, columns: 1)
        guard layout.kind == .wide, !room.isEmpty, let key = focus(in: context)?.lastFrameKey else {
            return WantedPictures()
        }
        return WantedPictures(large: (key, room))
    }

    // MARK: What happens meanwhile

    mutating func apply(_ change: DashboardChange, in context: Context) -> [DashboardRequest] {
        switch change {
        case .snapshot(_, let alerts):
            arrange(context)
            // What was just alerted is selected, unless marks say that somebody is at work.
            guard table.marked.isEmpty, let worst = context.tally.alerting.first(where: alerts.contains) else { break }
            select(worst, context)
        case .chosen(let id):
            if !table.rows.contains(where: { context.farm.printers[$0].id == id }) { filter("", context) }
            select(id, context)
        case .replied(.printer(let printer, _), to: .createPrinter):
            table.select(made: printer.id, printers: context.farm.printers, visible: Self.rows(context))
        case .replied(.printer(let printer, _), to: .machine(.connectNew)):
            table.select(made: printer.id, printers: context.farm.printers, visible: Self.rows(context))
        case .acted: table.clearMarks()
        default: break
        }
        return []
    }

    mutating func settle(in context: Context) -> [DashboardRequest] {
        table.settle(context.farm.printers, visible: Self.rows(context))
        return []
    }

    // MARK: The table

    static func rows(_ context: Context) -> Int { FarmLayout(context.size).rows.rows }

    mutating func arrange(_ context: Context) {
        table.arrange(context.farm.printers, now: context.now, visible: Self.rows(context))
    }

    mutating func select(_ id: PrinterID, _ context: Context) {
        table.select(id, printers: context.farm.printers, visible: Self.rows(context))
    }

    mutating func filter(_ words: String, _ context: Context) {
        table.set(filter: words)
        arrange(context)
    }

    mutating func sort(by column: FarmTable.Column, _ context: Context) {
        table.set(sort: column)
        arrange(context)
    }

    var filter: String? { table.filter.text }

    mutating func filter(by words: String, in context: Context) -> [DashboardRequest] {
        filter(words, context)
        return []
    }

    // MARK: Behind `:`

    mutating func run(_ word: String, _ rest: String, in context: Context) -> [DashboardRequest]? {
        switch word {
        case "forget": return [.perform(.forgetCamera)]
        case "filter":
            filter(rest, context)
            return [.go(.farm)]
        case "sort":
            guard let column = FarmTable.Column(rawValue: rest) else {
                let names = FarmTable.Column.allCases.map(\.rawValue).joined(separator: ", ")
                return [.say("Sort by one of: \(names)", .error)]
            }
            sort(by: column, context)
            return []
        case "open":
            guard let found = context.farm.printers.first(where: { $0.name == rest }) else {
                return [.say("There is no printer \(rest.isEmpty ? "without a name" : rest).", .error)]
            }
            select(found.id, context)
            return [.go(.farm), .page(.printer(found.id))]
        default: return nil
        }
    }

    static func completions(of word: String, _ context: Context) -> [String] {
        switch word {
        case "sort": FarmTable.Column.allCases.map(\.rawValue)
        case "open": context.farm.printers.map(\.name)
        default: []
        }
    }
}

extension CopiedText {
    init(_ printer: PrinterSnapshot) { self.init(name: "id of \(printer.name), \(printer.id),", text: "\(printer.id)") }
    init(_ print: Print) { self.init(name: "id of the print \(print.filename), \(print.id),", text: "\(print.id)") }
}
