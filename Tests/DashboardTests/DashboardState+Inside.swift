import Farm

@testable import Dashboard

/// What tests look at behind the screen.
extension DashboardState {
    var table: FarmTable { (areas[.farm] as? FarmArea)?.table ?? FarmTable() }
    var history: HistoryPage {
        get { (areas[.history] as? HistoryArea)?.history ?? HistoryPage() }
        set {
            var area = HistoryArea()
            area.history = newValue
            areas[.history] = area
        }
    }
    var detail: PrinterDetail? { page?.detail }
    var farm: FarmSnapshot { context.farm }
    var theme: Theme { context.theme }
    var size: GridSize { context.size }
    var options: DashboardOptions { context.options }
    var message: Context.Message? { context.message }
    var selectedPrinter: PrinterSnapshot? { shown.focus(in: context) }

    /// Asks for the newest prints again.
    mutating func loadHistory() -> [DashboardEffect] { go(to: .history) }
}
