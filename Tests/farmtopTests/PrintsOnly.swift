import Farm

/// A farm that is nothing but its kept prints.
struct PrintsOnly: FarmBackend {
    var kept: [Print]
    var points: [PrintID: [ScorePoint]]
    var told: [FarmEvent] = []
    /// Every kept picture; nil: none is kept.
    var jpeg: [UInt8]?
    /// What every printer remembers; nil: there is no such printer.
    var verdicts: [RememberedVerdict]? = []

    func updates() -> AsyncStream<FarmUpdate> { AsyncStream { $0.yield(.snapshot(FarmSnapshot())) } }

    func perform(_ action: FarmAction) throws -> FarmReply {
        guard case .listVerdicts = action else { throw FarmError.forbidden }
        guard let verdicts else { throw FarmError.noSuchPrinter }
        return .verdicts(verdicts)
    }

    func picture(_ key: FrameKey) throws -> FramePicture {
        guard let jpeg else { throw FarmError.noSuchPicture }
        return FramePicture(key: key, jpeg: jpeg, detections: [])
    }

    func predictions(of id: PrintID, after frame: Int64, limit: Int) -> [ScorePoint] {
        Array((points[id] ?? []).prefix(limit))
    }

    func prints(_ query: PrintQuery) -> [Print] {
        let matching = kept.filter { print in
            (query.printerIDs?.contains(print.printerID) ?? true)
                && (query.results.map { wanted in print.result.map(wanted.contains) ?? false } ?? true)
                && (query.startedBefore.map { print.startedAt < $0 } ?? true)
        }
        return Array(matching.sorted { $0.startedAt > $1.startedAt }.dropFirst(query.start).prefix(query.limit))
    }

    func events(printer: PrinterID?, print: PrintID?, limit: Int) -> [FarmEvent] {
        told.filter { print == nil || $0.printID == print }
    }

    func upload(_ file: FileToUpload, to printer: PrinterID) -> AsyncThrowingStream<UploadStep, any Error> {
        AsyncThrowingStream { $0.finish(throwing: FarmError.forbidden) }
    }
}
