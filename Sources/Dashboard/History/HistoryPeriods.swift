internal import Farm
import Text

/// What a bar of the history stands for.
enum PeriodUnit: CaseIterable, Sendable {
    case day, week, month

    var title: StaticString {
        switch self {
        case .day: "day"
        case .week: "week"
        case .month: "month"
        }
    }

    var next: PeriodUnit {
        switch self {
        case .day: .week
        case .week: .month
        case .month: .day
        }
    }
}

/// Prints summed up: of a day, a week from Monday on, a month, or a printer.
struct HistoryPeriod: Equatable, Sendable {
    var label: String
    private var results: [PrintResult: Int] = [:]
    /// Still printing.
    private(set) var open = 0
    /// The alerts, and the hours.
    private(set) var quality = AlertQuality()

    init(label: String) { self.label = label }

    func count(_ result: PrintResult) -> Int { results[result] ?? 0 }
    var prints: Int { quality.prints }
    var hours: Double { quality.hours }

    /// The share of successes among the prints whose end says something about the printer, which replaced and unknown ones
    /// do not. 0...1; nil without any.
    var successRate: Double? {
        let judged = count(.success) + count(.cancelled) + count(.failed)
        return judged > 0 ? Double(count(.success)) / Double(judged) : nil
    }

    mutating func add(_ print: Print, now: Timestamp) {
        if let result = print.result { results[result, default: 0] += 1 } else { open += 1 }
        quality.add(print, now: now)
    }

    mutating func add(_ other: HistoryPeriod) {
        results.merge(other.results, uniquingKeysWith: +)
        open += other.open
        quality.add(other.quality)
    }
}

extension PeriodUnit {
    /// The number of the period that a day lies in: days since 1970-01-01, weeks since the Monday before it, or months since
    /// the year 0.
    func key(day: Int) -> Int {
        switch self {
        case .day: return day
        case .week: return (day + 3) / 7  // 1970-01-01 was a Thursday
        case .month:
            let parts = Self.date(day).parts
            return parts.year * 12 + parts.month - 1
        }
    }

    func label(_ key: Int) -> String {
        switch self {
        case .day: Self.date(key).date
        case .week: Self.date(key * 7 - 3).date
        case .month: "\(key / 12)-\(twoDigits(key % 12 + 1))"
        }
    }

    private static func date(_ day: Int) -> LocalTime {
        LocalTime(Timestamp(microseconds: Int64(day) * 86_400_000_000), utcOffsetSeconds: 0)
    }
}
