/// What people said of the alerts of some prints, and which failures had one: by the words of the prints alone.
public struct AlertQuality: Equatable, Sendable {
    /// Open ones too.
    public private(set) var prints = 0
    /// Time spent printing, whatever the result.
    public private(set) var hours = 0.0
    /// Prints with an alert.
    public private(set) var alerts = 0
    /// Alerts that a person called right.
    public private(set) var rightAlerts = 0
    /// Alerts that a person called no failure.
    public private(set) var dismissedAlerts = 0
    /// Alerts of prints that still run and that nobody has judged: there is time.
    public private(set) var runningAlerts = 0
    /// Prints with an alert that failed, by a person's word or the machine's.
    public private(set) var foundFailures = 0
    /// Prints without an alert that failed.
    public private(set) var missedFailures = 0
    /// Prints without an alert that would have had one if nothing had been dismissed before.
    public private(set) var withheldAlerts = 0

    public init() {}

    /// Alerts that a person has judged.
    public var judgedAlerts: Int { rightAlerts + dismissedAlerts }
    /// Alerts of ended prints that nobody has judged.
    public var openAlerts: Int { alerts - judgedAlerts - runningAlerts }

    /// Dismissed alerts for each hundred hours of printing; nil before an hour was printed, as a minute says nothing of a hundred
    /// hours, and while nobody has said anything of the alerts that there were.
    public var falseAlertsPer100Hours: Double? {
        guard hours >= 1, alerts == 0 || judgedAlerts > 0 else { return nil }
        return Double(dismissedAlerts) / hours * 100
    }

    /// - Parameter now: until when a print that runs has printed.
    public mutating func add(_ print: Print, now: Timestamp) {
        prints += 1
        hours += max(0, print.printTime ?? (print.endedAt ?? now).seconds(since: print.startedAt)) / 3600
        if print.result == .failed || print.alertOverwrite == .failed {
            if print.alertedAt == nil { missedFailures += 1 } else { foundFailures += 1 }
        }
        if print.alertWithheldAt != nil, print.alertedAt == nil { withheldAlerts += 1 }
        guard print.alertedAt != nil else { return }
        alerts += 1
        switch print.alertOverwrite {
        case .failed: rightAlerts += 1
        case .notFailed: dismissedAlerts += 1
        case nil: if print.isOpen { runningAlerts += 1 }
        }
    }

    /// Takes in the sums over other prints.
    public mutating func add(_ other: AlertQuality) {
        prints += other.prints
        hours += other.hours
        alerts += other.alerts
        rightAlerts += other.rightAlerts
        dismissedAlerts += other.dismissedAlerts
        runningAlerts += other.runningAlerts
        foundFailures += other.foundFailures
        missedFailures += other.missedFailures
        withheldAlerts += other.withheldAlerts
    }
}
