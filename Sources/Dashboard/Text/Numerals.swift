internal import Farm
internal import Text

/// Numbers as the screen writes them: short, without locale, always the same width where a column needs it.
enum Numerals {
    /// A value with so many digits after the point, rounded half away from zero: `2.50`. Not finite: `?`.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        decimalText(value, digits: digits) ?? "?"
    }

    /// A confidence in three columns: `.07`, and `1.0` from 0.995 on.
    static func confidence(_ value: Double) -> String {
        guard value.isFinite else { return " ? " }
        let hundredths = Int((min(max(value, 0), 1) * 100).rounded())
        if hundredths >= 100 { return "1.0" }
        return hundredths < 10 ? ".0\(hundredths)" : ".\(hundredths)"
    }

    /// As few digits as needed: `.85`, `1.67`, `-.02`.
    static func score(_ value: Double) -> String {
        let text = fixed(value, 2)
        if text.hasPrefix("0.") { return String(text.dropFirst()) }
        if text.hasPrefix("-0.") { return "-" + text.dropFirst(2) }
        return text
    }

    /// Right-aligned in `width` columns; longer ones stay whole.
    static func padded(_ text: String, _ width: Int) -> String {
        let missing = width - text.utf8.count
        return missing > 0 ? String(repeating: " ", count: missing) + text : text
    }

    /// `20,474`.
    static func grouped(_ value: Int64) -> String {
        let digits = String(value.magnitude)
        let first = digits.count % 3
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, index % 3 == first { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `0 B`, `138 kB`, `2.9 GB`: thousands, not 1024s.
    static func bytes(_ value: Int) -> String {
        switch value {
        case ..<1000: "\(value) B"
        case ..<1_000_000: "\(fixed(Double(value) / 1e3, 0)) kB"
        case ..<1_000_000_000: "\(fixed(Double(value) / 1e6, 1)) MB"
        default: "\(fixed(Double(value) / 1e9, 1)) GB"
        }
    }
}

/// Spans of time and moments as the screen writes them.
enum Clock {
    /// An age in at most four columns: `5s`, `59s`, `4m`, `23h`, `12d`. A clock set back shows `0s`.
    static func age(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "?" }
        let whole = Int(min(max(0, seconds), 1e10))
        return switch whole {
        case ..<60: "\(whole)s"
        case ..<3600: "\(whole / 60)m"
        case ..<86_400: "\(whole / 3600)h"
        default: "\(whole / 86_400)d"
        }
    }

    /// An age in a sentence: `12 s`, `4 min`, `23 h`, `12 days`.
    static func words(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "?" }
        let whole = Int(min(max(0, seconds), 1e10))
        return switch whole {
        case ..<60: "\(whole) s"
        case ..<3600: "\(whole / 60) min"
        case ..<172_800: "\(whole / 3600) h"
        default: "\(whole / 86_400) days"
        }
    }

    /// A length in at most five columns: `40s`, `48m`, `2h11m`, `31h`, `6d`.
    static func length(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "?" }
        let minutes = Int(min(max(0, seconds), 1e10)) / 60
        return switch minutes {
        case 0: "\(Int(max(0, seconds)))s"
        case ..<60: "\(minutes)m"
        case ..<600: "\(minutes / 60)h\(twoDigits(minutes % 60))m"
        case ..<6000: "\(minutes / 60)h"
        default: "\(minutes / 1440)d"
        }
    }
}

/// A moment in the operator's zone.
struct LocalTime {
    let parts: CivilTime

    init(_ time: Timestamp, utcOffsetSeconds: Int) {
        parts = CivilTime(Timestamp(microseconds: time.microseconds + Int64(utcOffsetSeconds) * 1_000_000))
    }
    /// `12:53`
    var hourMinute: String { "\(twoDigits(parts.hour)):\(twoDigits(parts.minute))" }
    /// `12:53:07`
    var hourMinuteSecond: String { hourMinute + ":" + twoDigits(parts.second) }
    /// `11-23 12:53`
    var monthDayHourMinute: String { monthDay + " " + hourMinute }
    /// `11-23`
    var monthDay: String { "\(twoDigits(parts.month))-\(twoDigits(parts.day))" }
    /// `2026-11-23`
    var date: String { "\(parts.year)-\(monthDay)" }
}
