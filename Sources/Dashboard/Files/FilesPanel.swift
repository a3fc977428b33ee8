internal import Farm

/// The files of one machine: found by typing, started after a question. It knows no farm: what is to be done comes out as an
/// outcome.
struct FilesPanel: DashboardOverlay, Equatable {
    enum Content: Equatable, Sendable {
        case loading
        /// Newest first.
        case files([RemoteFile])
        /// Why they could not be had.
        case failed(String)
    }
    enum Outcome: Equatable {
        case stays
        case left
        /// The files are wanted anew.
        case reload
        /// A file is asked about: the bed is to be looked at.
        case look
        /// A person has said that the bed is clear.
        case start(RemoteFile)
    }
    let printer: PrinterID
    let name: String
    private(set) var content = Content.loading
    private(set) var search = TextField("", longest: 100)
    var cursor = ListCursor()
    /// The file that is asked about: is the bed clear?
    private(set) var asked: RemoteFile?
    /// What the camera says of it; nil while nothing is asked.
    private(set) var bed: BedGlance?
    /// Why the last key did nothing.
    private(set) var note: String?

    init(printer: PrinterID, name: String) {
        self.printer = printer
        self.name = name
    }

    /// The files whose names have every word that was typed.
    var matches: [RemoteFile] {
        guard case .files(let files) = content else { return [] }
        let words = search.text.lowercased().split(separator: " ")
        guard !words.isEmpty else { return files }
        return files.filter { file in
            let name = file.name.lowercased()
            return words.allSatisfy { name.contains($0) }
        }
    }

    mutating func show(_ files: [RemoteFile]) {
        content = .files(files)
        cursor.settle(count: matches.count, visible: .max)
    }

    mutating func fail(_ reason: String) { content = .failed(reason) }

    /// - Parameters:
    ///   - visible: lines of files on the screen.
    ///   - refusal: why the machine cannot start a file now; nil where it can.
    mutating func handle(_ key: Key, visible: Int, refusal: String?) -> Outcome {
        note = nil
        if let asked { return answer(key, asked) }
        switch key {
        case .escape where !search.isEmpty:
            search = TextField("", longest: search.longest)
            cursor = ListCursor()
        case .escape, .control("c"): return .left
        case .control("r"):
            content = .loading
            return .reload
        case .enter:
            let files = matches
            guard files.indices.contains(cursor.index) else { break }
            if let refusal {
                note = refusal
            } else {
                asked = files[cursor.index]
                return .look
            }
        case .up, .down, .pageUp, .pageDown, .home, .end:
            if let step = ListCursor.Step(key) { cursor.move(step, count: matches.count, visible: visible) }
        default: if search.handle(key) { cursor = ListCursor() }
        }
        return .stays
    }

    /// Only `y` starts.
    private mutating func answer(_ key: Key, _ file: RemoteFile) -> Outcome {
        switch key {
        case .character("y"), .character("Y"): return .start(file)
        case .character("n"), .character("N"), .character("q"), .escape, .control("c"):
            asked = nil
            bed = nil
            note = "Nothing was started."
        default: note = "y starts it, n or esc does not"
        }
        return .stays
    }

    mutating func paste(_ text: String) -> [DashboardRequest] {
        guard asked == nil else { return [] }
        search.paste(text)
        cursor = ListCursor()
        return []
    }
}

/// On the screen.
extension FilesPanel {
    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] {
        switch handle(key, visible: Self.visibleRows(context.size), refusal: startRefusal(context)) {
        case .stays: []
        case .left: [.close]
        case .reload: [.ask(.machine(.listFiles(printer)))]
        case .look: look(context)
        case .start(let file):
            [
                .close,
                .act(
                    [.machine(.startFile(printer, path: file.path))], done: "Asked \(name) to print \(file.name)."),
            ]
        }
    }

    private mutating func look(_ context: Context) -> [DashboardRequest] {
        bed = context.printer(printer).map { BedGlance($0, isRemote: context.options.isRemote) }
        return bed?.request ?? []
    }

    mutating func receive(
        _ result: Result<Pixels, RequestFailure>, picture: Int, in context: Context
    ) -> [DashboardRequest] {
        bed?.receive(result)
        return []
    }

    mutating func receive(_ result: Result<FarmReply, RequestFailure>, in context: Context) -> [DashboardRequest] {
        if bed?.isLooking == true { return bed?.receive(result) ?? [] }
        switch result {
        // The question was left meanwhile.
        case .success(.bed): break
        case .success(.files(let files)): show(files)
        case .success: fail("The farm gave another answer than a list of files.")
        case .failure(let failure): fail(failure.message)
        }
        return []
    }

    /// Why a file cannot be started, though it can be looked at; nil where it can.
    func startRefusal(_ context: Context) -> String? {
        guard let snapshot = context.printer(printer) else { return "This printer is no longer here." }
        if let reason = context.refusalOfChanges { return reason }
        if let refusal = MachineRefusal.start(snapshot, context.keys) { return refusal }
        switch snapshot.states.machine {
        case .idle, .complete, .cancelled: return nil
        case _ where snapshot.isLookedAt(before: .start(path: ""), at: context.now): return nil
        case let state: return "It is \(state.rawValue) now; a file can be started when it is idle."
        }
    }

    /// A click selects, a double click asks about it.
    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest] {
        switch target {
        case .key(let key): return handle(key, in: context)
        case .line(let index):
            cursor.index = index
            return isDouble ? handle(.enter, in: context) : []
        default: return []
        }
    }

    mutating func scroll(by lines: Int, in context: Context) -> [DashboardRequest] {
        handle(lines > 0 ? .down : .up, in: context)
    }

    func hints(_ context: Context) -> [KeyBar.Hint] {
        asked == nil
            ? [.init("enter", "start"), .init("↑↓", "choose"), .leave]
            : [.init("y", "it is clear: start"), .init("N", "no")]
    }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let word = context.printer(printer)?.machineWord
        let holds = word.map { [.done, .cancelled, .failed].contains($0) } ?? false
        // Where the camera says what lies there, nobody need guess.
        let isTold = bed?.report.map { $0.status.finding.state != .cannotTell } ?? false
        FilesView(
            panel: self, context: context, held: holds && !isTold ? "The last print may still lie there. " : nil
        ).draw(in: &canvas)
    }
}
