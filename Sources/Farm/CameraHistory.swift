/// Names a camera whose clean pictures are learnt apart from those of all others.
public struct CameraKey: Hashable, Sendable, Codable {
    /// Two printers under one camera have a history each.
    public var printerID: PrinterID
    /// Where its pictures come from; empty for pictures that an app sends.
    public var source: String
    /// The digest of the network that scored them: scores of two networks do not compare.
    public var modelDigest: String
    /// The part of the picture that is judged, as `CameraRegion` writes it; empty for all of it. A camera looked at in another
    /// region scores otherwise, so each region has a history of its own.
    public var region: String
    /// Pixels of the upright frame; another size or rotation is another camera. 0 in both: learnt from stored predictions,
    /// which do not tell the size; the first camera that sends a picture takes it over.
    public var width: Int
    /// As `width`.
    public var height: Int

    public init(
        printerID: PrinterID, source: String = "", modelDigest: String, region: String = "", width: Int, height: Int
    ) {
        self.printerID = printerID
        self.source = source
        self.modelDigest = modelDigest
        self.region = region
        self.width = width
        self.height = height
    }
}

/// What one camera's pictures score while all is well.
public struct CameraHabit: Equatable, Sendable, Codable {
    /// The median score, 0...1.
    public var usual: Double
    /// 19 of 20 pictures score less, 0...1.
    public var seldomOver: Double
    /// How much has been learnt, in hours of printing; old hours count less.
    public var hours: Double

    public init(usual: Double, seldomOver: Double, hours: Double) {
        self.usual = usual
        self.seldomOver = seldomOver
        self.hours = hours
    }
}

/// From which failure probability on an alert is raised, a pause is asked, and the pictures count as clear again.
/// Unit of all: probability, 0...1.
public struct AlertThresholds: Equatable, Sendable, Codable {
    /// At it or above, an alert is raised.
    public var alert: Double
    /// At it or above, a pause is asked; not under `alert`.
    public var pause: Double
    /// Under it the pictures are clear again; lower than `alert`, so that a number in between changes nothing.
    public var clear: Double

    public init(alert: Double, pause: Double, clear: Double) {
        self.alert = alert
        self.pause = pause
        self.clear = clear
    }
}

/// What the clean pictures of one camera have scored, old ones counting less: what `FailureDetection` learns and reads.
/// At most a few hundred bytes, see `packed`.
public struct CameraHistory: Equatable, Sendable, Codable {
    /// Seconds of picture time in each range of scores, forgotten by half in 40 print hours; `scoreBins` of them, or none
    /// before anything was learnt. Which scores a range holds is `FailureDetection`'s.
    public var seconds: [Float] = []
    /// The same time by the kind of camera that it looked like, of the kinds in the model's table: by day like one, at night like another.
    public var kinds: [Float] = []

    /// Ranges of scores that are told apart.
    public static let scoreBins = 24
    /// Kinds of cameras that a table may have.
    public static let mostKinds = 30

    public init() {}
}
