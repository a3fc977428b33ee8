internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import Wire

/// HTTP to one farm: requests, deadlines, and what is made of a connection that breaks. What an answer means is for the client
/// that asked.
struct FarmConnection: Sendable {
    enum Method: String { case get = "GET", post = "POST", patch = "PATCH", delete = "DELETE" }

    /// One request.
    struct Call: Sendable, CustomStringConvertible {
        var method = Method.get
        var path: String
        var headers: [(name: String, value: String)] = []
        var body: HTTPClientRequest.Body?

        /// For messages: `GET /api/v1/version/`.
        var description: String { "\(method.rawValue) \(path)" }

        init(_ path: String) { self.path = path }

        /// - Parameter type: the media type of the body.
        init(_ method: Method, _ path: String, _ body: [UInt8]?, type: String = "application/json") {
            self.path = path
            self.method = method
            guard let body else { return }
            self.body = .bytes(body)
            headers.append(("content-type", type))
        }
    }

    /// No answer is that long; unit: bytes. A printer takes up to four kilobytes of the list.
    static let answerLimit = 256 << 20

    private let base: String
    private let client: HTTPClient
    private let broken: @Sendable (any Error) -> any Error

    /// - Parameters:
    ///   - base: `https://farm.example.org`, without a trailing slash; for a socket `http+unix://` and its encoded path.
    ///   - connectWithin: after which an address counts as one where nobody answers.
    ///   - silentFor: after which a connection on which nothing comes counts as dead.
    ///   - broken: the client's own error for a connection that could not be made or broke.
    init(
        base: String, connectWithin: Duration = .seconds(5), silentFor: Duration,
        broken: @escaping @Sendable (any Error) -> any Error
    ) {
        self.base = base
        self.broken = broken
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: TimeAmount(connectWithin), read: TimeAmount(silentFor))
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.allowOnlyForwardSecrecy()
        configuration.tlsConfiguration = tls
        // A secret and tokens go to the address that was named, and to no other.
        configuration.redirectConfiguration = .disallow
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends every connection. None can be made afterwards.
    func close() async {
        // Only a second close fails, and that has nothing left to end.
        try? await client.shutdown()
    }

    /// - Parameter deadline: of the whole answer.
    func send(_ call: Call, within deadline: Duration) async throws -> Answer {
        var request = HTTPClientRequest(url: base + call.path)
        request.method = HTTPMethod(rawValue: call.method.rawValue)
        for header in call.headers { request.headers.add(name: header.name, value: header.value) }
        request.body = call.body
        do {
            let end = ContinuousClock.now + deadline
            let response = try await client.execute(request, timeout: TimeAmount(deadline))
            return Answer(response: response, end: end, broken: broken)
        } catch {
            throw explained(error, broken)
        }
    }

    /// The head of an answer, and its body as it comes. A connection may break at any moment until the last byte: that, too, is a
    /// farm that is not there.
    struct Answer: Sendable {
        fileprivate let response: HTTPClientResponse
        /// The library's own deadline ends with the head.
        fileprivate let end: ContinuousClock.Instant
        fileprivate let broken: @Sendable (any Error) -> any Error

        var status: Int { Int(response.status.code) }
        var isSuccess: Bool { (200..<300).contains(status) }

        func header(_ name: String) -> String? { response.headers.first(name: name) }

        /// The whole body; one that is longer, or not there at the deadline, counts as a broken connection. Unit of the limit:
        /// bytes.
        func bytes(atMost limit: Int = FarmConnection.answerLimit) async throws -> [UInt8] {
            do {
                let body = response.body
                let bytes = try await withDeadline(end) {
                    Array(try await body.collect(upTo: limit).readableBytesView)
                }
                guard let bytes else { throw AnswerFault.late }
                return bytes
            } catch is NIOTooManyBytesError {
                throw broken(AnswerFault.tooLong)
            } catch {
                throw explained(error, broken)
            }
        }

        /// - Parameter limit: of all pieces together, unit: bytes; nil for a stream that goes on.
        func pieces(atMost limit: Int? = nil) -> Pieces {
            Pieces(parts: response.body.makeAsyncIterator(), end: end, left: limit ?? .max, broken: broken)
        }
    }

    /// The body of an answer in the pieces in which it comes.
    struct Pieces {
        fileprivate var parts: HTTPClientResponse.Body.AsyncIterator
        fileprivate let end: ContinuousClock.Instant
        fileprivate var left: Int
        fileprivate let broken: @Sendable (any Error) -> any Error

        /// Nil at the end. An answer that only drips is ended by the first piece after its deadline.
        mutating func next() async throws -> [UInt8]? {
            do {
                guard let part = try await parts.next() else { return nil }
                left -= part.readableBytes
                guard left >= 0 else { throw AnswerFault.tooLong }
                guard ContinuousClock.now < end else { throw AnswerFault.late }
                return Array(part.readableBytesView)
            } catch {
                throw explained(error, broken)
            }
        }
    }
}

/// What is wrong with an answer whose head was well; ends a sentence.
enum AnswerFault: Error, CustomStringConvertible {
    case late, tooLong

    var description: String {
        switch self {
        case .late: "its answer was not whole in time"
        case .tooLong: "its answer is longer than any of a farm"
        }
    }
}

/// A task that was cancelled ends as such.
private func explained(_ error: any Error, _ broken: @Sendable (any Error) -> any Error) -> any Error {
    error is CancellationError ? error : broken(error)
}
