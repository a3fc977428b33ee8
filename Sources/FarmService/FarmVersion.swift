/// Names one state of the whole farm as its readers see it, to the second in which time alone changes the states of its printers.
public struct FarmVersion: Equatable, Sendable {
    var revision: UInt64
    /// Counted in steady time.
    var second: Int64
    var modelDigest: String?
    /// The wall clock's, against steady time.
    var shift: Duration
}
