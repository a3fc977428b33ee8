import Farm
import OAuth

/// The tokens that refreshes gave a moment ago, for a client that lost the answer and asks again. In memory only, for
/// seconds: nothing else of the farm keeps a token in clear.
struct RefreshRetries: Sendable {
    private struct Given {
        var accessToken: String
        var refreshToken: RefreshToken
        /// A time of the monotonic clock.
        var keptUntil: Duration
    }
    private var given: [TokenDigest: Given] = [:]

    /// Longer than a client may come again, as the refresh itself takes its time.
    static let keptFor = Duration.seconds(2 * TokenFamily.retrySeconds)

    /// How many pairs are kept.
    var count: Int { given.count }

    mutating func keep(_ accessToken: String, _ refreshToken: RefreshToken, now: Duration) {
        expire(now)
        given[refreshToken.digests.token] = Given(
            accessToken: accessToken, refreshToken: refreshToken, keptUntil: now + Self.keptFor)
    }

    /// - Parameter refresh: digest of the refresh token.
    func tokens(_ refresh: TokenDigest) -> (accessToken: String, refreshToken: RefreshToken)? {
        given[refresh].map { ($0.accessToken, $0.refreshToken) }
    }

    mutating func forget(_ refresh: TokenDigest) { given[refresh] = nil }

    mutating func expire(_ now: Duration) {
        guard !given.isEmpty else { return }
        given = given.filter { now < $0.value.keptUntil }
    }
}
