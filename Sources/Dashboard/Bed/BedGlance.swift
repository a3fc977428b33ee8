internal import Farm

/// One look at a bed, for an overlay: asked for, told, and its picture made into pixels.
struct BedGlance: Equatable, Sendable {
    enum State: Equatable, Sendable {
        case looking
        case told(BedReport)
        /// Why nothing is known.
        case failed(String)
    }
    let printer: PrinterID
    let name: String
    private(set) var state: State
    private(set) var pixels: Pixels?

    /// Looks, unless nothing can be seen: then what was known before is all there is.
    init(_ snapshot: PrinterSnapshot, isRemote: Bool) {
        printer = snapshot.id
        name = snapshot.name
        guard snapshot.cameras.isEmpty else {
            state = .looking
            return
        }
        var status = snapshot.bed
        if !isRemote { status.finding = .cannotTell(.noCamera) }
        state = .told(BedReport(status: status))
    }

    var isLooking: Bool { state == .looking }

    /// What the farm is to be asked; nothing where it is told already.
    var request: [DashboardRequest] { isLooking ? [.ask(.machine(.bed(printer, .check)))] : [] }

    /// Asks for something else about the same bed.
    mutating func ask(_ action: BedAction) -> [DashboardRequest] {
        state = .looking
        return [.ask(.machine(.bed(printer, action)))]
    }

    mutating func receive(_ result: Result<FarmReply, RequestFailure>) -> [DashboardRequest] {
        switch result {
        case .success(.bed(let report)):
            state = .told(report)
            guard let picture = report.picture else { return [] }
            return [.decode(picture.jpeg, picture: 0)]
        case .success: state = .failed("The farm gave another answer than one about the bed.")
        case .failure(let failure): state = .failed(failure.message)
        }
        return []
    }

    mutating func receive(_ result: Result<Pixels, RequestFailure>) {
        if case .success(let pixels) = result { self.pixels = pixels }
    }

    var report: BedReport? { if case .told(let report) = state { report } else { nil } }

    // MARK: On the screen

    func sentence(_ context: Context) -> String {
        switch state {
        case .looking: return "Looking at the bed."
        case .failed(let reason): return reason
        case .told(let report):
            let sentence = report.status.finding.sentence
            guard let at = looked(report) else { return sentence }
            let local = context.local(at)
            let age = max(0, context.now.seconds(since: at))
            let moment = age < 43_200 ? local.hourMinute : local.monthDayHourMinute
            return isOld(context)
                ? "\(sentence) That was \(Clock.length(age)) ago, at \(moment): look yourself."
                : "\(sentence) Looked at \(moment)."
        }
    }

    /// When it was looked at before this glance; nil where it was looked at for it, or never.
    private func looked(_ report: BedReport) -> Timestamp? { report.picture == nil ? report.status.checkedAt : nil }

    /// What was seen so long ago says little: something may have been put there.
    private static let oldAfter = 600.0

    private func isOld(_ context: Context) -> Bool {
        guard let report, let at = looked(report) else { return false }
        return context.now.seconds(since: at) > Self.oldAfter
    }

    func role(_ context: Context) -> Role {
        switch report?.status.finding.state {
        case .clear where isOld(context): .warning
        case .clear: .success
        case .occupied: .error
        case .cannotTell: .warning
        case nil: isLooking ? .dim : .error
        }
    }

    /// The picture, with a frame around what is not as on the empty bed.
    func drawPicture(in rect: Rect, canvas: inout Canvas, _ context: Context) {
        guard let pixels, rect.rows > 2, rect.columns > 8 else { return }
        let options = context.options
        let fit = CellPicture.fit(width: pixels.width, height: pixels.height, in: rect)
        let picture = CellPicture(
            pixels, size: fit, style: options.isASCIIOnly ? .ascii : options.picture, depth: options.colors)
        let area = Rect(
            row: rect.row + (rect.rows - picture.rows) / 2, column: rect.column + (rect.columns - picture.columns) / 2,
            rows: picture.rows, columns: picture.columns)
        for row in 0..<picture.rows {
            for column in 0..<picture.columns {
                canvas.put(
                    picture.cells[row * picture.columns + column], row: area.row + row, column: area.column + column)
            }
        }
        guard let report, let taken = report.picture else { return }
        DetectionOverlay.draw(
            report.status.finding.differences, frame: (taken.width, taken.height), over: area, in: &canvas)
    }
}
