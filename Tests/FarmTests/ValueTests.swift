import Farm
import Testing

@Suite("Timestamps", .timeLimit(.minutes(20)))
struct TimestampTests {
    @Test(
        "are written as RFC 3339 in UTC with six fraction digits",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000000Z"),
            (1_795_439_396_501_618, "2026-11-23T13:09:56.501618Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
        ])
    func description(microseconds: Int64, expected: String) {
        #expect(Timestamp(microseconds: microseconds).description == expected)
    }

    @Test("a duration added and taken away again gives the same moment")
    func arithmetic() {
        let moment = Timestamp(secondsSince1970: 1_800_000_000.25)
        #expect((moment + .milliseconds(1500)) - .milliseconds(1500) == moment)
        #expect((moment + .seconds(90)).seconds(since: moment) == 90)
    }
}

@Suite("Ids in paths", .timeLimit(.minutes(20)))
struct IdentifierTests {
    @Test("1 to 19 digits that fit in 63 bits", arguments: ["1", "0055", "9223372036854775807"])
    func accepted(text: String) { #expect(PrinterID(pathSegment: text) != nil) }

    @Test(
        "anything else is no id",
        arguments: ["", "0", "-1", "+1", "1.0", "1e3", " 1", "9223372036854775808", "00000000000000000001", "١", "x"])
    func refused(text: String) { #expect(PrinterID(pathSegment: text) == nil) }
}

@Suite("Scopes", .timeLimit(.minutes(20)))
struct ScopeTests {
    @Test("are a list of words, read first")
    func words() {
        #expect(Scope("write read")?.description == "read write")
        #expect(Scope("read read") == .read)
        #expect(Scope("") == [])
        #expect(Scope("admin") == nil)
        #expect(Scope("Read") == nil)
    }
}

@Suite("Prints", .timeLimit(.minutes(20)))
struct PrintValueTests {
    let moment = Timestamp(secondsSince1970: 1_800_000_000)

    private var print: Print { Print(id: 1, printerID: 1, accountID: 1, filename: "a", startedAt: moment) }

    @Test("a pause that is missed after an answer stands, also where the clock was set back in between")
    func missedPause() {
        var print = print
        print.missPause(at: moment)
        #expect(print.hasStandingPause && print.pauseNotConfirmedAt == moment)
        print.alertAcknowledgedAt = moment + .seconds(5)
        #expect(!print.hasStandingPause)
        print.missPause(at: moment - .seconds(3600))
        #expect(print.hasStandingPause)
    }

    @Test("the end of a print ends its alert and its request, and needs a verdict where nobody gave one")
    func end() {
        var print = print
        print.alertedAt = moment
        print.alertState = .standing
        print.pauseRequestedAt = moment
        print.pauseNotConfirmedAt = moment
        print.close(Print.End(at: moment + .seconds(5), result: .success))
        #expect(print.alertState == .none && !print.awaitsPause && print.pauseNotConfirmedAt == nil)
        #expect(print.needsVerdict)
        print.close(Print.End(at: moment, result: .failed, failureReason: "warping"))
        #expect(!print.needsVerdict, "that it failed is a verdict")
    }

    @Test(
        "on Obico's fields a failed print is cancelled, a replaced one and one that ended unseen are finished",
        arguments: [
            (PrintResult.success, false), (.cancelled, true), (.failed, true), (.replaced, false), (.unknown, false),
        ])
    func obicosFields(result: PrintResult, isCancelled: Bool) {
        var print = print
        #expect(print.isOpen && print.result == nil)
        print.close(Print.End(at: moment, result: result))
        #expect(!print.isOpen && print.result == result && print.endedAt == moment)
        #expect((print.cancelledAt == moment) == isCancelled)
        #expect((print.finishedAt == moment) == !isCancelled)
    }

    @Test("p_sum is the sum of the confidences in reported order")
    func pSum() {
        let box = BoundingBox(x: 0, y: 0, width: 1, height: 1)
        let detections = [0.9, 0.5, 0.1].map { Detection(confidence: $0, box: box) }
        #expect(detections.pSum == 0.9 + 0.5 + 0.1)
        #expect([Detection]().pSum == 0)
    }
}
