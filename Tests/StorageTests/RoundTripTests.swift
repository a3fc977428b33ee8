import Farm
import GRDB
import Testing

@testable import Storage

@Suite("What is written is what is read", .timeLimit(.minutes(20)))
struct RoundTripTests {
    private let folder = TemporaryFolder()

    @Test("the right to move machines comes back with its client")
    func mayMoveMachines() throws {
        var client = Sample.client()
        client.mayMoveMachines = true
        let store = try folder.open()
        try store.write([.account(Sample.account), .client(client)])
        #expect(try store.loadAll().clients == [client])
    }

    @Test("the tags of a printer come back, the new ones in place of the old, and a frame's row leaves them alone")
    func tags() throws {
        let store = try folder.open()
        try store.write(Sample.farm + [.printerTags(5, ["mk4", "hall-2"]), .printer(Sample.printer(6))])
        try store.write([.printerTags(5, ["überall", "mk4"]), .printer(Sample.printer(currentPrint: 9))])
        var printers = try store.loadAll().printers
        #expect(printers.map(\.settings.tags) == [["mk4", "überall"], []])
        try store.write([.printerTags(5, [])])
        printers = try store.loadAll().printers
        #expect(printers.map(\.settings.tags) == [[], []])
    }

    @Test("a tag that this version does not take is left out and told; the farm starts")
    func badTag() throws {
        let warnings = Warnings()
        let store = try folder.open(warn: warnings.add)
        try store.write(Sample.farm + [.printerTags(5, ["mk4"])])
        try store.change { database in
            try database.execute(sql: "INSERT INTO printer_tags VALUES (5, 'Not A Tag')")
        }
        let printers = try store.loadAll().printers
        #expect(printers.map(\.settings.tags) == [["mk4"]])
        #expect(warnings.all.count == 1)
    }

    @Test("pictures of the empty bed come back, until they or their printer go; ids are not given twice")
    func keptBeds() throws {
        var printer = Sample.printer()
        printer.deletedAt = nil
        var bed = Sample.bed()
        let store = try folder.open()
        try store.write([.account(Sample.account), .printer(printer), .keptBed(.keep(bed))])
        #expect(try store.loadAll().keptBeds == [bed])
        bed.isLearnt = false
        try store.write([.keptBed(.keep(bed)), .keptBed(.keep(Sample.bed(8)))])
        #expect(try store.loadAll().keptBeds == [bed, Sample.bed(8)])
        try store.write([.keptBed(.remove(8))])
        #expect(try store.loadAll().keptBeds == [bed])
        #expect(try store.loadAll().lastKeptBedID == 8)
        printer.deletedAt = noon
        try store.write([.printer(printer)])
        #expect(try store.loadAll().keptBeds == [])
    }

    @Test("a picture of the empty bed that cannot be read is left out and told; the farm starts")
    func badBed() throws {
        let warnings = Warnings()
        var printer = Sample.printer()
        printer.deletedAt = nil
        let store = try folder.open(warn: warnings.add)
        try store.write([.account(Sample.account), .printer(printer), .keptBed(.keep(Sample.bed()))])
        try store.change { database in
            try database.execute(sql: "INSERT INTO kept_beds VALUES (9, 5, 1, 2, x'0102', 0, 0)")
        }
        #expect(try store.loadAll().keptBeds == [Sample.bed()])
        #expect(warnings.all.count == 1)
    }

    @Test("verdicts are kept, changed, forgotten, and gone with their printer")
    func verdicts() throws {
        let store = try folder.open()
        var printer = Sample.printer()
        printer.deletedAt = nil
        var verdict = Sample.verdict()
        try store.write([.account(Sample.account), .printer(printer), .verdict(.remember(verdict))])
        #expect(try store.loadAll().verdicts == [verdict])
        #expect(try store.loadAll().lastVerdictID == 4)
        verdict.pictures += 1
        try store.write([.verdict(.remember(verdict)), .verdict(.remember(Sample.verdict(8)))])
        #expect(try store.loadAll().verdicts == [verdict, Sample.verdict(8)])
        try store.write([.verdict(.forget(8))])
        #expect(try store.loadAll().verdicts == [verdict])
        printer.deletedAt = noon
        try store.write([.printer(printer)])
        #expect(try store.loadAll().verdicts == [])
    }

    @Test(
        "a prediction tells the region that it was judged in, also after the printer has another; one from before tells none"
    )
    func regions() throws {
        let store = try folder.open()
        var printer = Sample.printer()
        try store.write([
            .account(Sample.account), .printer(printer), .print(Sample.print()), .prediction(Sample.prediction(3)),
        ])
        printer.settings.cameraRegion = .whole
        var whole = Sample.prediction(4)
        (whole.region, whole.counted) = (.whole, nil)
        try store.write([.printer(printer), .prediction(whole), .prediction(Sample.prediction(5))])
        try store.change { database in
            try database.execute(sql: "UPDATE predictions SET region_id = NULL WHERE prediction_num = 5")
        }
        let regions = try store.predictions(of: 9, after: 0, limit: 10).map(\.region)
        #expect(regions == [Sample.printer().settings.cameraRegion, .whole, nil])
        #expect(try store.predictions(of: 9, after: 0, limit: 2).count == 2, "a thinned list too")
    }

