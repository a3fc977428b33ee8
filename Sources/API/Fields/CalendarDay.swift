import Farm
import Foundation

/// Days, weeks, months and years in a time zone, as filters and statistics of prints count them.
struct FarmCalendar: Sendable {
    enum Period: String, Sendable {
        case day, week, month, year
    }

    private let calendar: Calendar

    /// The names of zones that clients use: those that Foundation lists, and the newer names of zones that it lists by
    /// their old ones.
    static let zones = Set(
        TimeZone.knownTimeZoneIdentifiers + ["UTC", "GMT"]
            + [
                "Africa/Asmara", "America/Argentina/Buenos_Aires", "America/Nuuk", "Asia/Ho_Chi_Minh", "Asia/Kathmandu",
                "Asia/Kolkata", "Asia/Yangon", "Atlantic/Faroe", "Europe/Kyiv", "Pacific/Chuuk", "Pacific/Pohnpei",
            ].filter { TimeZone(identifier: $0) != nil })

    /// `Area/Place`: what else names a zone, such as `America/Buenos_Aires`; Foundation takes much more for one.
    private static func isZoneName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count > 1
            && parts.allSatisfy { part in
                part.utf8.first.map { (0x41...0x5A).contains($0) } == true
                    && part.utf8.allSatisfy { byte in
                        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                            || "_+-".utf8.contains(byte)
                    }
            }
    }

    /// Nil for a zone that does not exist.
    init?(zone identifier: String) {
        guard Self.zones.contains(identifier) || Self.isZoneName(identifier),
            let zone = TimeZone(identifier: identifier)
        else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        calendar.firstWeekday = 1  // Sunday
        self.calendar = calendar
    }

    /// Where the day `YYYY-MM-DD` begins, so many days later; nil for a day that does not exist.
    func start(of day: String, plusDays: Int = 0) -> Timestamp? {
        let parts = day.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, zip(parts, [4, 2, 2]).allSatisfy({ $0.utf8.count == $1 }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let dayNumber = Int(parts[2]), year > 0
        else { return nil }
        let wanted = DateComponents(year: year, month: month, day: dayNumber)
        guard wanted.isValidDate(in: calendar), let date = calendar.date(from: wanted),
            let moved = calendar.date(byAdding: .day, value: plusDays, to: date)
        else { return nil }
        return Timestamp(secondsSince1970: moved.timeIntervalSince1970)
    }

    /// The start of the period that a moment lies in, as `2026-11-23T00:00:00+00:00`.
    func key(of moment: Timestamp, by period: Period) -> String {
        let unit: Calendar.Component =
            switch period {
            case .day: .day
            case .week: .weekOfYear
            case .month: .month
            case .year: .year
            }
        let date = Date(timeIntervalSince1970: moment.secondsSince1970)
        let start = calendar.dateInterval(of: unit, for: date)?.start ?? date
        let offset = calendar.timeZone.secondsFromGMT(for: start)
        let local = Timestamp(secondsSince1970: start.timeIntervalSince1970 + Double(offset)).description.prefix(19)
        func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
        return "\(local)\(offset < 0 ? "-" : "+")\(pad(abs(offset) / 3600)):\(pad(abs(offset) / 60 % 60))"
    }
}
