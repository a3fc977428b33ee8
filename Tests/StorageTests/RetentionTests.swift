import Farm
import Storage
import Testing

@Suite("What is kept for how long", .timeLimit(.minutes(20)))
struct RetentionTests {
    private let folder = TemporaryFolder()

    @Test("predictions of an old print are thinned to the first of each minute, those of an open one are not")
    func thinning() throws {
        let store = try folder.open()
        // Print 9 ended at noon + 7 s; one frame in ten seconds.
        let minute = Timestamp(microseconds: noon.microseconds / 60_000_000 * 60_000_000)
        func prediction(_ frame: Int64, of print: PrintID) -> FarmRow {
            var prediction = Sample.prediction(frame, of: print)
            prediction.createdAt = minute + .seconds(frame * 10)
            return .prediction(prediction)
        }
        try store.write(Sample.farm + [.print(Sample.openPrint(10))])
        try store.write((0..<14).map { prediction($0, of: 9) } + (0..<14).map { prediction($0, of: 10) })
        #expect(try store.printToThin(endedBefore: noon + .seconds(7)) == nil)
        #expect(try store.printToThin(endedBefore: noon + .seconds(8)) == 9)
        #expect(try store.thinPredictions(of: 9, from: 0, limit: 100) == nil)
        #expect(try store.frames(of: 9) == [0, 6, 12])
        #expect(try store.frames(of: 10).count == 14)
        #expect(try store.printToThin(endedBefore: noon + .seconds(8)) == nil)
    }

    @Test("thinned in pieces of any size, a print keeps the same predictions", arguments: [2, 3, 5, 6, 7, 13, 100])
    func pieces(limit: Int) throws {
        let store = try folder.open()
        let minute = Timestamp(microseconds: noon.microseconds / 60_000_000 * 60_000_000)
        try store.write(Sample.farm)
        try store.write(
            (0..<40 as Range<Int64>).map { frame in
                var prediction = Sample.prediction(frame)
                prediction.createdAt = minute + .seconds(frame * 7)
                return .prediction(prediction)
            })
        var frame: Int64? = 0
        var calls = 0
        while let from = frame {
            frame = try store.thinPredictions(of: 9, from: from, limit: limit)
            calls += 1
            try #require(calls < 200, "it goes on")
        }
        #expect(try store.frames(of: 9) == [0, 9, 18, 26, 35])
        #expect(try store.printToThin(endedBefore: noon + .seconds(8)) == nil)
    }

    @Test("a prediction whose picture is kept stays: its boxes belong to the picture")
    func withPicture() throws {
        let store = try folder.open()
        try store.write(Sample.farm + (1...5).map { .prediction(Sample.prediction($0)) })
        try store.write([.framePicture(FrameKey(printID: 9, number: 3), jpeg: [1])])
        #expect(try store.thinPredictions(of: 9, from: 0, limit: 100) == nil)
        #expect(try store.frames(of: 9) == [1, 3])
    }

    @Test("a thinned print that is changed later stays thinned")
    func stays() throws {
        let store = try folder.open()
        try store.write(Sample.farm)
        #expect(try store.thinPredictions(of: 9, from: 0, limit: 5) == nil)
        try store.write([.print(Sample.print())])
        #expect(try store.printToThin(endedBefore: noon + .seconds(8)) == nil)
    }

    @Test("the oldest predictions go when the database is too large, those of open prints last of all")
    func oldestPredictions() throws {
        let store = try folder.open()
        var later = Sample.print(11)
        later.close(Print.End(at: noon + .seconds(20), result: .cancelled))
        try store.write(Sample.farm + [.print(Sample.openPrint(4)), .print(later)])
        for print in [4, 9, 11] as [PrintID] {
            try store.write((1...3).map { .prediction(Sample.prediction($0, of: print)) })
        }
        let before = try store.databaseBytes()
        #expect(before > 0)
        #expect(try store.removeOldestPredictions(ofPrintsEndedBefore: noon + .seconds(10), limit: 2) == 2)
        #expect(try store.frames(of: 9) == [3])
        #expect(try store.removeOldestPredictions(ofPrintsEndedBefore: noon + .seconds(10), limit: 2) == 1)
        #expect(try store.removeOldestPredictions(ofPrintsEndedBefore: noon + .seconds(10), limit: 2) == 0)
        #expect(try store.frames(of: 4).count == 3)
        #expect(try store.frames(of: 11).count == 3)
        #expect(try store.databaseBytes() <= before)
    }

    @Test("old events go, oldest first and no more than asked")
    func events() throws {
        let store = try folder.open()
        try store.write(Sample.farm)
        try store.write(
            (Int64(1)...6).map { number in
                var event = Sample.event(EventID(number))
                event.createdAt = noon + .seconds(number)
                return .event(event)
            })
        let moment = noon + .seconds(5)
        #expect(try store.removeEvents(before: moment, sparingNewest: 0, limit: 3) == 3)
        #expect(try store.removeEvents(before: moment, sparingNewest: 0, limit: 3) == 1)
        #expect(try store.removeEvents(before: moment, sparingNewest: 0, limit: 3) == 0)
        #expect(try store.loadAll().events.map(\.id) == [5, 6])
        #expect(try store.removeEvents(before: noon + .seconds(99), sparingNewest: 1, limit: 3) == 1)
        #expect(try store.removeEvents(before: noon + .seconds(99), sparingNewest: 1, limit: 3) == 0)
        #expect(try store.loadAll().events.map(\.id) == [6])
    }

