/// What a person at the terminal may ask of the farm.
public enum FarmAction: Equatable, Sendable, Codable {
    case createPrinter(account: String, settings: PrinterSettings)
    /// - Parameter from: what the person saw: only what differs from it is changed. Nil: every setting is set.
    case updatePrinter(PrinterID, settings: PrinterSettings, from: PrinterSettings? = nil)
    /// Ends its print too.
    /// - Parameter seen: what the person saw to be printed: with another print nothing is done.
    case archivePrinter(PrinterID, seen: SeenPrint = .unknown)
    case unarchivePrinter(PrinterID)
    /// As `archivePrinter`.
    case deletePrinter(PrinterID, seen: SeenPrint = .unknown)
    /// - Parameter requireClear: only if the farm's own look at the bed, taken for this, finds it clear.
    case startPrint(PrinterID, filename: String, requireClear: Bool = false)
    /// - Parameters:
    ///   - reason: why it failed; only with `failed`.
    ///   - of: the print that is meant: with another one nothing is done. Nil: whichever runs.
    case finishPrint(PrinterID, of: PrintID? = nil, result: PrintResult, reason: String?)
    /// Asks for a pause; the app or the machine confirms it.
    case pausePrint(PrinterID, of: PrintID? = nil)
    /// A person paused the machine by hand.
    case confirmPause(PrinterID, of: PrintID? = nil)
    case resumePrint(PrinterID, of: PrintID? = nil)
    case cancelPrint(PrinterID, of: PrintID? = nil)
    case muteAlerts(PrinterID, of: PrintID? = nil, muted: Bool)
    case acknowledgeAlert(PrinterID, of: PrintID? = nil, verdict: AlertVerdict?)
    /// Takes back the last `NOT_FAILED` of the open print, with what it taught.
    case undoDismissal(PrinterID)
    /// Says that an ended print failed, or why.
    case markFailed(PrintID, reason: String?)
    /// Takes back that an ended print failed: it ended with `result`, and its alert was judged with `verdict`.
    case unmarkFailed(PrintID, result: PrintResult, verdict: AlertVerdict?)
    /// Forgets what was learned about a printer's camera.
    case forgetCamera(PrinterID)
    /// What is remembered of dismissed alerts of a printer; answered with `verdicts`.
    case listVerdicts(PrinterID)
    /// Forgets one of them, or all.
    case forgetVerdicts(PrinterID, only: VerdictID?)
    /// Keeps, or takes back, what a person says of an alert of any print.
    case judgePrint(PrintID, verdict: AlertVerdict?)
    case addAccount(name: String)
    case renameAccount(name: String, newName: String)
    case setAccountDisabled(name: String, disabled: Bool)
    case addClient(NewClient)
    case editClient(String, ClientPatch)
    case rotateClient(String, revokeTokens: Bool)
    case setClientDisabled(String, disabled: Bool)
    case removeClient(String)
    /// An access token, or a refresh token with all that came of the same consent.
    case revokeToken(TokenID)
    case revokeTokens(client: String)
    /// The code as typed: its case, spaces and dashes do not matter.
    case approveConsent(code: String)
    case denyConsent(ConsentID)
    /// The same by the code that the app shows.
    case denyConsentCode(String)
    case listPrinters(includeArchived: Bool)
    case listAccounts
    case listClients
    case listTokens(client: String?)
    case listConsents
    case webhookStatus
    case testWebhook
    case channelStatus
    /// Nil: every channel in turn.
    case testChannel(String?)
    /// A person says that the farm from whose backup this one was restored is off: messages may be sent.
    case confirmRestore
    case machine(MachineAction)
}

/// What somebody saw a printer to print when asking for something that ends its print.
public enum SeenPrint: Equatable, Sendable, Codable {
    /// Nobody looked: whatever is printed is meant.
    case unknown
    case nothing
    case print(PrintID)

    /// - Parameter open: the print that is open on the screen.
    public init(open: PrintID?) { self = open.map(Self.print) ?? .nothing }
}

/// A client to be made. The account is named.
public struct NewClient: Equatable, Sendable, Codable {
    public var name: String
    /// Name of the account that it belongs to for good.
    public var account: String
    /// The most that its tokens may ever do.
    public var scope: Scope
    /// How it may get tokens; not empty.
    public var grants: [Grant]
    /// Where browsers may be sent back to; needed with authorization_code only.
    public var redirectURIs: [String]
    /// Seconds that its access tokens live; nil: the configured default of the grant.
    public var tokenLifetimeSeconds: Int64?
    /// Whether it gets a secret; client_credentials needs one in any case.
    public var isConfidential: Bool
    /// The right `machines`.
    public var mayMoveMachines: Bool

    public init(
        name: String, account: String = Account.firstName, scope: Scope = .all,
        grants: [Grant] = [.clientCredentials], redirectURIs: [String] = [], tokenLifetimeSeconds: Int64? = nil,
        isConfidential: Bool = false, mayMoveMachines: Bool = false
    ) {
        self.isConfidential = isConfidential
        self.mayMoveMachines = mayMoveMachines
        self.name = name
        self.account = account
        self.scope = scope
        self.grants = grants
        self.redirectURIs = redirectURIs
        self.tokenLifetimeSeconds = tokenLifetimeSeconds
    }
}

