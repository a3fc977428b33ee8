internal import Farm

/// What is counted once a snapshot, so that drawing need not look at every printer.
struct FarmTally: Equatable, Sendable {
    private var counts = Array(repeating: 0, count: PrinterCondition.allCases.count)
    private(set) var openPrints = 0
    private(set) var watchedPrints = 0
    /// Printers that call for an answer, worst first.
    private(set) var alerting: [PrinterID] = []

    init() {}

    init(_ printers: [PrinterSnapshot], now: Timestamp) {
        var calling: [PrinterSnapshot] = []
        for snapshot in printers {
            counts[snapshot.condition.rawValue] += 1
            let isOpen = snapshot.print?.isOpen == true
            if isOpen { openPrints += 1 }
            if isOpen, snapshot.notWatchingReason == nil { watchedPrints += 1 }
            if Self.callsForAnswer(snapshot) { calling.append(snapshot) }
        }
        let order = PrinterOrder(column: .risk, isReversed: false, now: now)
        alerting = calling.sorted { order.precedes($0, $1) }.map(\.id)
    }

    func count(_ condition: PrinterCondition) -> Int { counts[condition.rawValue] }

    private static func callsForAnswer(_ snapshot: PrinterSnapshot) -> Bool {
        snapshot.print?.hasStandingAlert == true || snapshot.print?.awaitsPause == true
            || snapshot.condition == .stale
    }
}
