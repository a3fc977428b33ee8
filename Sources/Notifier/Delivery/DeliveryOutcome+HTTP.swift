internal import AsyncHTTPClient
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

extension DeliveryOutcome {
    /// By the status of an answer. What a change of the receiver or of the configuration would mend (credentials, a missing page,
    /// a redirect) is tried again, as is what the receiver says will pass.
    /// - Parameters:
    ///   - words: the service's own; empty where it has none.
    ///   - setting: where the address stands.
    ///   - passing: of 4xx, those that another try may mend.
    init(
        status: Int, retryAfterSeconds: Int?, words: String = "", setting: String, passing: Set<Int>, isForAll: Bool
    ) {
        guard !(200..<300).contains(status) else {
            self = .accepted("\(status)")
            return
        }
        var complaint = "answered \(status)" + (words.isEmpty ? "" : ": \(words)")
        if (300..<400).contains(status) {
            complaint = "answered \(status): redirects are not followed; put the final address into \(setting)"
        }
        self = .declined(
            words: complaint, retryAfterSeconds: retryAfterSeconds,
            isFinal: (400..<500).contains(status) && !passing.contains(status), isForAll: isForAll)
    }

    /// What a failed request means. No text shows the address.
    init(_ error: any Error, within deadline: Duration) {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout: self = .unreachable(reason: "no connection within 5 s")
            case .deadlineExceeded, .readTimeout, .writeTimeout:
                self = .unanswered(reason: "no answer within \(deadline.components.seconds) s")
            case .remoteConnectionClosed: self = .unanswered(reason: "closed the connection without an answer")
            default: self = .unanswered(reason: error.shortDescription)
            }
        case is NIOConnectionError: self = .unreachable(reason: "no connection: refused, or no such host")
        case let error as IOError:
            let words = strerror(error.errnoCode).map { String(cString: $0) } ?? "error \(error.errnoCode)"
            self =
                error.errnoCode == ECONNRESET || error.errnoCode == EPIPE
                ? .unanswered(reason: "closed the connection too early")
                : .unreachable(reason: "no connection: \(words)")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self = .unreachable(reason: "no TLS connection: is its certificate valid for this host?")
        case is HTTPParserError:
            self = .unanswered(reason: "answered something that is not HTTP, or a header that is too long")
        default:
            self = .unanswered(reason: "the request failed (\(type(of: error)))")
        }
    }
}
