internal import Farm
import Text

/// What was dismissed on a printer's camera, and so counts less there; to forget some of it.
struct VerdictsPanel: DashboardOverlay, Equatable {
    let printer: PrinterID
    let name: String
    /// Nil until the farm has told.
    private(set) var verdicts: [RememberedVerdict]?
    private var failure: String?
    /// Asked of the farm, which has not answered yet.
    private var forgetting: RememberedVerdict?
    /// The one that is forgotten if the key comes once more.
    private var inQuestion: VerdictID?
    private var cursor = ListCursor()

    init(printer: PrinterID, name: String) {
        self.printer = printer
        self.name = name
    }

    private static func rows(_ size: GridSize) -> Int { max(1, min(size.rows - 7, 14)) }

    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch key {
        case .escape, .character("q"), .character("h"), .control("c"): return [.close]
        case .character("f"): return forget(context)
        default:
            inQuestion = nil
            guard let step = ListCursor.Step(key) else { return [] }
            cursor.move(step, count: verdicts?.count ?? 0, visible: Self.rows(context.size))
            return []
        }
    }

    private mutating func forget(_ context: Context) -> [DashboardRequest] {
        guard let verdict = selected, forgetting == nil else { return [] }
        if let reason = context.refusalOfChanges { return [.say(reason, .warning)] }
        guard inQuestion == verdict.id else {
            inQuestion = verdict.id
            let place = verdict.seen.placeWords
            return [.say("f once more forgets this one (\(place)); that cannot be taken back.", .warning)]
        }
        inQuestion = nil
        forgetting = verdict
        return [.askToChange(.forgetVerdicts(printer, only: verdict.id), done: words(verdict))]
    }

    private func words(_ verdict: RememberedVerdict) -> String {
        "\(verdict.seen.placeWords.beginningLarge) of \(name)'s picture counts fully again."
    }

    private mutating func forgot(_ verdict: RememberedVerdict, isNew: Bool, in context: Context) -> [DashboardRequest] {
        if let index = verdicts?.firstIndex(where: { $0.id == verdict.id }) {
            verdicts?.remove(at: index)
            // What was chosen meanwhile stays chosen.
            if index < cursor.index { cursor.index -= 1 }
        }
        cursor.settle(count: verdicts?.count ?? 0, visible: Self.rows(context.size))
        // Somebody else forgets too: what there is now, the farm says.
        return isNew
            ? [.say(words(verdict), .success)] : [.say("That was forgotten already."), .ask(.listVerdicts(printer))]
    }

    /// What was chosen stays chosen, where it is still there.
    private mutating func list(_ told: [RememberedVerdict], in context: Context) {
        let chosen = selected?.id
        let listed = told.sorted { $0.id > $1.id }
        if let index = listed.firstIndex(where: { $0.id == chosen }) { cursor.index = index }
        (verdicts, failure) = (listed, nil)
        cursor.settle(count: listed.count, visible: Self.rows(context.size))
    }

    private var selected: RememberedVerdict? {
        guard let verdicts, verdicts.indices.contains(cursor.index) else { return nil }
        return verdicts[cursor.index]
    }

    mutating func receive(_ result: Result<FarmReply, RequestFailure>, in context: Context) -> [DashboardRequest] {
        defer { forgetting = nil }
        switch (result, forgetting) {
        case (.success(.verdicts(let told)), _): list(told, in: context)
        case (.success(.done(let isNew)), let verdict?): return forgot(verdict, isNew: isNew, in: context)
        case (.success, _): break
        // What was to be forgotten still counts less, and stays in the list.
        case (.failure(let reason), _?): return [.say(reason.message, .error)]
        case (.failure(let reason), nil): failure = reason.message
        }
        return []
    }

    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest] {
        switch target {
        case .key(let key): return handle(key, in: context)
        case .line(let index): cursor.index = index
        default: break
        }
        return []
    }

    func clickBeside(in context: Context) -> [DashboardRequest] { [.close] }

    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest] {
        handle(lines > 0 ? .down : .up, in: context)
    }

    func hints(_ context: Context) -> [KeyBar.Hint] { [.init("f", "forget"), .init("↑↓", "choose"), .leave] }

    // MARK: On the screen

    private var sentence: (text: String, role: Role) {
        if let failure { return (failure, .error) }
        guard let verdicts else { return ("Asking the farm.", .dim) }
        return verdicts.isEmpty
            ? ("Nothing was dismissed on this camera.", .dim)
            : ("Boxes that look like these, in the same place, count less.", .dim)
    }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let listed = verdicts ?? []
        let rows = min(Self.rows(context.size), listed.count)
        let room = canvas.panel(
            rows: rows + 2, columns: min(context.size.columns - 4, 72), title: "Dismissed on \(name)")
        canvas.put(
            CellText(untrusted: sentence.text), row: room.row, column: room.column, end: room.endColumn, sentence.role)
        var row = room.row + 1
        for index in cursor.lines(count: listed.count, visible: rows) where row < room.endRow - 1 {
            let line = Rect(row: row, column: room.column, rows: 1, columns: room.columns)
            if index == cursor.index {
                canvas.select(line)
                canvas.rest(row: row, column: room.column)
            }
            let use = CellText(untrusted: Self.use(listed[index], context))
            canvas.put(
                CellText(untrusted: Self.place(listed[index], context)), row: row, column: room.column + 1,
                end: max(room.column + 1, room.endColumn - use.width - 1))
            canvas.putRight(use, row: row, end: room.endColumn, .dim)
            canvas.target(line, .line(index))
            canvas.isInSelection = false
            row += 1
        }
        canvas.put(keys: [(.character("f"), "forget"), (.escape, "leave")], in: room)
    }

    /// `11-23 14:05  66 % sure, lower left, 12 % wide`: of the picture.
    private static func place(_ verdict: RememberedVerdict, _ context: Context) -> String {
        let seen = verdict.seen
        return "\(context.local(verdict.givenAt).monthDayHourMinute)  \(percentWords(seen.detection.confidence)) sure, "
            + "\(seen.placeWords), \(percentWords(seen.widthShare)) wide"
    }

    private static func use(_ verdict: RememberedVerdict, _ context: Context) -> String {
        guard verdict.pictures > 0 else { return "not seen since" }
        return "less in \(context.count(Int(verdict.pictures), "picture"))"
    }
}
