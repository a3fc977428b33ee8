internal import Farm

/// The files of one machine: found by typing, started after a question. It knows no farm: what is to be done comes out as an
/// outcome.
struct FilesPanel: Equatable, Sendable {
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
        /// A person has said that the bed is clear.
        case start(RemoteFile)
    }
    let printer: PrinterID
    let name: String
    private(set) var content = Content.loading
    private(set) var search = TextField("", longest: 100)
    var cursor = ListCursor()
    /// The list that is on its way.
    var awaited: RequestID?
    /// The file that is asked about: is the bed clear?
    private(set) var asked: RemoteFile?
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
            if let refusal { note = refusal } else { asked = files[cursor.index] }
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
            note = "Nothing was started."
        default: note = "y starts it, n or esc does not"
        }
        return .stays
    }

    mutating func paste(_ text: String) {
        guard asked == nil else { return }
        search.paste(text)
        cursor = ListCursor()
    }
}
