public import Farm

/// The screen's words, for lists outside of it.
extension PrinterStates {
    /// The camera's word with the alert's sign behind it: `FAILING !`.
    public var cameraAndAlert: String { "\(camera.word)\(alert.sign.map { " \($0)" } ?? "")" }
}

/// A probability in a column: `91%`; `–` where none is known.
public func percent(_ value: Double?) -> String { Numerals.percent(value) }

/// A probability in a sentence: `91 %`.
public func percentWords(_ value: Double) -> String { Numerals.percentWords(value) }
