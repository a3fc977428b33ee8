internal import Farm
import Text

/// The list of printers: which are shown, in which order, which is selected and which are marked.
struct FarmTable: Equatable, Sendable {
    /// What the rows are ordered by.
    enum Column: String, CaseIterable, Sendable {
        case risk, printer, machine, camera, p, file, done, time, frame

        /// The key that chooses it after `S`.
        var key: Character {
            switch self {
            case .risk: "r"
            case .printer: "n"
            case .machine: "m"
            case .camera: "c"
            case .file: "f"
            case .done: "d"
            case .time: "t"
            case .p: "p"
            case .frame: "a"
            }
        }
        var title: StaticString {
            switch self {
            case .risk: "risk"
            case .printer: "name"
            case .machine: "machine"
            case .camera: "camera"
            case .file: "file"
            case .done: "done next"
            case .time: "time"
            case .p: "failure probability"
            case .frame: "frame age"
            }
        }
    }
    /// How the printers are shown.
    enum View: CaseIterable, Sendable {
        case lines, cards, cameras

        var next: View {
            switch self {
            case .lines: .cards
            case .cards: .cameras
            case .cameras: .lines
            }
        }
    }
    var view = View.lines
    private(set) var sort = Column.risk
    private(set) var isReversed = false
    private(set) var filter = PrinterFilter()
    private(set) var marked: Set<PrinterID> = []
    /// Indices into the snapshot's printers, in the order of the screen.
    private(set) var rows: [Int] = []
    private(set) var cursor = ListCursor()
    private(set) var selected: PrinterID?
    /// To be selected as soon as it is there: a printer that was just made. Any move cancels that.
    private var wanted: PrinterID?
    /// Where a range of marks begins: what was marked last.
    private var anchor: PrinterID?

    mutating func set(sort column: Column) {
        isReversed = sort == column ? !isReversed : false
        sort = column
    }

    mutating func set(sort column: Column, isReversed: Bool) {
        sort = column
        self.isReversed = isReversed
    }

    mutating func set(filter text: String) { filter = PrinterFilter(text) }

    /// Orders the rows anew and keeps the selection on its printer; a printer that left gives it to its row.
    mutating func arrange(_ printers: [PrinterSnapshot], now: Timestamp, visible: Int) {
        let resolved = filter.isEmpty ? filter : filter.resolved(printers)
        rows = printers.indices.filter { resolved.isEmpty || resolved.matches(printers[$0]) }
        let order = PrinterOrder(column: sort, isReversed: isReversed, now: now)
        rows.sort { order.precedes(printers[$0], printers[$1]) }
        marked.formIntersection(printers.map(\.id))
        if let index = rows.firstIndex(where: { printers[$0].id == wanted }) {
            cursor.index = index
            wanted = nil
        } else if let index = rows.firstIndex(where: { printers[$0].id == selected }) {
            cursor.index = index
        }
        settle(printers, visible: visible)
    }

    mutating func move(_ step: ListCursor.Step, printers: [PrinterSnapshot], visible: Int) {
        wanted = nil
        cursor.move(step, count: rows.count, visible: visible)
        settle(printers, visible: visible)
    }

    mutating func select(row: Int, printers: [PrinterSnapshot], visible: Int) {
        guard rows.indices.contains(row) else { return }
        wanted = nil
        cursor.index = row
        settle(printers, visible: visible)
    }

    mutating func select(_ id: PrinterID, printers: [PrinterSnapshot], visible: Int) {
        guard let row = rows.firstIndex(where: { printers[$0].id == id }) else { return }
        select(row: row, printers: printers, visible: visible)
    }

    /// Now, or as soon as it is there.
    mutating func select(made id: PrinterID, printers: [PrinterSnapshot], visible: Int) {
        wanted = id
        select(id, printers: printers, visible: visible)
    }

    mutating func settle(_ printers: [PrinterSnapshot], visible: Int) {
        cursor.settle(count: rows.count, visible: visible)
        selected = rows.indices.contains(cursor.index) ? printers[rows[cursor.index]].id : nil
    }

    mutating func toggleMark(_ id: PrinterID) {
        anchor = id
        if marked.remove(id) == nil { marked.insert(id) }
    }

    /// Marks everything from what was marked last to the selected row; without such a one, the selected row.
    mutating func markRange(_ printers: [PrinterSnapshot]) {
        guard rows.indices.contains(cursor.index) else { return }
        let start = anchor.flatMap { anchor in rows.firstIndex { printers[$0].id == anchor } } ?? cursor.index
        for row in min(start, cursor.index)...max(start, cursor.index) { marked.insert(printers[rows[row]].id) }
        anchor = selected
    }

    /// Marks all rows; unmarks all if they were.
    mutating func toggleAllMarks(_ printers: [PrinterSnapshot]) {
        let all = Set(rows.map { printers[$0].id })
        marked = marked.isSuperset(of: all) ? [] : marked.union(all)
    }

    mutating func clearMarks() {
        marked = []
        anchor = nil
    }
}

/// The order of two rows. Ties go by id, so that rows do not change places without a reason.
struct PrinterOrder {
    var column: FarmTable.Column
    var isReversed: Bool
    var now: Timestamp

    func precedes(_ a: PrinterSnapshot, _ b: PrinterSnapshot) -> Bool {
        let order = compare(a, b)
        if order != 0 { return isReversed ? order > 0 : order < 0 }
        return a.id < b.id
    }

    /// Negative when `a` comes first.
    private func compare(_ a: PrinterSnapshot, _ b: PrinterSnapshot) -> Int {
        switch column {
        case .risk: sign(a.rank, b.rank)
        case .machine: sign(Self.place(a.machineWord), Self.place(b.machineWord))
        case .camera: sign(Self.place(a.states.camera), Self.place(b.states.camera))
        case .printer: sign(a.printer.settings.name.lowercased(), b.printer.settings.name.lowercased())
        case .file: sign(a.print?.filename.lowercased() ?? "\u{10FFFF}", b.print?.filename.lowercased() ?? "\u{10FFFF}")
        case .done: sign(finish(a), finish(b))
        case .time: sign(a.print?.startedAt.microseconds ?? .max, b.print?.startedAt.microseconds ?? .max)
        case .p: sign(step(b.shownProbability), step(a.shownProbability))
        case .frame:
            sign(a.lastFrame?.receivedAt.microseconds ?? .max, b.lastFrame?.receivedAt.microseconds ?? .max)
        }
    }

    /// When it will be done, then those that stand still by what is left, then those of which nobody knows; in microseconds.
    private func finish(_ snapshot: PrinterSnapshot) -> Int64 {
        guard let facts = MachineFacts(snapshot) else { return .max }
        if let finish = facts.finish(at: now) { return finish.microseconds }
        guard let left = facts.left(at: now), left < 1e9 else { return .max }
        return .max / 2 + Int64(left)
    }

    /// As the header counts them.
    private static func place(_ word: MachineWord) -> Int { Headline.all.firstIndex(of: .machine(word)) ?? 0 }

    private static func place(_ camera: CameraState) -> Int {
        switch camera {
        case .failing: 0
        case .stale: 1
        case .frozen: 2
        case .black: 3
        case .watch: 4
        case .noPicture: 5
        case .ok: 6
        case .off: 7
        }
    }

    /// In whole percents; -1 where none is known. Of a farm elsewhere a number may be anything: that is the worst.
    private func step(_ probability: Double?) -> Int {
        probability.map { wholePercent($0) ?? 100 } ?? -1
    }

    private func sign<Value: Comparable>(_ a: Value, _ b: Value) -> Int { a < b ? -1 : a > b ? 1 : 0 }
}
