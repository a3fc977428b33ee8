/// One row to write. Upserts by id, unless said otherwise.
public enum FarmRow: Equatable, Sendable {
    case account(Account)
    /// Its tags go in a row of their own.
    case printer(Printer)
    /// In place of those before; their printer is written first.
    case printerTags(PrinterID, PrinterTags)
    case print(Print)
    /// Removes what belongs to a print that was deleted: predictions, pictures, evidence. Its events stay, without a print.
    case emptyPrint(PrintID)
    case prediction(Prediction)
    case event(FarmEvent)
    case client(OAuthClient)
    /// Removes the client, its tokens and their families.
    case removeClient(ClientID)
    case token(AccessToken)
    case removeToken(TokenID)
    case tokenFamily(TokenFamily)
    /// A frame's picture, whole as the app sent it. Its file is in place before the batch commits. Best effort.
    case framePicture(FrameKey, jpeg: [UInt8])
    case removeFramePicture(FrameKey)
    /// Puts a notice into the webhook's outbox, behind the others.
    case notice(WebhookNotice)
    case cameraHistory(CameraKey, CameraHistory)
    case removeCameraHistory(CameraKey)
    case removeCameraHistories(PrinterID)
    /// The evidence of a printer's open print; one row a printer.
    case failureEvidence(PrinterID, StoredEvidence)
    case removeFailureEvidence(PrinterID)
    /// The last reading, in place of the one before.
    case clock(ClockReading)
    case machine(MachineRow)
    case keptBed(KeptBedRow)
    case verdict(VerdictRow)
    case notification(NotificationRow)
    /// When the farm was restored from a backup; nil: a person has confirmed that it may send messages.
    case unconfirmedRestore(Timestamp?)
}

/// Names a frame's picture: the n-th frame of a print, from 1.
public struct FrameKey: Hashable, Sendable, Codable {
    /// Names the folder of the picture as well.
    public var printID: PrintID
    /// From 1 in each print.
    public var number: Int64

    public init(printID: PrintID, number: Int64) {
        self.printID = printID
        self.number = number
    }
}

/// What the pictures of an open print have shown so far, and which camera took them.
public struct StoredEvidence: Equatable, Sendable {
    /// The open print: evidence of another one is of no use.
    public var printID: PrintID
    /// Another camera means that the evidence begins anew.
    public var camera: CameraKey
    /// As of the last frame that was committed.
    public var evidence: FailureEvidence
    /// The number has been at the alert threshold and not under the clear threshold since.
    public var isFailing: Bool
    /// The evidence as it would be if no box had counted less for a verdict; nil as long as none has.
    public var withoutMemory: FailureEvidence?

    public init(
        printID: PrintID, camera: CameraKey, evidence: FailureEvidence, isFailing: Bool,
        withoutMemory: FailureEvidence? = nil
    ) {
        self.withoutMemory = withoutMemory
        self.printID = printID
        self.camera = camera
        self.evidence = evidence
        self.isFailing = isFailing
    }
}

/// Everything that lives in memory, as read at the start.
public struct StoredFarm: Equatable, Sendable {
    /// Disabled ones too.
    public var accounts: [Account] = []
    /// With archived ones and tombstones.
    public var printers: [Printer] = []
    /// Open prints, and those that ended after `recentSince`.
    public var prints: [Print] = []
    /// Disabled ones too, with the digests of their secrets.
    public var clients: [OAuthClient] = []
    /// Neither expired nor revoked.
    public var tokens: [AccessToken] = []
    /// When each client used a token last, also one that has ended since, as long as its row is kept.
    public var lastUses: [ClientID: Timestamp] = [:]
    /// Neither expired nor revoked.
    public var tokenFamilies: [TokenFamily] = []
    /// The newest events, oldest first.
    public var events: [FarmEvent] = []
    /// The newest event of a machine's command in each of the open prints.
    public var lastCommands: [PrintID: FarmEvent] = [:]
    /// The newest predictions of each of the prints above, oldest first, for sparklines.
    public var predictions: [Prediction] = []
    /// Which frames of the prints above have a picture.
    public var framePictures: [FrameKey] = []
    /// The newest picture of each printer: what it showed last, however long ago.
    public var lastPictures: [PrinterID: FrameKey] = [:]
    /// The frames with an alert of the open prints and of those of `lastPictures`, in their order.
    public var alertFrames: [PrintID: [Int64]] = [:]
    /// All cameras of printers that are not deleted.
    public var cameraHistories: [CameraKey: CameraHistory] = [:]
    /// By printer, for open prints only.
    public var failureEvidence: [PrinterID: StoredEvidence] = [:]
    /// Nil for a farm that begins, and for one from before steady time.
    public var clock: ClockReading?
    /// Links and cameras, with sealed credentials.
    public var machines = StoredMachines()
    /// By id.
    public var keptBeds: [KeptBed] = []
    /// By id.
    public var verdicts: [RememberedVerdict] = []
    /// What is open, what was told of it, and what is still to be sent.
    public var notifications = StoredNotifications()
    /// When it was restored from a backup, as long as nobody has confirmed that it may send messages.
    public var restoredAt: Timestamp?
    /// The highest id ever used of each kind; the next row gets one more.
    public var lastAccountID: AccountID = 0
    /// Those of deleted printers are not used again.
    public var lastPrinterID: PrinterID = 0
    /// Those of deleted prints are not used again.
    public var lastPrintID: PrintID = 0
    /// Those of removed clients are not used again.
    public var lastClientID: ClientID = 0
    /// The highest number of access tokens and families, which share their numbers.
    public var lastTokenID: TokenID = 0
    /// Those of removed events are not used again.
    public var lastEventID: EventID = 0
    /// Those of removed pictures are not used again.
    public var lastKeptBedID: KeptBedID = 0
    /// Those of forgotten verdicts are not used again.
    public var lastVerdictID: VerdictID = 0
    /// Prints whose alert was dismissed, and whose pictures nobody has looked at yet.
    public var awaitedVerdicts: [PrinterID: [PrintID]] = [:]

