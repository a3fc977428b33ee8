/// What a link tells. In the order in which it happened; a new reading replaces every older one.
public enum LinkEvent: Equatable, Sendable {
    case reading(PrinterReading)
    /// No fresh reading has come for too long; the last one is shown dimmed. The next reading ends it.
    case stale
    /// Nothing can be read now. The link goes on trying. The next reading ends it.
    case offline(LinkFault)
    /// The link has stopped trying until its settings or credentials are changed.
    case needsOperator(LinkFault)
    /// What the machine can do now; again whenever it changes.
    case abilities(LinkAbilities)
    /// What answered; once a connection.
    case identity(MachineIdentity)
    /// Something that the machine said, for the log of the printer: "Print already paused". Cleaned.
    case said(String)
}

/// Who answered at an address. All of it is untrusted text, cleaned.
public struct MachineIdentity: Equatable, Sendable, Codable {
    /// "OctoPrint 1.11.8", "Moonraker v0.9.3", "PrusaLink 2.1.2".
    public var server: String
    /// What runs the motors: "Klipper v0.12.0", "Kalico v2026.10.0".
    public var firmware: String?
    /// What its owner calls it.
    public var name: String?
    /// The kind of printer, where the server tells it.
    public var model: String?
    /// What tells this machine from others of its kind; PrusaLink only.
    public var serial: String?

    public init(
        server: String, firmware: String? = nil, name: String? = nil, model: String? = nil, serial: String? = nil
    ) {
        self.server = server
        self.firmware = firmware
        self.name = name
        self.model = model
        self.serial = serial
    }
}

/// What a machine can do now, so that the screen greys out what it cannot.
public struct LinkAbilities: OptionSet, Hashable, Sendable, Codable {
    public var rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// It can pause a running job.
    public static let pause = Self(rawValue: 1 << 0)
    /// It can go on with a paused job.
    public static let resume = Self(rawValue: 1 << 1)
    /// It can end a job that runs or is paused.
    public static let cancel = Self(rawValue: 1 << 2)
    /// It can print a file that it has.
    public static let start = Self(rawValue: 1 << 3)
    /// It lists the files that it has.
    public static let files = Self(rawValue: 1 << 4)
    /// It takes a file.
    public static let upload = Self(rawValue: 1 << 5)
    /// It has a light that can be switched.
    public static let light = Self(rawValue: 1 << 6)
    /// It can stop at once, as by M112: heaters off, and a restart needed.
    public static let emergencyStop = Self(rawValue: 1 << 7)
    /// It has a camera that farmtop can read.
    public static let picture = Self(rawValue: 1 << 8)

    /// Pause, resume and cancel.
    public static let job: Self = [.pause, .resume, .cancel]

    /// Wire: in this order.
    public static let named: [(ability: Self, name: String)] = [
        (.pause, "pause"), (.resume, "resume"), (.cancel, "cancel"), (.start, "start"), (.files, "files"),
        (.upload, "upload"), (.light, "light"), (.emergencyStop, "emergency_stop"), (.picture, "picture"),
    ]
    /// As on the wire, in the order of `named`.
    public var names: [String] { Self.named.filter { contains($0.ability) }.map(\.name) }

    /// Names that this version does not know are passed over.
    public init(names: [String]) {
        self = Self.named.reduce(into: []) { if names.contains($1.name) { $0.insert($1.ability) } }
    }
}
