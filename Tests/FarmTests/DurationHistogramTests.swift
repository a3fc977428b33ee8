import Farm
import Testing

@Suite("Durations in buckets", .timeLimit(.minutes(20)))
struct DurationHistogramTests {
    @Test("a bound belongs to its own bucket, and what is longer than all has a bucket too")
    func bounds() {
        var histogram = DurationHistogram()
        for duration in [Duration.zero, .milliseconds(1), .microseconds(1001), .seconds(30), .seconds(31)] {
            histogram.record(duration)
        }
        #expect(histogram.counts.first == 2)
        #expect(histogram.counts[1] == 1)
        #expect(histogram.counts.suffix(2) == [1, 1])
        #expect(histogram.count == 5)
        #expect(abs(histogram.sum - 61.002001) < 1e-9)
    }
}
