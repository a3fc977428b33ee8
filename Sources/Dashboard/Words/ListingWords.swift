public import Farm

/// The screen's words, for lists outside of it.
extension PrinterSnapshot {
    /// The camera's word with the alert's sign behind it: `FAILING !`.
    public var cameraAndAlert: String { states.cameraAndAlert(cameraWord) }

    var cameraWord: StaticString { states.camera.word(hasNoCamera: hasNoCamera) }
}

extension PrinterListing {
    /// As of a printer on the screen.
    public var cameraAndAlert: String { states.cameraAndAlert(states.camera.word(hasNoCamera: hasNoCamera)) }
}

extension PrinterStates {
    func cameraAndAlert(_ word: StaticString) -> String { "\(word)\(alert.sign.map { " \($0)" } ?? "")" }
}
