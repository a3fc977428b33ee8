internal import Farm

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date in the form that RFC 9110 §5.6.7 prefers.
enum RetryAfter {
    /// Seconds from now, 0 or more; nil when it cannot be read.
    static func seconds(_ text: String, now: Timestamp) -> Int? {
        if !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (48...57).contains($0) }) { return Int(text) }
        return date(text).map { max(0, Int($0.seconds(since: now).rounded(.up))) }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private static func date(_ text: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT", let month = months.firstIndex(of: words[2]),
            let day = number(words[1], 1...31), let year = number(words[3], 1970...9999)
        else { return nil }
        let clock = words[4].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard clock.count == 3, let hour = number(clock[0], 0...23), let minute = number(clock[1], 0...59),
            let second = number(clock[2], 0...60)
        else { return nil }
        let days = dayNumber(year: year, month: month + 1, day: day)
        return Timestamp(microseconds: (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000)
    }

    private static func number(_ text: String, _ range: ClosedRange<Int64>) -> Int64? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int64(text), range.contains(value) else {
            return nil
        }
        return value
    }

    /// Days since 1970-01-01 of a Gregorian date from 1970 on.
    private static func dayNumber(year: Int64, month: Int, day: Int64) -> Int64 {
        let beforeMonth: [Int64] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        let past = year - 1
        let leapDays = (past / 4 - past / 100 + past / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400)
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return (year - 1970) * 365 + leapDays + beforeMonth[month - 1] + (isLeap && month > 2 ? 1 : 0) + day - 1
    }
}
