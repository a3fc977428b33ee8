import Text

/// The hours without a bell, in local time: `22:00-07:00` goes over midnight.
struct QuietHours: Equatable, Sendable {
    /// Minutes since midnight, 0..<1440.
    var start: Int
    var end: Int

    /// Nil when the text is not HH:MM-HH:MM.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.minutes)
        guard parts.count == 2, let start = parts[0], let end = parts[1] else { return nil }
        self.start = start
        self.end = end
    }

    /// - Parameter minute: of the local day, 0..<1440.
    func contains(minute: Int) -> Bool {
        start <= end ? (start..<end).contains(minute) : minute >= start || minute < end
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && ASCII.isWholeNumber($0) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }
}
