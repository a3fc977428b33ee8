public import Farm

/// The screen's words, for lists outside of it.
extension PrinterStates {
    /// The camera's word with the alert's sign behind it: `FAILING !`.
    public var cameraAndAlert: String { "\(camera.word)\(alert.sign.map { " \($0)" } ?? "")" }
}