    @Test("every row type comes back equal, every field of it, after the store was closed")
    func everyRow() throws {
        var store: SQLiteStore? = try folder.open()
        try store?.write(
            Sample.farm + [
                .prediction(Sample.prediction(1)), .event(Sample.event()), .client(Sample.client()),
                .token(Sample.token(family: 6)), .tokenFamily(Sample.family()),
                .framePicture(FrameKey(printID: 9, number: 1), jpeg: [0xFF, 0xD8, 0, 1]),
            ])
        store = nil

        let again = try folder.open()
        let farm = try again.loadAll()
        #expect(farm.accounts == [Sample.account])
        #expect(farm.printers == [Sample.printer(currentPrint: 9)])
        #expect(farm.prints == [Sample.print()])
        #expect(farm.predictions == [Sample.prediction(1)])
        #expect(farm.events == [Sample.event()])
        #expect(farm.clients == [Sample.client()])
        #expect(farm.tokens == [Sample.token(family: 6)])
        #expect(farm.tokenFamilies == [Sample.family()])
        #expect(farm.framePictures == [FrameKey(printID: 9, number: 1)])
        #expect(try again.framePicture(FrameKey(printID: 9, number: 1)) == [0xFF, 0xD8, 0, 1])
        #expect(try again.print(9) == Sample.print())
        #expect(try again.prediction(FrameKey(printID: 9, number: 1)) == Sample.prediction(1))
        #expect(try again.event(3) == Sample.event())
    }

    @Test("absent values come back absent")
    func absent() throws {
        let store = try folder.open()
        let account = Account(id: 1, name: "operator", createdAt: noon)
        let printer = Printer(
            id: 5, accountID: 1, settings: PrinterSettings(name: "a"), createdAt: noon, authToken: "00")
        var client = Sample.client()
        client.secret = nil
        client.redirectURIs = []
        client.tokenLifetimeSeconds = nil
        client.rotatedAt = nil
        client.disabledAt = nil
        var family = Sample.family()
        family.refresh = nil
        family.refreshedAt = nil
        var prediction = Sample.prediction(1)
        prediction.detections = []
        (prediction.counted, prediction.region) = (nil, nil)
        try store.write([
            .account(account), .printer(printer), .print(Sample.openPrint(9)), .client(client), .prediction(prediction),
            .tokenFamily(family),
        ])
        let farm = try store.loadAll()
        #expect(farm.accounts == [account])
        #expect(farm.printers == [printer])
        #expect(farm.prints == [Sample.openPrint(9)])
        #expect(farm.clients == [client])
        #expect(farm.predictions == [prediction])
        #expect(farm.tokenFamilies == [family])
    }

    @Test("an open print keeps its alert, its pause request, its evidence and its camera's history")
    func openPrint() throws {
        let store = try folder.open()
        var history = CameraHistory()
        history.seconds = (0..<CameraHistory.scoreBins).map { Float($0) * 1.5 }
        var evidence = FailureEvidence(probability: 0.625)
        evidence.lastAt = noon + .seconds(4)
        let stored = StoredEvidence(printID: 9, camera: Sample.cameraKey, evidence: evidence, isFailing: true)
        var printer = Sample.printer(currentPrint: 9)
        printer.deletedAt = nil
        try store.write([
            .account(Sample.account), .printer(printer), .print(Sample.alertedPrint()),
            .cameraHistory(Sample.cameraKey, history), .failureEvidence(5, stored),
        ])
        let farm = try store.loadAll()
        #expect(farm.prints == [Sample.alertedPrint()])
        #expect(farm.cameraHistories == [Sample.cameraKey: history])
        #expect(farm.failureEvidence == [5: stored])
        try store.write([.removeFailureEvidence(5), .removeCameraHistory(Sample.cameraKey)])
        let emptied = try store.loadAll()
        #expect(emptied.cameraHistories.isEmpty && emptied.failureEvidence.isEmpty)
    }

    @Test("a history whose bytes no farmtop wrote is left out and said: the farm starts without it")
    func damagedHistory() throws {
        let warnings = Warnings()
        let store = try folder.open(warn: warnings.add)
        var printer = Sample.printer()
        printer.deletedAt = nil
        try store.write([
            .account(Sample.account), .printer(printer), .cameraHistory(Sample.cameraKey, CameraHistory()),
        ])
        try DatabaseQueue(path: folder.file("farmtop.db")).write {
            try $0.execute(sql: "UPDATE camera_histories SET history = x'ff00'")
        }
        let farm = try store.loadAll()
        #expect(farm.cameraHistories.isEmpty && farm.printers == [printer])
        #expect(warnings.all.count == 1)
    }