    public init() {}
}

/// Which prints a history page shows. Newest first unless `oldestFirst`.
public struct PrintQuery: Equatable, Sendable, Codable {
    /// Nil: of all accounts, as for the operator.
    public var accountID: AccountID?
    /// Nil: of all printers, deleted ones too.
    public var printerIDs: [PrinterID]?
    /// Nil: any, open ones too.
    public var results: [PrintResult]?
    /// Alerted, ended, and nobody said whether rightly.
    public var needsVerdict = false
    /// Those that were deleted too.
    public var includesDeleted = false
    /// The first moment that counts; nil: no bound.
    public var startedFrom: Timestamp?
    /// The first moment that counts no longer; nil: no bound.
    public var startedBefore: Timestamp?
    /// By the start of the print.
    public var oldestFirst = false
    /// How many prints of the answer come before the page; 0 or more.
    public var start = 0
    /// 1...1000.
    public var limit = 12

    public init() {}
}

/// Where the farm is kept. Every call blocks; nobody but the writer calls `transaction`.
public protocol FarmStore: Sendable {
    /// - Parameter recentSince: prints that ended later are read too.
    func load(recentSince: Timestamp, eventLimit: Int, predictionLimit: Int) throws -> StoredFarm

    /// Runs `body` in one transaction that is on disk when this returns. Each call of the transaction's `write`
    /// is a savepoint: all of its rows or none.
    /// - Throws: what `body` throws, or the failure to commit; then nothing of the batch is kept.
    func transaction(_ body: (any FarmTransaction) throws -> Void) throws

    func print(_ id: PrintID) throws -> Print?
    func prints(_ query: PrintQuery) throws -> [Print]
    /// The predictions of one print, oldest first, with frame numbers over `after`; thinned evenly to at most `limit`.
    func predictions(of id: PrintID, after frame: Int64, limit: Int) throws -> [Prediction]
    func prediction(_ key: FrameKey) throws -> Prediction?
    /// Newest first.
    func events(
        account: AccountID?, printer: PrinterID?, print: PrintID?, kinds: [FarmEvent.Kind]?,
        severities: [FarmEvent.Severity]?, start: Int, limit: Int
    ) throws -> [FarmEvent]
    func event(_ id: EventID) throws -> FarmEvent?
    /// The JPEG of a frame as the app sent it; nil when it is not kept.
    func framePicture(_ key: FrameKey) throws -> [UInt8]?

    /// The farm is stopping: from now on changes hardly wait for other programs.
    func hurry()
    /// Brings all of it to where it stays, at the end. Without it nothing is lost: the next start reads it where it is.
    func settle() throws
}

/// The open batch of `FarmStore.transaction`.
public protocol FarmTransaction {
    /// The batch has rows to write. A further call only looks whether it is still open.
    /// - Throws: where nothing can be stored at the moment, whatever the rows are.
    func begin() throws
    /// Writes the rows of one command: all or none.
    /// - Throws: why these rows cannot be stored.
    func write(_ rows: [FarmRow]) throws
    /// Reads a print as this batch has it so far.
    func print(_ id: PrintID) throws -> Print?
}

/// A fault of a store of which whoever asked for a change may know why.
public protocol StoreFault: Error {
    /// The rest of a sentence, without paths and contents: `the farm's disk is full`. Nil: nothing that would help.
    var reasonForClients: String? { get }
}
