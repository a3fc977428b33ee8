import Farm
import Foundation
import Text

/// Days, weeks, months and years in a time zone, as filters and statistics of prints count them.
struct FarmCalendar: Sendable {
    enum Period: String, Sendable {
        case day, week, month, year

        fileprivate var unit: Calendar.Component {
            switch self {
            case .day: .day
            case .week: .weekOfYear
            case .month: .month
            case .year: .year
            }
        }
    }

    private let calendar: Calendar

    /// The names of zones that clients use: those that Foundation lists, and the newer names of zones that it lists by
    /// their old ones.
    static let zones = Set(
        TimeZone.knownTimeZoneIdentifiers + ["UTC", "GMT"]
            + [
                "Africa/Asmara", "America/Argentina/Buenos_Aires", "America/Nuuk", "Asia/Ho_Chi_Minh", "Asia/Kathmandu",
                "Asia/Kolkata", "Asia/Yangon", "Atlantic/Faroe", "Europe/Kyiv", "Pacific/Chuuk", "Pacific/Pohnpei",
            ].filter { TimeZone(identifier: $0) != nil }
            + plainZones.filter { TimeZone(identifier: $0) != nil })

    /// Zones of the tz database whose names have no area, by which operating systems still call their clocks.
    private static let plainZones = [
        "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT+0", "GMT-0", "GMT0",
        "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein", "Libya", "MET",
        "MST",
        "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK", "Singapore",
        "Turkey",
        "UCT", "Universal", "W-SU", "WET", "Zulu",
    ]

    /// `Area/Place`: what else names a zone, such as `America/Buenos_Aires`; Foundation takes much more for one.
    private static func isZoneName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count > 1
            && parts.allSatisfy { part in
                part.utf8.first.map { (0x41...0x5A).contains($0) } == true
                    && part.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "_+-".utf8.contains($0) }
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
            parts.allSatisfy({ ASCII.isWholeNumber($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let dayNumber = Int(parts[2]), year > 0
        else { return nil }
        // By way of noon: some zones set their clocks forward at midnight, and that day begins at one.
        let wanted = DateComponents(year: year, month: month, day: dayNumber, hour: 12)
        guard wanted.isValidDate(in: calendar), let noon = calendar.date(from: wanted),
            let moved = calendar.date(byAdding: .day, value: plusDays, to: noon)
        else { return nil }
        return Timestamp(secondsSince1970: calendar.startOfDay(for: moved).timeIntervalSince1970)
    }

    /// The keys of every period from one moment to another; nil when they are more than the limit.
    func keys(from start: Timestamp, to end: Timestamp, by period: Period, limit: Int) -> [String]? {
        var keys: [String] = []
        var moment = Date(timeIntervalSince1970: start.secondsSince1970)
        let last = Date(timeIntervalSince1970: end.secondsSince1970)
        while moment <= last {
            guard keys.count < limit, let interval = calendar.dateInterval(of: period.unit, for: moment) else {
                return nil
            }
            keys.append(key(of: Timestamp(secondsSince1970: moment.timeIntervalSince1970), by: period))
            moment = interval.end
        }
        return keys
    }

    /// The start of the period that a moment lies in, as `2026-11-23T00:00:00+00:00`.
    func key(of moment: Timestamp, by period: Period) -> String {
        let date = Date(timeIntervalSince1970: moment.secondsSince1970)
        let start = calendar.dateInterval(of: period.unit, for: date)?.start ?? date
        let offset = calendar.timeZone.secondsFromGMT(for: start)
        let local = Timestamp(secondsSince1970: start.timeIntervalSince1970 + Double(offset)).description.prefix(19)
        return "\(local)\(offset < 0 ? "-" : "+")\(twoDigits(abs(offset) / 3600)):\(twoDigits(abs(offset) / 60 % 60))"
    }
}
