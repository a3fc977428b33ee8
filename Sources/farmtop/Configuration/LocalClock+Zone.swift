import Farm
import Foundation

extension LocalClock {
    /// Nil when the system knows no zone of that name.
    init?(zone: String) {
        guard let timeZone = TimeZone(identifier: zone) else { return nil }
        self.init(zone: zone) { timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: $0.secondsSince1970)) }
    }

    /// Of this machine.
    static var ofMachine: LocalClock {
        let timeZone = TimeZone.current
        return LocalClock(zone: timeZone.identifier) {
            timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: $0.secondsSince1970))
        }
    }
}
