internal import Farm

/// A printer's page, with the print that runs on it, or the page of a print of the history.
struct PrinterPage: DashboardPage {
    var detail: PrinterDetail
    /// The events that were asked for and have not come.
    private var awaited: EventQuery?
    /// The print that is shown: the time cursor is at one of its frames.
    private var shownPrint: PrintID?

    /// - Parameter old: the page that was open: this one is looked at in the same way.
    init(_ subject: PrinterDetail.Subject, like old: PrinterPage?, in context: Context) {
        detail = PrinterDetail(subject: subject)
        if let old {
            detail.showsNumbers = old.detail.showsNumbers
            detail.minutes = old.detail.minutes
        } else if case .print = subject {
            detail.minutes = nil
        }
        shownPrint = context.print(of: detail)?.id
    }

    var place: Place { if case .printer = detail.subject { .printer } else { .print } }

    /// The area whose list the subject is in.
    var home: Area { if case .printer = detail.subject { .farm } else { .history } }

    /// Asks for older events than the snapshot has.
    mutating func open() -> [DashboardRequest] {
        let query =
            switch detail.subject {
            case .printer(let id): EventQuery(printer: id, limit: 100)
            case .print(let print): EventQuery(printer: print.printerID, print: print.id, limit: 100)
            }
        awaited = query
        return [.effect(.loadEvents(query))]
    }

    func draw(in canvas: inout Canvas, _ context: Context) {
        DetailView(detail: detail, context: context).draw(in: &canvas)
    }

    func hasStatusLine(_ size: GridSize) -> Bool {
        [.standard, .wide].contains(DetailLayout(size, isZoomed: detail.isZoomed).kind)
    }

    // MARK: What is selected

    func focus(in context: Context) -> PrinterSnapshot? {
        if case .printer(let id) = detail.subject { context.printer(id) } else { nil }
    }

    func copied(in context: Context) -> CopiedText? {
        focus(in: context).map(CopiedText.init) ?? print(in: context).map(CopiedText.init)
    }

    func pictures(in context: Context) -> WantedPictures {
        let room = context.layout(of: detail).pictureRoom
        guard !room.isEmpty, let key = context.wantedFrame(detail) else { return WantedPictures() }
        return WantedPictures(large: (key, room))
    }

    func print(in context: Context) -> Print? { context.print(of: detail) }

    // MARK: What happens meanwhile

    mutating func apply(_ change: DashboardChange, in context: Context) -> [DashboardRequest] {
        switch change {
        case .snapshot:
            let print = context.print(of: detail)?.id
            // Another print runs: its frames are not those under the time cursor.
            if print != shownPrint { detail.moment = nil }
            shownPrint = print
        case .disconnected, .loadFailed(.loadEvents): awaited = nil
        case .events(let query, let events): if query == awaited { detail.events = events }
        case .replied(_, to: .judgePrint(let id, let verdict)): edit(id) { $0.alertOverwrite = verdict }
        case .replied(_, to: .markFailed(let id, let reason)): edit(id) { $0.fail(reason) }
        case .replied(_, to: .unmarkFailed(let id, let result, let verdict)):
            edit(id) { $0.unmark(result, verdict) }
        default: break
        }
        return []
    }

    private mutating func edit(_ id: PrintID, _ body: (inout Print) -> Void) {
        guard case .print(var print) = detail.subject, print.id == id else { return }
        body(&print)
        detail.subject = .print(print)
    }
}

extension DetailLayout {
    var pictureRoom: Rect {
        switch kind {
        case .standard, .wide: camera.inset(rows: 1, columns: 1)
        case .compact, .zoomed: camera
        }
    }
}