/// What to change of a client; nil leaves as it is.
public struct ClientPatch: Equatable, Sendable, Codable {
    /// How long an access token of the client is good.
    public enum TokenLifetime: Equatable, Sendable, Codable {
        case seconds(Int64)
        /// As configured.
        case standard
    }
    public var name: String?
    /// Nil: as it is. A narrower one narrows the live tokens as well.
    public var scope: Scope?
    /// Nil: as they are. It takes the place of the whole list.
    public var grants: [Grant]?
    /// Nil: as they are. It takes the place of the whole list.
    public var redirectURIs: [String]?
    /// Nil: as it is. Tokens that were given already keep theirs.
    public var tokenLifetime: TokenLifetime?
    /// The right `machines`.
    public var mayMoveMachines: Bool?

    public init(
        name: String? = nil, scope: Scope? = nil, grants: [Grant]? = nil, redirectURIs: [String]? = nil,
        tokenLifetime: TokenLifetime? = nil, mayMoveMachines: Bool? = nil
    ) {
        self.mayMoveMachines = mayMoveMachines
        self.name = name
        self.scope = scope
        self.grants = grants
        self.redirectURIs = redirectURIs
        self.tokenLifetime = tokenLifetime
    }
}

/// A client's id and secret, shown once.
public struct ClientCredentials: Equatable, Sendable, Codable {
    /// As it is listed from now on.
    public var client: ClientSummary
    /// Nil for a public client.
    public var secret: String?

    public init(client: ClientSummary, secret: String?) {
        self.client = client
        self.secret = secret
    }
}

/// What came of a `FarmAction`.
public enum FarmReply: Equatable, Sendable, Codable {
    /// Done, or nothing to do (`succeeded` false, as on the wire).
    case done(succeeded: Bool)
    case printer(Printer, accountName: String)
    case printers([PrinterListing])
    case account(Account)
    case accounts([Account])
    case client(ClientSummary)
    case credentials(ClientCredentials)
    case clients([ClientSummary])
    case tokens([TokenSummary])
    /// The one that was approved or denied.
    case consent(PendingConsent)
    case consents([PendingConsent])
    case webhook(ChannelStatus)
    case webhookTest(ChannelTestResult)
    case channels([ChannelStatus])
    case channelTests([ChannelTestResult])
    /// What a machine can print, newest first.
    case files([RemoteFile])
    case probe(ProbeResult)
    case cameraProbe(CameraProbeResult)
    case keyRequest(KeyRequest)
    case bed(BedReport)
    /// The newest last.
    case verdicts([RememberedVerdict])
}

/// A printer in a plain list.
public struct PrinterListing: Equatable, Sendable, Codable {
    /// As it is stored.
    public var printer: Printer
    /// The account that owns the printer.
    public var accountName: String
    /// Nil when no print is open.
    public var currentPrint: Print?
    /// As the core has decided them; not to be derived again.
    public var states: PrinterStates
    /// As on the screen, which shows how a print ended for a while.
    public var machineWord: MachineWord
    /// 0...1; nil while no print is open.
    public var failureProbability: Double?
    /// As `PrinterSnapshot.hasNoCamera`.
    public var hasNoCamera = false

    public init(
        printer: Printer, accountName: String, currentPrint: Print?, states: PrinterStates = PrinterStates(),
        machineWord: MachineWord? = nil, failureProbability: Double? = nil
    ) {
        self.machineWord = machineWord ?? MachineWord(machine: states.machine, print: currentPrint)
        self.printer = printer
        self.accountName = accountName
        self.currentPrint = currentPrint
        self.states = states
        self.failureProbability = failureProbability
    }
}

/// A frame's JPEG and what was found in it.
public struct FramePicture: Equatable, Sendable, Codable {
    /// Which frame of which print.
    public var key: FrameKey
    /// As the camera or app sent it, without boxes.
    public var jpeg: [UInt8]
    /// In pixels of the upright frame; empty where the farm is reached over its API.
    public var detections: [Detection]

    public init(key: FrameKey, jpeg: [UInt8], detections: [Detection]) {
        self.key = key
        self.jpeg = jpeg
        self.detections = detections
    }
}

/// What reaches the screen from the farm.
public enum FarmUpdate: Equatable, Sendable {
    case snapshot(FarmSnapshot)
    /// The link to the serving process is down; it is being mended.
    case disconnected(reason: String)
}

/// The farm as the dashboard and the command line see it: in this process, over the control socket or the network.
public protocol FarmBackend: Sendable {
    /// The farm now and after every change. A slow reader gets the newest state, not every one.
    func updates() -> AsyncStream<FarmUpdate>
    /// - Throws: `FarmError`, or the transport's error.
    func perform(_ action: FarmAction) async throws -> FarmReply
    /// The kept picture of a frame.
    func picture(_ key: FrameKey) async throws -> FramePicture
    /// The predictions of one print, oldest first, with frame numbers over `after`, thinned evenly to at most `limit`.
    func predictions(of id: PrintID, after frame: Int64, limit: Int) async throws -> [ScorePoint]
    func prints(_ query: PrintQuery) async throws -> [Print]
    func events(printer: PrinterID?, print: PrintID?, limit: Int) async throws -> [FarmEvent]
    /// Sends a file to a linked printer, whole or not at all. Ends after `UploadStep.done`; to stop reading stops the upload.
    /// The stream throws `FarmError`, `UploadError`, or the transport's error.
    func upload(_ file: FileToUpload, to printer: PrinterID) -> AsyncThrowingStream<UploadStep, any Error>
}
