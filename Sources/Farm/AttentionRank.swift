/// How much a printer needs a person, the most urgent first: the order of every list.
///
/// A pause that was not confirmed, a machine that asks for help or stopped, and pictures of a failure with a standing
/// alert; other pictures of a failure; a pause that is asked; another standing alert; a machine that is offline during a
/// print; other open prints by their failure probability; then the rest.
public struct AttentionRank: Comparable, Sendable {
    public enum Level: Int, Comparable, Sendable, CaseIterable {
        case urgent, failing, pauseAsked, alerted, offline, printing, rest

        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }
    public var level: Level
    /// 0...1; 0 while no print is open.
    public var failureProbability: Double

    public init(states: PrinterStates, print: Print?, failureProbability: Double?) {
        self.failureProbability = failureProbability ?? 0
        level = Self.level(states, print?.isOpen == true ? print : nil)
    }

    private static func level(_ states: PrinterStates, _ open: Print?) -> Level {
        let isFailing = states.camera == .failing
        let isStanding = states.alert == .standing
        if open?.pauseNotConfirmedAt != nil || states.machine == .attention || states.machine == .error
            || (isFailing && isStanding)
        {
            return .urgent
        }
        guard let open else { return .rest }
        if isFailing { return .failing }
        if open.pauseRequestedAt != nil { return .pauseAsked }
        if isStanding { return .alerted }
        return states.machine == .offline ? .offline : .printing
    }

    public static func < (a: Self, b: Self) -> Bool {
        (a.level, -a.failureProbability) < (b.level, -b.failureProbability)
    }
}
