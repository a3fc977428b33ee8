import Text

/// How much a printer needs a person, the most urgent first: the order of every list.
///
/// A pause that was not confirmed and that nobody has answered, a machine that asks for help or stopped, and pictures of a failure with a standing
/// alert, or an alert of a print that nobody can see; other pictures of a failure; a pause that is asked; another standing alert; a print that nobody can see, because
/// the machine is offline or no fresh picture comes; other open prints by their failure probability; then the rest.
public struct AttentionRank: Comparable, Sendable {
    /// The most urgent first.
    public enum Level: Int, Comparable, Sendable, CaseIterable {
        case urgent, failing, pauseAsked, alerted, unseen, printing, rest

        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }
    /// What comes first in the order; the rest only decides within a level.
    public var level: Level
    /// Failure probability in whole percent, rounded down as on the screen, so that two healthy prints do not change places with every frame; 0 while no
    /// print is open.
    public var percent: Int

    public init(states: PrinterStates, print: Print?, failureProbability: Double?) {
        // What is not a number, as a broken peer may send, is looked at first.
        percent = wholePercent(failureProbability ?? 0) ?? 100
        level = Self.level(states, print?.isOpen == true ? print : nil)
    }

    private static func level(_ states: PrinterStates, _ open: Print?) -> Level {
        let isFailing = states.camera == .failing
        let isStanding = states.alert == .standing
        if open?.hasStandingPause == true || states.machine == .attention || states.machine == .error
            || ((isFailing || states.camera.isBlind) && isStanding)
        {
            return .urgent
        }
        guard let open else { return .rest }
        if isFailing { return .failing }
        if open.pauseRequestedAt != nil { return .pauseAsked }
        if isStanding { return .alerted }
        return states.machine == .offline || states.camera.isBlind ? .unseen : .printing
    }

    public static func < (a: Self, b: Self) -> Bool {
        (a.level, -a.percent) < (b.level, -b.percent)
    }
}
