import Farm
import FarmService
import Hummingbird
import Text

extension FarmRoutes {
    func printStatistics(_ request: APIRequest) async throws -> Response {
        var reader = try FieldReader(query: request.target)
        let calendar = reader.calendar()
        let period = reader.choice("group_by", FarmCalendar.Period.self, ignoringCase: true) ?? .day
        var query = PrintQuery()
        query.accountID = try request.caller().accountID
        query.startedFrom = reader.day("from_date", calendar)
        query.startedBefore = reader.day("to_date", plusDays: 1, calendar)
        query.oldestFirst = true
        query.limit = 1000
        try reader.finish()
        let (from, before) = (query.startedFrom, query.startedBefore)
        var last: Timestamp?
        var first: Timestamp?
        var statistics = PrintStatistics()
        while true {
            let page = try await service.prints(query)
            for print in page {
                first = first ?? print.startedAt
                last = print.startedAt
                statistics.add(print, key: calendar?.key(of: print.startedAt, by: period) ?? "")
                // The next page begins at this moment, behind those of it that were seen: no row is gone through twice.
                query.start = query.startedFrom == print.startedAt ? query.start + 1 : 1
                query.startedFrom = print.startedAt
            }
            guard page.count == query.limit else { break }
        }
        // Periods without a print are there too, with 0, from the first day that was asked for to the last.
        if let start = from ?? first, let end = before.map({ $0 - .seconds(1) }) ?? last,
            let keys = calendar?.keys(from: start, to: end, by: period, limit: 4000)
        {
            statistics.fill(keys)
        }
        return .json { statistics.write(to: &$0) }
    }
}

/// Sums over prints, in all and by period.
private struct PrintStatistics {
    private struct Group {
        var key: String
        var count: Int64 = 0
        var time = 0.0
        var filament = 0.0
    }
    private var groups: [Group] = []
    private var results: [PrintResult: Int64] = [:]
    private var longest = 0.0

    /// - Parameter key: prints come in the order of their keys.
    mutating func add(_ print: Print, key: String) {
        if groups.last?.key != key { groups.append(Group(key: key)) }
        let last = groups.count - 1
        groups[last].count += 1
        groups[last].time += print.printTime ?? 0
        groups[last].filament += print.filamentUsed ?? 0
        longest = max(longest, print.printTime ?? 0)
        if let result = print.result { results[result, default: 0] += 1 }
    }

    /// How many ended in one of some ways.
    private func count(where isCounted: (PrintResult) -> Bool) -> Int64 {
        results.reduce(0) { $0 + (isCounted($1.key) ? $1.value : 0) }
    }

    mutating func fill(_ keys: [String]) {
        let byKey = Dictionary(groups.map { ($0.key, $0) }) { first, _ in first }
        groups = keys.map { byKey[$0] ?? Group(key: $0) }
    }

    func write(to json: inout JSONWriter) {
        let time = groups.reduce(0) { $0 + $1.time }
        json.object { json in
            json.member("print_count_groups") { json in
                json.array { json in for group in groups { json.group(group.key) { $0.value(group.count) } } }
            }
            json.member("print_time_groups") { json in
                json.array { json in for group in groups { json.group(group.key) { $0.value(group.time) } } }
            }
            json.member("filament_used_groups") { json in
                json.array { json in for group in groups { json.group(group.key) { $0.value(group.filament) } } }
            }
            json.member("total_print_count", groups.reduce(0) { $0 + $1.count })
            json.member("total_print_time", time)
            json.member("total_filament_used", groups.reduce(0) { $0 + $1.filament })
            json.member("total_cancelled_print_count", count(where: \.isCancelledOnWire))
            json.member("total_succeeded_print_count", count { !$0.isCancelledOnWire })
            json.member("longest_print_time", longest)
            let ended = count { _ in true }
            json.member("average_print_time", ended == 0 ? 0 : time / Double(ended))
            json.member("result_counts") { json in
                json.object { json in
                    for result in PrintResult.allCases {
                        json.member(named: result.rawValue) { $0.value(results[result, default: 0]) }
                    }
                }
            }
            // How a replaced print or one that ended unseen would have turned out nobody knows.
            let judged = count { $0 == .success || $0.isCancelledOnWire }
            json.member("success_rate", judged == 0 ? nil : Double(results[.success, default: 0]) / Double(judged))
        }
    }
}

extension JSONWriter {
    /// `{"key": …, "value": …}`
    fileprivate mutating func group(_ key: String, _ value: (inout JSONWriter) -> Void) {
        object { json in
            json.member("key", key)
            json.member("value", value)
        }
    }
}
