/// Why there can be no dashboard on this terminal.
public enum TerminalError: Error, Equatable, Sendable, CustomStringConvertible {
    case notATerminal
    case noTerm
    /// No entry in terminfo, or only a generic one.
    case unknownTerm(String)
    case noTerminfo(term: String)
    /// It cannot place its cursor: `dumb`, a printer.
    case noCursor(term: String)
    case refused(term: String)
    case alreadyOpen
    case noEventDescriptor(errno: Int32)

    public var description: String {
        switch self {
        case .notATerminal:
            "The dashboard needs a terminal, and this is none. Use --plain for pipes and files, or farmtop serve."
        case .noTerm:
            "TERM is not set, so the dashboard cannot know how to draw. Set it (TERM=xterm-256color) or use --plain."
        case .unknownTerm(let term):
            "Nothing is known of a terminal \(term.debugDescription). "
                + "Set TERM to a known one (TERM=xterm-256color), install ncurses-term, or use --plain."
        case .noTerminfo(let term):
            "The terminfo database is missing, so \(term.debugDescription) cannot be looked up. "
                + "Install ncurses-base or use --plain."
        case .noCursor(let term):
            "A terminal of type \(term.debugDescription) cannot place its cursor, which a dashboard needs. "
                + "Set TERM to what it really is (TERM=xterm-256color) or use --plain."
        case .refused(let term):
            "ncurses cannot draw on a terminal of type \(term.debugDescription). "
                + "Set TERM to another type (TERM=xterm-256color) or use --plain."
        case .alreadyOpen:
            "A dashboard is open in this process already; there can be one."
        case .noEventDescriptor(let errno):
            "The system gave no event descriptor (errno \(errno)). Close other programs or raise ulimit -n."
        }
    }
}
