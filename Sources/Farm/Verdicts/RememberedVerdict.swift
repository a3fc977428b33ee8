/// The number of a remembered verdict, given by the store.
public typealias VerdictID = Identifier<RememberedVerdict>

/// What was seen in one place when a person said that it is no failure. The next prints of the same camera go by it.
public struct RememberedVerdict: Equatable, Sendable, Codable {
    public var id: VerdictID
    /// Whose camera saw it; nothing is remembered of another printer's.
    public var printerID: PrinterID
    /// The print whose alert was dismissed; it may be gone.
    public var printID: PrintID
    /// One box of the pictures around the alert; an alert with several leaves a verdict for each.
    public var seen: SeenBox
    /// When the person judged; its age counts from here.
    public var givenAt: Timestamp
    /// Pictures in which a box counted less for it.
    public var pictures: Int64 = 0
    /// When the last of those pictures came; nil before the first.
    public var lastAt: Timestamp?

    public init(id: VerdictID, printerID: PrinterID, printID: PrintID, seen: SeenBox, givenAt: Timestamp) {
        self.id = id
        self.printerID = printerID
        self.printID = printID
        self.seen = seen
        self.givenAt = givenAt
    }

    /// How many a printer may have; the oldest goes.
    public static let most = 32
    /// It is forgotten so long after it was given, however often it was of use: a person looks again now and then.
    public static let keptFor = Duration.seconds(90 * 86_400)

    /// It is older than `keptFor` and counts for nothing any more.
    public func isForgotten(at now: Timestamp) -> Bool { now.seconds(since: givenAt) > 90 * 86_400 }

    /// Pictures of that print are compared with it. The print that was dismissed itself goes by its own dismissal.
    /// - Parameter region: the part of the picture that is judged.
    public func isInForce(for print: PrintID, in region: CameraRegion, at now: Timestamp) -> Bool {
        seen.region == region && printID != print && !isForgotten(at: now)
    }
}

/// A box that was detected: where, how sure the network was, and what it looked like.
public struct SeenBox: Equatable, Sendable, Codable {
    /// The part of the picture that was judged.
    public var region: CameraRegion
    /// Pixels of the whole upright picture.
    public var width: Int
    /// Pixels of the whole upright picture.
    public var height: Int
    /// In pixels of the whole picture.
    public var detection: Detection
    /// What lay in the box, taken from the kept picture.
    public var look: BoxLook

    public init(region: CameraRegion, width: Int, height: Int, detection: Detection, look: BoxLook) {
        self.region = region
        self.width = width
        self.height = height
        self.detection = detection
        self.look = look
    }
}

extension SeenBox {
    /// Where on the picture, for a person: `upper left`, `centre`, `lower middle`.
    public var placeWords: String {
        func third(_ position: Double, of length: Int, _ names: [String]) -> String {
            let share = length > 0 && position.isFinite ? position / Double(length) : 0
            return names[min(max(Int(share * 3), 0), 2)]
        }
        let row = third(detection.box.y, of: height, ["upper", "", "lower"])
        let column = third(detection.box.x, of: width, ["left", "middle", "right"])
        switch (row, column) {
        case ("", "middle"): return "centre"
        case ("", _): return column
        default: return "\(row) \(column)"
        }
    }

    /// How wide it is, of the picture's width, 0...1.
    public var widthShare: Double {
        guard width > 0, detection.box.width.isFinite else { return 0 }
        return min(max(detection.box.width / Double(width), 0), 1)
    }
}

/// A row of a remembered verdict to be written.
public enum VerdictRow: Equatable, Sendable {
    case remember(RememberedVerdict)
    case forget(VerdictID)
    /// A dismissed alert whose pictures nobody has looked at yet.
    case await(PrintID)
    /// It was looked at, or the dismissal was taken back.
    case awaitNoMore(PrintID)
}

/// What a picture looks like in some places.
public struct PictureLooks: Equatable, Sendable {
    /// Pixels of the upright picture.
    public var width: Int
    /// Pixels of the upright picture.
    public var height: Int
    /// In the order of the places; nil where there is too little to see.
    public var looks: [BoxLook?]

    public init(width: Int, height: Int, looks: [BoxLook?]) {
        self.width = width
        self.height = height
        self.looks = looks
    }
}
