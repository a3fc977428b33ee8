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
    /// Time spent printing, whatever the result.
    private(set) var hours = 0.0
    private(set) var alerts = 0
    /// Alerts that a person called right, and those that were dismissed.
    private(set) var rightAlerts = 0
    private(set) var dismissedAlerts = 0
    /// Prints that failed, by a person's word or the machine's: with an alert, and without one.
    private(set) var foundFailures = 0
    private(set) var missedFailures = 0
    /// Prints without an alert that would have had one if nothing had been dismissed before.
    private(set) var withheldAlerts = 0

    init(label: String) { self.label = label }

    func count(_ result: PrintResult) -> Int { results[result] ?? 0 }
    var prints: Int { results.values.reduce(open, +) }
    /// Alerts of prints that still run: there is nothing to judge yet.
    private(set) var runningAlerts = 0
    /// Alerts of ended prints that nobody has judged.
    var openAlerts: Int { alerts - rightAlerts - dismissedAlerts - runningAlerts }

    /// Dismissed alerts for each hundred hours of printing; nil before anything was printed, and while nobody has said anything of
    /// the alerts that there were.
    var falseAlertsPer100Hours: Double? {
        guard hours > 0, alerts == 0 || rightAlerts + dismissedAlerts > 0 else { return nil }
        return Double(dismissedAlerts) / hours * 100
    }

    /// The share of successes among the prints whose end says something about the printer, which replaced and unknown ones
    /// do not. 0...1; nil without any.
    var successRate: Double? {
        let judged = count(.success) + count(.cancelled) + count(.failed)
        return judged > 0 ? Double(count(.success)) / Double(judged) : nil
    }

    mutating func add(_ print: Print, now: Timestamp) {
        if let result = print.result { results[result, default: 0] += 1 } else { open += 1 }
        hours += max(0, print.printTime ?? (print.endedAt ?? now).seconds(since: print.startedAt)) / 3600
        if print.result == .failed || print.alertOverwrite == .failed {
            if print.alertedAt == nil { missedFailures += 1 } else { foundFailures += 1 }
        }
        if print.alertWithheldAt != nil, print.alertedAt == nil { withheldAlerts += 1 }
        guard print.alertedAt != nil else { return }
        alerts += 1
        switch print.alertOverwrite {
        case .failed: rightAlerts += 1
        case .notFailed: dismissedAlerts += 1
        case nil: if print.isOpen { runningAlerts += 1 }
        }
    }

    mutating func add(_ other: HistoryPeriod) {
        results.merge(other.results, uniquingKeysWith: +)
        open += other.open
        hours += other.hours
        alerts += other.alerts
        rightAlerts += other.rightAlerts
        dismissedAlerts += other.dismissedAlerts
        runningAlerts += other.runningAlerts
        foundFailures += other.foundFailures
        missedFailures += other.missedFailures
        withheldAlerts += other.withheldAlerts
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
