import Farm
import Storage
import Testing

@Suite("Questions to the history", .timeLimit(.minutes(20)))
struct QueryTests {
    private let folder = TemporaryFolder()

    /// Prints 1...6 by two printers of two accounts, a minute apart.
    private func history() throws -> SQLiteStore {
        let store = try folder.open()
        var rows: [FarmRow] = [
            .account(Sample.account), .account(Account(id: 2, name: "other", createdAt: noon)),
            .printer(Sample.printer(5)),
        ]
        var foreign = Sample.printer(6)
        foreign.accountID = 2
        rows.append(.printer(foreign))
        for number in Int64(1)...6 {
            var print = Sample.openPrint(PrintID(number), startedAt: noon + .seconds(number * 60))
            if number % 2 == 0 {
                print.printerID = 6
                print.accountID = 2
            }
            switch number {
            case 1, 2: print.close(Print.End(at: print.startedAt + .seconds(1), result: .success))
            case 3, 4: print.close(Print.End(at: print.startedAt + .seconds(1), result: .cancelled))
            default: break
            }
            // 1 and 3 wait for a verdict; 2 has one; 5 is alerted but still open.
            if [1, 2, 3, 5].contains(number) { print.alertedAt = print.startedAt }
            if number == 2 { print.alertOverwrite = .failed }
            rows.append(.print(print))
        }
        try store.write(rows)
        return store
    }

    private func ids(_ store: SQLiteStore, _ change: (inout PrintQuery) -> Void) throws -> [PrintID] {
        var query = PrintQuery()
        change(&query)
        return try store.prints(query).map(\.id)
    }

    @Test("prints come newest first, or oldest first when asked")
    func order() throws {
        let store = try history()
        #expect(try ids(store) { _ in } == [6, 5, 4, 3, 2, 1])
        #expect(try ids(store) { $0.oldestFirst = true } == [1, 2, 3, 4, 5, 6])
    }

    @Test("each filter keeps its own, and together they all hold")
    func filters() throws {
        let store = try history()
        #expect(try ids(store) { $0.accountID = 2 } == [6, 4, 2])
        #expect(try ids(store) { $0.printerIDs = [5, 404] } == [5, 3, 1])
        #expect(try ids(store) { $0.printerIDs = [] } == [])
        #expect(try ids(store) { $0.results = [.success] } == [2, 1])
        #expect(try ids(store) { $0.results = [.cancelled, .failed] } == [4, 3])
        #expect(try ids(store) { $0.needsVerdict = true } == [3, 1])
        #expect(try ids(store) { $0.startedFrom = noon + .seconds(240) } == [6, 5, 4])
        #expect(try ids(store) { $0.startedBefore = noon + .seconds(240) } == [3, 2, 1])
        #expect(
            try ids(store) {
                $0.accountID = 1
                $0.printerIDs = [5, 6]
                $0.results = [.cancelled, .failed]
                $0.needsVerdict = true
                $0.startedFrom = noon
                $0.startedBefore = noon + .seconds(1000)
            } == [3])
    }

    @Test("a page starts and ends where it was asked to")
    func pages() throws {
        let store = try history()
        #expect(
            try ids(store) {
                $0.start = 1
                $0.limit = 2
            } == [5, 4])
        #expect(try ids(store) { $0.start = 100 } == [])
        #expect(
            try ids(store) {
                $0.start = -3
                $0.limit = -1
            } == [])
    }

    @Test("events come newest first and are filtered by account, printer, print, kind and severity")
    func events() throws {
        let store = try history()
        func event(_ id: EventID, _ kind: FarmEvent.Kind, _ severity: FarmEvent.Severity, print: PrintID) -> FarmRow {
            let foreign = print.rawValue % 2 == 0
            return .event(
                FarmEvent(
                    id: id, kind: kind, severity: severity, title: "t", text: "x", createdAt: noon,
                    accountID: foreign ? 2 : 1, printerID: foreign ? 6 : 5, printID: print))
        }
        try store.write([
            event(1, .started, .info, print: 1), event(2, .started, .info, print: 2),
            event(3, .failureAlerted, .error, print: 1), event(4, .ended, .success, print: 3),
        ])
        func ids(
            account: AccountID? = nil, printer: PrinterID? = nil, print: PrintID? = nil, kinds: [FarmEvent.Kind]? = nil,
            severities: [FarmEvent.Severity]? = nil, start: Int = 0, limit: Int = 10
        ) throws -> [EventID] {
            try store.events(
                account: account, printer: printer, print: print, kinds: kinds, severities: severities, start: start,
                limit: limit
            ).map(\.id)
        }
        #expect(try ids() == [4, 3, 2, 1])
        #expect(try ids(account: 1) == [4, 3, 1])
        #expect(try ids(printer: 6) == [2])
        #expect(try ids(print: 1) == [3, 1])
        #expect(try ids(kinds: [.started, .ended]) == [4, 2, 1])
        #expect(try ids(kinds: []) == [])
        #expect(try ids(account: 1, severities: [.info]) == [1])
        #expect(try ids(start: 1, limit: 2) == [3, 2])
    }

    @Test(
        "predictions are thinned evenly, with the first and the last",
        arguments: [(100, 10), (101, 10), (7200, 240), (11, 10), (10, 10), (3, 10), (5, 2), (5, 1)])
    func thinning(count: Int, limit: Int) throws {
        let store = try folder.open()
        try store.write(Sample.farm + (1...Int64(count)).map { .prediction(Sample.prediction($0)) })
        let frames = try store.predictions(of: 9, after: 0, limit: limit).map(\.statistics.predictionNum)
        #expect(frames.count == min(count, limit))
        #expect(frames.first == 1)
        if limit > 1 { #expect(frames.last == Int64(count)) }
        let steps = zip(frames.dropFirst(), frames).map(-)
        if let widest = steps.max(), let narrowest = steps.min() { #expect(widest - narrowest <= 1) }
    }

    @Test("only frames after the one given are read, and of that print only")
    func after() throws {
        let store = try folder.open()
        try store.write(Sample.farm + [.print(Sample.openPrint(10)), .prediction(Sample.prediction(8, of: 10))])
        try store.write((1...5).map { .prediction(Sample.prediction($0)) })
        #expect(try store.predictions(of: 9, after: 3, limit: 10).map(\.statistics.predictionNum) == [4, 5])
        #expect(try store.predictions(of: 9, after: 3, limit: 0).isEmpty)
        #expect(try store.predictions(of: 9, after: 1, limit: 2).map(\.statistics.predictionNum) == [2, 5])
        #expect(try store.prediction(FrameKey(printID: 9, number: 6)) == nil)
    }
}
