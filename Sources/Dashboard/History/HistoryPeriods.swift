internal import Farm

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

/// A day, a week from Monday on, or a month, and the prints that began in it.
struct HistoryPeriod: Equatable, Sendable {
    var label: String
    var finished = 0
    var cancelled = 0
    /// Still printing.
    var open = 0
    /// Of printing, whatever the result.
    var hours = 0.0
    var alarms = 0
    /// Alarms that a person called true, and false.
    var trueAlarms = 0
    var falseAlarms = 0

    var prints: Int { finished + cancelled + open }
    /// Of the prints that ended, 0...1; nil while none has.
    var successRate: Double? {
        finished + cancelled > 0 ? Double(finished) / Double(finished + cancelled) : nil
    }

    mutating func add(_ print: Print, now: Timestamp) {
        switch print.result {
        case .success: finished += 1
        case .cancelled: cancelled += 1
        case nil: open += 1
        }
        hours += max(0, print.printTime ?? (print.endedAt ?? now).seconds(since: print.startedAt)) / 3600
        guard print.alertedAt != nil || print.alertOverwrite != nil else { return }
        alarms += 1
        if print.alertOverwrite == .failed { trueAlarms += 1 }
        if print.alertOverwrite == .notFailed { falseAlarms += 1 }
    }

    mutating func add(_ other: HistoryPeriod) {
        finished += other.finished
        cancelled += other.cancelled
        open += other.open
        hours += other.hours
        alarms += other.alarms
        trueAlarms += other.trueAlarms
        falseAlarms += other.falseAlarms
    }
}

extension PeriodUnit {
    /// Of the period that a day since 1970-01-01 lies in: days; weeks since the Monday before it; months since the year 0.
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
        case .month: "\(key / 12)-\(Numerals.twoDigits(key % 12 + 1))"
        }
    }

    private static func date(_ day: Int) -> LocalTime {
        LocalTime(Timestamp(microseconds: Int64(day) * 86_400_000_000), utcOffsetSeconds: 0)
    }
}
