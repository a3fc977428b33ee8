internal import AsyncHTTPClient
internal import Farm
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Carries messages to the receiver, one at a time.
protocol WebhookTransport: Sendable {
    func post(_ body: [UInt8], headers: [(name: String, value: String)]) async -> DeliveryOutcome
    func close() async
}

/// Over HTTP/1.1, on a connection that is kept between messages. Redirects are not followed: a signed body goes to the
/// configured address or nowhere.
final class HTTPTransport: WebhookTransport {
    private let url: String
    private let deadline: Duration
    private let client: HTTPClient
    private let now: @Sendable () -> Timestamp

    /// - Parameter deadline: from the connection to the end of the answer.
    init(_ target: WebhookTarget, deadline: Duration, now: @escaping @Sendable () -> Timestamp) {
        url = target.url
        self.deadline = deadline
        self.now = now
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(5))
        configuration.tlsConfiguration = Self.tls
        // Long enough for the notices of a busy hour, short enough not to meet a connection that is half gone.
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Whether to try again, and when, is decided by the queue.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// TLS 1.2 and newer; of TLS 1.2, what has forward secrecy and authenticated encryption (RFC 9325 §4.2).
    static var tls: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = "ECDH+AESGCM:ECDH+CHACHA20"
        return configuration
    }

    func close() async {
        // Only a second close fails, and that has nothing left to end.
        try? await client.shutdown()
    }

    func post(_ body: [UInt8], headers: [(name: String, value: String)]) async -> DeliveryOutcome {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        let end = ContinuousClock.now + deadline
        do {
            let response = try await client.execute(request, timeout: TimeAmount(deadline))
            let retryAfter = response.headers.first(name: "retry-after").flatMap { RetryAfter.seconds($0, now: now()) }
            await readToItsEnd(response.body, until: end)
            return .answered(status: Int(response.status.code), retryAfterSeconds: retryAfter)
        } catch {
            return DeliveryOutcome(error, within: deadline)
        }
    }

    /// The answer's text is of no use; a short one is read so that the connection can be used again, and how that ends
    /// does not change what the status says. The client's own timeout ends with the answer's head.
    private func readToItsEnd(_ body: HTTPClientResponse.Body, until end: ContinuousClock.Instant) async {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { _ = try? await body.collect(upTo: 65_536) }
            // Cancelled when the text has come first.
            tasks.addTask { try? await Task.sleep(until: end, clock: .continuous) }
            await tasks.next()
            tasks.cancelAll()
        }
    }
}

extension DeliveryOutcome {
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
        default:
            self = .unanswered(reason: "\(type(of: error))")
        }
    }
}
