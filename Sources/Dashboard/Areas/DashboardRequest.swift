internal import Farm

/// What a page or an overlay asks of the dashboard. Carried out in their order.
enum DashboardRequest: Sendable {
    case effect(DashboardEffect)
    /// Shown until the next key.
    case say(String, Role = .info)
    /// Asks the farm; `done` is said when it is done.
    case request(FarmAction, done: String)
    /// Changes the farm, and takes the marks off. With `undo`, that is what `u` takes back from now on.
    case act([FarmAction], done: String, undo: Undo? = nil)
    /// As `request`, for an overlay that opens again, as it was filled in, should the farm refuse it.
    case submit(FarmAction, done: String, undo: Undo?, form: any DashboardOverlay)
    /// Asks the farm for the overlay that is open: it `receive`s the answer, unless it asks something else before or is left.
    case ask(FarmAction)
    /// As `ask`, for a change that nothing takes back: `done` is said where the overlay is left before the answer.
    case askToChange(FarmAction, done: String)
    /// Makes pixels of a picture for the overlay that is open.
    case decode([UInt8], picture: Int)
    /// What was typed into a wizard that was left before its end; nil: nothing is kept.
    case keepDraft(ConnectWizard?)
    case perform(Command)
    /// A command line.
    case run(String)
    /// A word of the command line and what follows it, which an area knows.
    case word(String, rest: String)
    case overlay(any DashboardOverlay)
    /// The overlay is left.
    case close
    case page(PrinterDetail.Subject)
    case closePage
    /// The page shows what lies so many lines further in its list.
    case stepPage(Int)
    case go(Area)
    /// The list that is shown is filtered by these words.
    case filter(String)
    /// `/` and enter look for these words again.
    case keepFilter(String)
    /// Shows a theme; a chosen one no longer follows the terminal.
    case theme(Theme, isChosen: Bool)
    /// Takes back what was done before something that cannot be taken back.
    case undoEarlier
    /// Leaves the dashboard, without a question.
    case quit
}

/// What every page is told of, shown or not.
enum DashboardChange: Sendable {
    /// The farm is as the context has it now.
    /// - Parameters:
    ///   - before: what was known until then.
    ///   - alerts: printers that were just alerted, to be selected; empty while somebody is at the keys.
    case snapshot(before: Context, alerts: Set<PrinterID>)
    case disconnected
    case key
    /// Something was done to the marked printers.
    case acted
    /// The farm has done, or told, what it was asked.
    case replied(FarmReply, to: FarmAction)
    case refused(FarmAction)
    case prints(PrintQuery, [Print])
    /// Newest first.
    case events(EventQuery, [FarmEvent])
    case loadFailed(DashboardEffect)
    /// Lines that the program logged, oldest first.
    case log([LogLine])
    /// A printer was gone to from elsewhere.
    case chosen(PrinterID)
}
