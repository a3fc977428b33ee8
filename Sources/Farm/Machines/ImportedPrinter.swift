/// One printer of a list that is imported as a whole: the machine behind it, its camera and its tags.
public struct ImportedPrinter: Equatable, Sendable, Codable {
    /// Nil makes a new printer.
    public var printer: PrinterID?
    /// Whose a new printer is.
    public var account: String
    /// The name of a new printer; 1...256 Unicode scalars.
    public var name: String
    /// Where its machine is, and what it speaks.
    public var link: LinkSettings
    /// Not sealed yet; printed as dots.
    public var credentials: GivenCredentials
    /// The one that judges its prints; nil leaves the cameras as they are.
    public var camera: CameraSettings?
    /// The groups that it comes into, besides those that it is in.
    public var tags: PrinterTags

    public init(
        printer: PrinterID? = nil, account: String, name: String, link: LinkSettings, credentials: GivenCredentials,
        camera: CameraSettings? = nil, tags: PrinterTags = []
    ) {
        self.printer = printer
        self.account = account
        self.name = name
        self.link = link
        self.credentials = credentials
        self.camera = camera
        self.tags = tags
    }
}