    @Test("writing a row again replaces it")
    func upsert() throws {
        let store = try folder.open()
        try store.write(Sample.farm + [.client(Sample.client()), .token(Sample.token()), .event(Sample.event())])
        var account = Sample.account
        account.name = "renamed"
        var print = Sample.print()
        print.alertOverwrite = nil
        print.filename = "other"
        try store.write([.account(account), .print(print), .printer(Sample.printer())])
        let farm = try store.loadAll()
        #expect(farm.accounts == [account])
        #expect(farm.prints == [print])
        #expect(farm.printers == [Sample.printer()])
        // An upsert that deleted and inserted would have taken these along.
        #expect(farm.tokens.count == 1)
        #expect(farm.events.count == 1)
    }

    @Test("only open and recently ended prints, live tokens and the newest events are loaded")
    func loadIsBounded() throws {
        let store = try folder.open()
        var old = Sample.print(10)
        old.close(Print.End(at: noon - .seconds(1), result: .cancelled))
        var revoked = Sample.token(2)
        revoked.revokedAt = noon
        var expired = Sample.token(3)
        expired.expiresAt = noon
        try store.write(
            Sample.farm + [.print(old), .print(Sample.openPrint(11, startedAt: noon - .seconds(9_999_999)))])
        try store.write([.client(Sample.client()), .token(Sample.token()), .token(revoked), .token(expired)])
        try store.write((1...5).map { .event(Sample.event(EventID($0))) })
        try store.write((1...5).map { .prediction(Sample.prediction($0)) })
        let farm = try store.loadAll(events: 2, predictions: 3)
        #expect(farm.prints.map(\.id) == [9, 11])
        #expect(farm.tokens == [Sample.token()])
        #expect(farm.events.map(\.id) == [4, 5])
        #expect(farm.predictions.map(\.statistics.predictionNum) == [3, 4, 5])
    }

    @Test(
        "the alerts of an open print, and of the one whose picture is a printer's last, are read however old they are")
    func alertFrames() throws {
        let store = try folder.open()
        var other = Sample.event(2)
        other.kind = .ended
        try store.write(
            Sample.farm + [
                .framePicture(FrameKey(printID: 9, number: 4), jpeg: [1]), .print(Sample.openPrint(10)),
                .print(Sample.print(11)), .event(Sample.event(1)), .event(other),
            ])
        for (id, print) in [(3, 10), (4, 10), (5, 11)] as [(EventID, PrintID)] {
            var event = Sample.event(id)
            event.printID = print
            event.frame = id.rawValue * 10
            // An alert that was not raised is one for its pictures.
            if id == 4 { event.kind = .verdict }
            try store.write([.event(event)])
        }
        // Printer 5 was deleted in the sample: its last picture is nobody's snapshot.
        #expect(try store.loadAll(events: 1).alertFrames == [10: [30, 40]])
        var printer = Sample.printer()
        printer.deletedAt = nil
        try store.write([.printer(printer)])
        #expect(try store.loadAll(events: 1).alertFrames == [9: [4], 10: [30, 40]])
    }

    @Test("an id is never used again, whatever was removed and however often the program started")
    func idsAreNotReused() throws {
        var store: SQLiteStore? = try folder.open()
        try store?.write(Sample.farm + [.client(Sample.client()), .token(Sample.token()), .event(Sample.event())])
        try store?.write(Sample.deletion + [.removeToken(8), .removeClient(7)])
        store = nil
        let farm = try folder.open().loadAll()
        #expect(farm.prints.isEmpty && farm.clients.isEmpty && farm.tokens.isEmpty)
        #expect(farm.lastAccountID == 1)
        #expect(farm.lastPrinterID == 5)
        #expect(farm.lastPrintID == 9)
        #expect(farm.lastClientID == 7)
        #expect(farm.lastTokenID == 8)
        #expect(farm.lastEventID == 3)
    }

    @Test("deleting a print takes its predictions along, leaves its events without it, and a row for those who ask")
    func removePrint() throws {
        let store = try folder.open()
        try store.write(Sample.farm + [.prediction(Sample.prediction(1)), .event(Sample.event())])
        try store.write(Sample.deletion)
        #expect(try store.print(9)?.deletedAt != nil)
        var query = PrintQuery()
        #expect(try store.prints(query).isEmpty)
        query.includesDeleted = true
        #expect(try store.prints(query).map(\.id) == [9])
        #expect(try store.predictions(of: 9, after: 0, limit: 10).isEmpty)
        let farm = try store.loadAll()
        #expect(farm.events.map(\.printID) == [nil])
        #expect(farm.printers.map(\.currentPrintID) == [nil])
    }

    @Test("removing a client takes its tokens along and no others")
    func removeClient() throws {
        let store = try folder.open()
        try store.write([.account(Sample.account), .client(Sample.client()), .client(Sample.client(6))])
        try store.write([.token(Sample.token()), .token(Sample.token(9, client: 6))])
        try store.write([.removeClient(7)])
        #expect(try store.loadAll().tokens.map(\.id) == [9])
    }
}
