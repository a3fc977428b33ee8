/// How patient the delivery is.
struct DeliveryPolicy: Equatable, Sendable {
    /// Before the second try; doubles with each further one.
    var firstDelay = Duration.seconds(1)
    var longestDelay = Duration.seconds(600)
    /// A message that is older is no longer news.
    var giveUpAfter = Duration.seconds(86_400)
    /// Messages kept; beyond that the oldest go.
    var capacity = 10_000
    /// A message that the receiver has refused so often no longer holds up the later ones of its line.
    var refusalsBeforeStandingAside: Int64 = 5

    /// The wait before the next try: between half and all of `firstDelay` · 2^(failures − 1), so that many senders do not
    /// come back at the same moment.
    /// - Parameters:
    ///   - failures: 1 or more.
    ///   - jitter: 0..<1.
    func delay(afterFailures failures: Int64, jitter: Double) -> Duration {
        let doublings = min(max(0, failures - 1), 30)
        let whole = min(firstDelay * Double(1 << doublings), longestDelay)
        return whole * (0.5 + min(max(jitter, 0), 1) / 2)
    }
}
