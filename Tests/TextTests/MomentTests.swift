import Foundation
import TestSupport
import Testing
import Text

@Suite("Moments as text", .timeLimit(.minutes(20)))
struct MomentTests {
    @Test(
        "a moment is written in UTC with six digits of the fraction",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1_795_438_996_501_618, "2026-11-23T13:03:16.501618Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
        ])
    func known(microseconds: Int64, text: String) {
        #expect(RFC3339.text(microseconds: microseconds) == text)
        #expect(RFC3339.microseconds(text) == microseconds)
    }

    @Test("a clock set wildly wrong is written too", arguments: [Int64.min, .max, -62_167_219_200_000_001])
    func wild(microseconds: Int64) {
        #expect(RFC3339.text(microseconds: microseconds).hasSuffix("Z"))
    }

    @Test("days from 1586 to 2369 have the dates of Foundation's calendar, which counts by Julius Caesar before")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for day in stride(from: -140_000, to: 146_097, by: 7) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let civil = CivilTime(microseconds: Int64(day) * 86_400_000_000)
            #expect([civil.year, civil.month, civil.day] == [parts.year, parts.month, parts.day])
            #expect(civil.microseconds == Int64(day) * 86_400_000_000)
        }
    }

    @Test("moments are read back as they were")
    func roundTrip() {
        var random = SplitMix(seed: 11)
        for _ in 0..<2000 {
            let moment = Int64.random(in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &random)
            #expect(RFC3339.microseconds(RFC3339.text(microseconds: moment)) == moment)
        }
    }

    @Test("fewer digits of a fraction, or none, are read; a leap second is the next minute's first")
    func shorter() {
        #expect(RFC3339.microseconds("1970-01-01T00:00:01Z") == 1_000_000)
        #expect(RFC3339.microseconds("1970-01-01T00:00:01.5Z") == 1_500_000)
        #expect(RFC3339.microseconds("2016-12-31T23:59:60Z") == RFC3339.microseconds("2017-01-01T00:00:00Z"))
    }

    @Test(
        "what is no moment is not read",
        arguments: [
            "", "2026-11-23", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z",
            "2026-11-31T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T13:60:00Z", "2026-11-23T13:03:61Z",
            "2026-11-23T13:03:16", "2026-11-23T13:03:16+01:00", "2026-11-23T13:03:16.Z", "2026-11-23T13:03:16.1234567Z",
            "2026/11/23T13:03:16Z", "2026-11-23 13:03:16Z", "x026-11-23T13:03:16Z", "２０２６-11-23T13:03:16Z",
        ])
    func notMoments(text: String) { #expect(RFC3339.microseconds(text) == nil) }
}
