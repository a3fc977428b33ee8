public import Farm

/// Names a request, so that its answer finds back.
public struct RequestID: Hashable, Sendable {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Why something asked for did not come: a sentence for the person at the screen.
public struct RequestFailure: Error, Equatable, Sendable {
    /// A full sentence; views clean it like any other text.
    public var message: String
    public init(message: String) { self.message = message }
}

/// Everything that can change the screen.
public enum DashboardEvent: Equatable, Sendable {
    case terminal(TerminalEvent)
    case farm(FarmUpdate)
    /// What time it is. Due before any other event that comes later than the last tick, and at `nextTick`.
    case tick(Timestamp)
    case reply(RequestID, Result<FarmReply, RequestFailure>)
    /// A picture that was asked for; the boxes are in its pixels.
    case picture(FrameKey, Pixels, [Detection])
    case pictureFailed(FrameKey, String)
    /// A picture that came with an answer, as pixels.
    case decoded(RequestID, Result<Pixels, RequestFailure>)
    /// Where the bed may lie in the pictures up to a frame, or why that cannot be said.
    case bedProposed(FrameKey, Result<PictureArea, RequestFailure>)
    /// Scores of a print, oldest first.
    case points(PrintID, [ScorePoint])
    case prints(PrintQuery, [Print])
    case events(EventQuery, [FarmEvent])
    /// One of the three above could not be had.
    case loadFailed(DashboardEffect, String)
    /// Lines that the program logged, oldest first.
    case log([LogLine])
    /// So many prints were written, or why not.
    case exported(path: String, prints: Int, RequestFailure?)
    /// The screen was written, or why not.
    case screenWritten(path: String, RequestFailure?)
}

/// Which events a view needs, newest first.
public struct EventQuery: Hashable, Sendable {
    /// Nil: of every printer.
    public var printer: PrinterID?
    /// Nil: of every print.
    public var print: PrintID?
    /// How many events at most; 1 or more.
    public var limit: Int

    public init(printer: PrinterID? = nil, print: PrintID? = nil, limit: Int) {
        self.printer = printer
        self.print = print
        self.limit = limit
    }
}
