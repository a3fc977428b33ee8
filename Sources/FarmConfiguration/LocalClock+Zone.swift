package import Farm
import Foundation

extension LocalClock {
    /// Nil when the system knows no zone of that name.
    package init?(zone: String) {
        guard let timeZone = TimeZone(identifier: zone) else { return nil }
        self.init(zone: zone) { timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: $0.secondsSince1970)) }
    }

    /// The zone of this machine.
    package static var ofMachine: LocalClock {
        let timeZone = TimeZone.current
        return LocalClock(zone: timeZone.identifier) {
            timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: $0.secondsSince1970))
        }
    }
}
