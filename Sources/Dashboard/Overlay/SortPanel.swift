/// By which column the list of printers is sorted: one key a column.
struct SortPanel: DashboardOverlay, Equatable {
    func draw(in canvas: inout Canvas, _ context: Context) {
        QuestionBox(
            title: "Sort by", list: FarmTable.Column.allCases.map { ($0.key, $0.title.description) },
            keys: [(.escape, "leave")]
        ).draw(in: &canvas, context)
    }

    func hints(_ context: Context) -> [KeyBar.Hint] {
        [.leave] + FarmTable.Column.allCases.map { .init(String($0.key), $0.title.description) }
    }

    func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        let column = FarmTable.Column.allCases.first { key == .character($0.key) }
        return [.close] + (column.map { [.word("sort", rest: $0.rawValue)] } ?? [])
    }

    func clickBeside(in context: Context) -> [DashboardRequest] { [.close] }
}
