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
    /// Alarms that a person called false.
    var falseAlarms = 0

    var prints: Int { finished + cancelled + open }
    /// Of the prints that ended, 0...1; nil while none has.
    var successRate: Double? {
        finished + cancelled > 0 ? Double(finished) / Double(finished + cancelled) : nil
    }

    /// Every period from now back to the oldest print, empty ones too, at most `limit`; newest first.
    static func periods(
        _ prints: [Print], unit: PeriodUnit, now: Timestamp, utcOffsetSeconds: Int, limit: Int
    ) -> [HistoryPeriod] {
        func key(_ time: Timestamp) -> Int { Self.key(time, unit: unit, utcOffsetSeconds: utcOffsetSeconds) }
        guard let oldest = prints.map(\.startedAt).min() else { return [] }
        var periods: [Int: HistoryPeriod] = [:]
        for print in prints {
            periods[key(print.startedAt), default: HistoryPeriod(label: "")].add(print, now: now)
        }
        let newest = max(key(now), periods.keys.max() ?? 0)
        let first = max(key(oldest), newest - max(0, limit - 1))
        return stride(from: newest, through: first, by: -1).map { key in
            var period = periods[key] ?? HistoryPeriod(label: "")
            period.label = label(key, unit: unit)
            return period
        }
    }

    private mutating func add(_ print: Print, now: Timestamp) {
        switch print.result {
        case .success: finished += 1
        case .cancelled: cancelled += 1
        case nil: open += 1
        }
        hours += max(0, print.printTime ?? (print.endedAt ?? now).seconds(since: print.startedAt)) / 3600
        guard print.alertedAt != nil || print.alertOverwrite != nil else { return }
        alarms += 1
        if print.alertOverwrite == .notFailed { falseAlarms += 1 }
    }

    /// Days since 1970-01-01; weeks since the Monday before it; months since the year 0.
    private static func key(_ time: Timestamp, unit: PeriodUnit, utcOffsetSeconds: Int) -> Int {
        let local = time.microseconds + Int64(utcOffsetSeconds) * 1_000_000
        let perDay: Int64 = 86_400_000_000
        let day = Int(local >= 0 ? local / perDay : (local - perDay + 1) / perDay)
        switch unit {
        case .day: return day
        case .week: return (day + 3) / 7  // 1970-01-01 was a Thursday
        case .month:
            let parts = LocalTime(time, utcOffsetSeconds: utcOffsetSeconds).parts
            return parts.year * 12 + parts.month - 1
        }
    }

    private static func label(_ key: Int, unit: PeriodUnit) -> String {
        func date(_ day: Int) -> String {
            LocalTime(Timestamp(microseconds: Int64(day) * 86_400_000_000), utcOffsetSeconds: 0).date
        }
        return switch unit {
        case .day: date(key)
        case .week: date(key * 7 - 3)
        case .month: "\(key / 12)-\(Numerals.twoDigits(key % 12 + 1))"
        }
    }
}
