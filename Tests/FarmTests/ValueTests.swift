import Farm
import Testing

@Suite("Timestamps", .timeLimit(.minutes(10)))
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

@Suite("Ids in paths", .timeLimit(.minutes(10)))
struct IdentifierTests {
    @Test("1 to 19 digits that fit in 63 bits", arguments: ["1", "0055", "9223372036854775807"])
    func accepted(text: String) { #expect(PrinterID(pathSegment: text) != nil) }

    @Test(
        "anything else is no id",
        arguments: ["", "0", "-1", "+1", "1.0", "1e3", " 1", "9223372036854775808", "00000000000000000001", "١", "x"])
    func refused(text: String) { #expect(PrinterID(pathSegment: text) == nil) }
}

@Suite("Scopes", .timeLimit(.minutes(10)))
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

@Suite("Prints", .timeLimit(.minutes(10)))
struct PrintValueTests {
    let moment = Timestamp(secondsSince1970: 1_800_000_000)

    @Test("an alert stands until it is acknowledged, and again when it is repeated later")
    func standingAlert() {
        var print = Print(id: 1, printerID: 1, accountID: 1, filename: "a", startedAt: moment)
        #expect(!print.hasStandingAlert)
        print.alertedAt = moment
        #expect(print.hasStandingAlert)
        print.alertAcknowledgedAt = moment
        #expect(!print.hasStandingAlert)
        print.alertedAt = moment + .seconds(1)
        #expect(print.hasStandingAlert)
    }

    @Test("a print is open until it is finished or cancelled")
    func open() {
        var print = Print(id: 1, printerID: 1, accountID: 1, filename: "a", startedAt: moment)
        #expect(print.isOpen && print.result == nil)
        print.finishedAt = moment
        #expect(!print.isOpen && print.result == .success)
        print.finishedAt = nil
        print.cancelledAt = moment
        #expect(print.endedAt == moment && print.result == .cancelled)
    }

    @Test("p_sum is the sum of the confidences in reported order")
    func pSum() {
        let box = BoundingBox(x: 0, y: 0, width: 1, height: 1)
        let detections = [0.9, 0.5, 0.1].map { Detection(confidence: $0, box: box) }
        #expect(detections.pSum == 0.9 + 0.5 + 0.1)
        #expect([Detection]().pSum == 0)
    }
}