    @Test("events beyond a number go, oldest first")
    func eventCount() throws {
        let store = try folder.open()
        try store.write(Sample.farm + (1...6).map { .event(Sample.event(EventID($0))) })
        #expect(try store.removeEvents(sparingNewest: 2, limit: 3) == 3)
        #expect(try store.removeEvents(sparingNewest: 2, limit: 3) == 1)
        #expect(try store.removeEvents(sparingNewest: 2, limit: 3) == 0)
        #expect(try store.loadAll().events.map(\.id) == [5, 6])
    }

    @Test("ended tokens go, live ones stay")
    func tokens() throws {
        let store = try folder.open()
        var expired = Sample.token(1)
        expired.expiresAt = noon + .seconds(1)
        var revoked = Sample.token(2)
        revoked.revokedAt = noon + .seconds(1)
        try store.write([.account(Sample.account), .client(Sample.client()), .token(Sample.token(3))])
        try store.write([.token(expired), .token(revoked)])
        #expect(try store.removeTokens(endedBefore: noon + .seconds(1), sparingNewest: 0, limit: 10) == 0)
        #expect(try store.removeTokens(endedBefore: noon + .seconds(2), sparingNewest: 2, limit: 10) == 0)
        #expect(try store.removeTokens(endedBefore: noon + .seconds(2), sparingNewest: 1, limit: 10) == 1)
        #expect(try store.removeTokens(endedBefore: noon + .seconds(2), sparingNewest: 0, limit: 10) == 1)
        #expect(try store.loadAll(since: noon - .seconds(9)).tokens.map(\.id) == [3])
    }

    @Test("ended token families go once their access tokens are gone")
    func families() throws {
        let store = try folder.open()
        var expired = Sample.family(1)
        expired.expiresAt = noon + .seconds(1)
        var revoked = Sample.family(2)
        revoked.revokedAt = noon + .seconds(1)
        var token = Sample.token(9, family: 2)
        token.revokedAt = noon + .seconds(1)
        try store.write([.account(Sample.account), .client(Sample.client()), .tokenFamily(Sample.family(3))])
        try store.write([.tokenFamily(expired), .tokenFamily(revoked), .token(token)])
        #expect(try store.removeTokenFamilies(endedBefore: noon + .seconds(1), limit: 10) == 0)
        #expect(try store.removeTokenFamilies(endedBefore: noon + .seconds(2), limit: 10) == 1)
        #expect(try store.removeTokens(endedBefore: noon + .seconds(2), sparingNewest: 0, limit: 10) == 1)
        #expect(try store.removeTokenFamilies(endedBefore: noon + .seconds(2), limit: 10) == 1)
        let farm = try store.loadAll(since: noon - .seconds(9))
        #expect(farm.tokenFamilies.map(\.id) == [3])
        #expect(farm.lastTokenID == 9, "numbers of removed ones are not used again")
    }

    @Test("pictures are counted in bytes and named oldest print first")
    func pictures() throws {
        let store = try folder.open()
        #expect(try store.framePictureBytes() == 0)
        try store.write(Sample.farm + [.print(Sample.openPrint(10))])
        let keys = [
            FrameKey(printID: 9, number: 2), FrameKey(printID: 9, number: 10), FrameKey(printID: 10, number: 1),
        ]
        try store.write(keys.reversed().map { .framePicture($0, jpeg: [1, 2]) })
        #expect(try store.framePictureBytes() == 6)
        let kept = keys.map { KeptPicture(key: $0, bytes: 2) }
        #expect(try store.oldestFramePictures(after: nil, limit: 2) == Array(kept.prefix(2)))
        #expect(try store.oldestFramePictures(after: keys[1], limit: 2) == [kept[2]])
    }

    @Test("a printer's last picture is found again after a start, also when its newest print had no frame")
    func lastPicture() throws {
        let store = try folder.open()
        var old = Sample.print(9)
        old.close(Print.End(at: noon - .seconds(86_400), result: .cancelled))
        var printer = Sample.printer()
        printer.deletedAt = nil
        try store.write([.account(Sample.account), .printer(printer), .print(old), .print(Sample.openPrint(10))])
        #expect(try store.loadAll().lastPictures.isEmpty)
        let key = FrameKey(printID: 9, number: 7)
        try store.write([.framePicture(FrameKey(printID: 9, number: 2), jpeg: [1]), .framePicture(key, jpeg: [1])])
        #expect(try store.loadAll().lastPictures == [5: key])
    }
}

extension SQLiteStore {
    fileprivate func frames(of print: PrintID) throws -> [Int64] {
        try predictions(of: print, after: -1, limit: 1000).map(\.statistics.predictionNum)
    }
}
