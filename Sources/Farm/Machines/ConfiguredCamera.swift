/// A camera of the configuration file. It is not stored: it is there as long as the file names it. Only such a one may be a program
/// or a file of this computer.
public struct ConfiguredCamera: Equatable, Sendable {
    /// The printer's name, or its number.
    public var printer: String
    /// Changed in the file alone; credentials are never part of them.
    public var settings: CameraSettings

    public init(printer: String, settings: CameraSettings) {
        self.printer = printer
        self.settings = settings
    }
}
