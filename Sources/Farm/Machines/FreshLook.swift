/// A look at a machine before a command is refused for what it was last heard to do.
///
/// A machine that tells nothing by itself is asked from time to time. In between somebody begins, pauses or ends a print at the
/// machine, and then asks farmtop for the opposite.
public enum FreshLook {
    /// What the machine said so shortly before is what it does now, and it is not asked twice within this time.
    public static let freshFor = Duration.seconds(2)
    /// A look that takes longer is not waited for.
    public static let waitedFor = Duration.seconds(5)
    /// Why nothing was sent to a machine that was looked at in vain.
    public static let unanswered =
        "The printer has not answered for \(waitedFor.components.seconds) s, so nothing was sent to it."

    /// Whether the machine is to be asked first: the command does not go with its state, and that may be old. Where nothing can be
    /// read the link tries as often as it may.
    /// - Parameters:
    ///   - reading: the last one; nil where nothing can be read now.
    ///   - now: by the clock of the reading.
    public static func isDue(
        before command: LinkCommand, _ reading: PrinterReading?, _ abilities: LinkAbilities, at now: Timestamp
    ) -> Bool {
        guard let reading, reading.state != .offline,
            case .wrongState = CommandRules.refusal(of: command, reading: reading, abilities: abilities)
        else { return false }
        let age = now.seconds(since: reading.at)
        // Nothing is fresh after the clock was set back.
        return age < 0 || age >= Double(freshFor.components.seconds)
    }
}

extension LinkKind {
    /// It has no way to tell of a change by itself.
    public var isPolled: Bool { self == .prusalink }
}

extension PrinterSnapshot {
    /// What its machine does may be known to the farm only once it has asked.
    public var isAskedFirst: Bool { machine?.address.kind.isPolled == true }
}
