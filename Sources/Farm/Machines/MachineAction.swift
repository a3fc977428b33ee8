/// What a person at the terminal may ask about the machines behind printers.
public enum MachineAction: Equatable, Sendable, Codable {
    /// Puts a machine behind a printer, or changes the one that is there.
    case connect(PrinterID, LinkSettings, GivenCredentials)
    case disconnect(PrinterID)
    /// After a restore: this farm may use the printer's machine and cameras again.
    case confirm(PrinterID)
    /// - Parameter of: the print that is meant; nil: whatever the machine does.
    case move(PrinterID, LinkCommand, of: PrintID? = nil)
    /// Answered with `files`, newest first.
    case listFiles(PrinterID)
    /// Starts the file of exactly this path (`RemoteFile.path`). Refused when the machine does not have it or is not idle.
    /// - Parameter requireClear: only if the farm's own look at the bed, taken for this, finds it clear.
    case startFile(PrinterID, path: String, requireClear: Bool = false)
    /// - Parameter id: nil makes a new one.
    case putCamera(PrinterID, id: CameraID?, CameraSettings, GivenCredentials)
    case removeCamera(PrinterID, CameraID)
    /// Looks at an address and stores nothing; answered with `probe` within a minute.
    /// - Parameter id: of the printer whose stored key `keep` means.
    case probe(LinkSettings, GivenCredentials, of: PrinterID?)
    /// Takes one picture and stores nothing; answered with `cameraProbe`.
    /// - Parameters:
    ///   - id: of the printer whose own camera it is, or whose stored password `keep` means.
    ///   - camera: whose stored password `keep` means.
    case probeCamera(CameraSettings, GivenCredentials, of: PrinterID?, CameraID?)
    /// Asks OctoPrint for a key that a person allows there; answered with `keyRequest` once the question is shown.
    case requestKey(LinkSettings)
    /// How far that is; answered with `keyRequest`. Asked as often as one likes.
    case keyRequest(KeyRequestID)
    /// It is not waited for any more.
    case forgetKeyRequest(KeyRequestID)
    /// Makes a printer with a machine behind it, or neither; answered with `printer`.
    case connectNew(account: String, PrinterSettings, LinkSettings, GivenCredentials)
    /// All of them, or none.
    case importPrinters([ImportedPrinter])
    /// Answered with `bed`, within half a minute.
    case bed(PrinterID, BedAction)
}

/// Credentials on their way to be sealed. Write-only: nothing gives them back, and they print as dots.
public enum GivenCredentials: Equatable, Sendable, Codable {
    /// Those that are stored. They belong to their address: with another one they must be given again.
    case keep
    case none
    case apiKey(String)
    case password(user: String, password: String)
    /// The key that a person allowed at the machine's server.
    case allowed(KeyRequestID)

    /// Nil for `keep`, and for `allowed`, whose key only the farm has.
    public var credentials: LinkCredentials? {
        switch self {
        case .keep, .allowed: nil
        case .none: LinkCredentials.none
        case .apiKey(let key): .apiKey(Secret(key))
        case .password(let user, let password): .password(user: user, Secret(password))
        }
    }
}

extension GivenCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "•••" }
    public var debugDescription: String { "•••" }
    /// Empty, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
