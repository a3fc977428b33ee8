internal import Farm
internal import Text

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date in the form that RFC 9110 §5.6.7 prefers.
enum RetryAfter {
    /// Seconds from now, 0 or more; nil when it cannot be read.
    static func seconds(_ text: String, now: Timestamp) -> Int? {
        if text.utf8.count <= 9, ASCII.isWholeNumber(text) { return Int(text) }
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
        let moment = CivilTime(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
        return Timestamp(microseconds: moment.microseconds)
    }

    private static func number(_ text: String, _ range: ClosedRange<Int>) -> Int? {
        guard ASCII.isWholeNumber(text), let value = Int(text), range.contains(value) else { return nil }
        return value
    }
}
