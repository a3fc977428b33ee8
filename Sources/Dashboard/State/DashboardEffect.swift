public import Farm

/// What the dashboard wants done. Answers come back as events.
public enum DashboardEffect: Equatable, Sendable {
    case perform(FarmAction, RequestID)
    case loadPicture(FrameKey)
    /// Makes pixels of a JPEG that came with an answer.
    case decodePicture([UInt8], RequestID)
    /// Looks for the bed in the last pictures of a print.
    case proposeBed(FrameKey)
    case loadPoints(PrintID)
    case loadPrints(PrintQuery)
    case loadEvents(EventQuery)
    case bell
    /// The terminal window's title.
    case title(String)
    /// Puts a text on the operator's clipboard (OSC 52).
    case copy(String)
    case writeScreen(path: String, text: String)
    /// Writes every print of the query, page by page, to a new file.
    case exportPrints(PrintQuery, PrintExport)
    /// Reports the mouse, or leaves it to the terminal so that text can be selected.
    case mouse(Bool)
    /// Back to the shell until it resumes the program.
    case suspend
    /// Everything is sent again.
    case redraw
    case quit
}
