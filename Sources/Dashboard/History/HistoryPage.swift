internal import Farm

/// The list of past and running prints.
struct HistoryPage: Equatable, Sendable {
    /// Which prints are shown.
    enum Selection: CaseIterable, Sendable {
        case all, finished, cancelled, needsVerdict

        var title: StaticString {
            switch self {
            case .all: "all"
            case .finished: "finished"
            case .cancelled: "cancelled"
            case .needsVerdict: "alarms to judge"
            }
        }
    }
    var selection = Selection.all
    var prints: [Print] = []
    var cursor = ListCursor()
    var isLoaded = false
    /// The answer to another query is late and not wanted any more.
    var awaited: PrintQuery?

    static let pageSize = 200

    var query: PrintQuery {
        var query = PrintQuery()
        query.limit = Self.pageSize
        switch selection {
        case .all: break
        case .finished: query.result = .success
        case .cancelled: query.result = .cancelled
        case .needsVerdict: query.needsVerdict = true
        }
        return query
    }

    var selected: Print? { prints.indices.contains(cursor.index) ? prints[cursor.index] : nil }

    mutating func nextSelection() {
        let all = Selection.allCases
        selection = all[((all.firstIndex(of: selection) ?? 0) + 1) % all.count]
    }
}
