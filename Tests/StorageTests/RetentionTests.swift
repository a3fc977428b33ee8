import Farm
import Storage
import Testing

@Suite("What is kept for how long")
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
        #expect(try store.thinPredictions(ofPrintsEndedBefore: noon + .seconds(7), limit: 5) == 0)
        #expect(try store.thinPredictions(ofPrintsEndedBefore: noon + .seconds(8), limit: 5) == 1)
        #expect(try store.predictions(of: 9, after: -1, limit: 100).map(\.statistics.predictionNum) == [0, 6, 12])
        #expect(try store.predictions(of: 10, after: -1, limit: 100).count == 14)
        #expect(try store.thinPredictions(ofPrintsEndedBefore: noon + .seconds(8), limit: 5) == 0)
    }

    @Test("a thinned print that is changed later stays thinned")
    func stays() throws {
        let store = try folder.open()
        try store.write(Sample.farm)
        #expect(try store.thinPredictions(ofPrintsEndedBefore: noon + .seconds(8), limit: 5) == 1)
        try store.write([.print(Sample.print())])
        #expect(try store.thinPredictions(ofPrintsEndedBefore: noon + .seconds(8), limit: 5) == 0)
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
        #expect(try store.removeEvents(before: noon + .seconds(5), limit: 3) == 3)
        #expect(try store.removeEvents(before: noon + .seconds(5), limit: 3) == 1)
        #expect(try store.removeEvents(before: noon + .seconds(5), limit: 3) == 0)
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
        #expect(try store.removeTokens(endedBefore: noon + .seconds(1), limit: 10) == 0)
        #expect(try store.removeTokens(endedBefore: noon + .seconds(2), limit: 10) == 2)
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
        #expect(try store.removeTokens(endedBefore: noon + .seconds(2), limit: 10) == 1)
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
        #expect(try store.oldestFramePictures(limit: 2) == Array(keys.prefix(2)))
    }
}
