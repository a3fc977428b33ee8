extension StringProtocol {
    /// Ends as a sentence does: what a machine says may lack the full stop.
    public var withFullStop: String {
        guard let last, !".!?".contains(last) else { return String(self) }
        return self + "."
    }

    /// Without a full stop at its end, to be put into a sentence that has its own.
    public var withoutFullStop: String {
        var words = self[...]
        while words.hasSuffix(".") { words = words.dropLast() }
        return String(words)
    }
}
