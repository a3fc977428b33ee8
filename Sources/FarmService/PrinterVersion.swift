import Farm

/// Names one state of a printer as its readers see it: what was encoded of another one is out of date. Time alone changes
/// the states, a model that has been loaded tells more of a camera, and a clock that is set moves deadlines.
public struct PrinterVersion: Equatable, Sendable {
    var revision: UInt64
    var states: PrinterStates
    var modelDigest: String?
    /// The wall clock's, against steady time.
    var shift: Duration
}
