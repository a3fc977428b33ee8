/// The number of a kept picture, given by the store.
public typealias KeptBedID = Identifier<KeptBed>

/// A picture of a printer's empty bed, as it is stored. A printer may have several: by day and by night, with the head here
/// and there.
public struct KeptBed: Equatable, Sendable {
    public var id: KeptBedID
    /// Whose bed it shows; it goes with the printer.
    public var printerID: PrinterID
    /// Made small, as it is compared.
    public var picture: BedPicture
    /// By the clock on the wall.
    public var keptAt: Timestamp
    /// Learnt when a person said that the bed was cleared; else kept on purpose, and then it goes last.
    public var isLearnt: Bool

    public init(id: KeptBedID, printerID: PrinterID, picture: BedPicture, keptAt: Timestamp, isLearnt: Bool) {
        self.id = id
        self.printerID = printerID
        self.picture = picture
        self.keptAt = keptAt
        self.isLearnt = isLearnt
    }

    /// How many pictures of its empty bed a printer may have.
    public static let most = 4
}

/// A row of a kept picture to be written.
public enum KeptBedRow: Equatable, Sendable {
    case keep(KeptBed)
    case remove(KeptBedID)
}

/// What is known of a printer's bed. No picture is in it.
public struct BedStatus: Equatable, Sendable, Codable {
    /// What the last look found; in doubt with `notChecked` before the first.
    public var finding: BedFinding
    /// Nil before the first look.
    public var checkedAt: Timestamp?
    /// When the newest kept picture was taken; nil when none is kept.
    public var keptAt: Timestamp?
    /// How many pictures of the empty bed are kept.
    public var kept: Int

    public init(
        finding: BedFinding = .cannotTell(.notChecked), checkedAt: Timestamp? = nil, keptAt: Timestamp? = nil,
        kept: Int = 0
    ) {
        self.finding = finding
        self.checkedAt = checkedAt
        self.keptAt = keptAt
        self.kept = kept
    }
}

/// What a person may ask about a bed.
public enum BedAction: Equatable, Sendable, Codable {
    /// Takes a picture now and compares it.
    case check
    /// Keeps a picture that is taken now as one of the empty bed, whatever it looks like.
    case keep
    /// A person has cleared the bed: the next calm picture is kept too, unless it shows that something lies there.
    case cleared
    /// Forgets the kept pictures.
    case forget
}

/// The answer to a `BedAction`.
public struct BedReport: Equatable, Sendable, Codable {
    /// After what was asked for.
    public var status: BedStatus
    /// The one that was looked at.
    public var picture: ProbedPicture?
    /// Whether it was kept.
    public var isKept: Bool

    public init(status: BedStatus, picture: ProbedPicture? = nil, isKept: Bool = false) {
        self.status = status
        self.picture = picture
        self.isKept = isKept
    }
}
