/// A probability as every screen, list and text shows it: 0...100, rounded down, so that what is shown reaches a threshold
/// only when the number does, and nothing is called certain that is not. Nil for what is no number, as a broken peer may
/// send.
public func wholePercent(_ probability: Double) -> Int? {
    // What a sum of tenths misses by its last bits is no percent less.
    probability.isFinite ? Int(min(max(probability, 0), 1) * 100 + 1e-9) : nil
}

/// A probability in a column of at most four: `91%`; `–` where none is known, `?` where it is no number.
public func percent(_ probability: Double?) -> String {
    guard let probability else { return "–" }
    return wholePercent(probability).map { "\($0)%" } ?? "?"
}

/// A probability in a sentence: `91 %`.
public func percentWords(_ probability: Double) -> String { wholePercent(probability).map { "\($0) %" } ?? "? %" }
