/// What became of a command, for counting.
public struct CommandRecord: Hashable, Comparable, Sendable {
    /// `LinkCommand.name`.
    public var command: String
    /// As far as it is known now.
    public var outcome: CommandOutcome

    public init(command: String, outcome: CommandOutcome) {
        self.command = command
        self.outcome = outcome
    }

    public static func < (a: Self, b: Self) -> Bool {
        (a.command, a.outcome.rawValue) < (b.command, b.outcome.rawValue)
    }
}
