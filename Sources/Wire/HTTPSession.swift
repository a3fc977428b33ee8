internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Requests to one server: one connection, one request at a time, in the order in which they were asked for.
///
/// Two things decided against a general client. A pin replaces verification here for every certificate, whoever issued it,
/// and the address that was checked is the one that is dialled. And each machine has its own connection: one that hangs
/// holds nobody else's place in a pool.
public actor HTTPSession {
    /// How a server wants to be treated.
    public struct Manners: Sendable {
        /// A kept connection is closed after this; `.zero` keeps none.
        public var idle: Duration
        /// Bytes of an answer's body.
        public var bodyLimit: Int

        public init(idle: Duration = .seconds(15), bodyLimit: Int = 8 << 20) {
            self.idle = idle
            self.bodyLimit = bodyLimit
        }
    }

    private struct Kept {
        var channel: any Channel
        var since: ContinuousClock.Instant
    }

    private let route: Route
    private let manners: Manners
    private var kept: Kept?
    private var expiry: Task<Void, Never>?
    /// The request before; the next one waits for it.
    private var last: Task<Void, Never>?
    private var isClosed = false

    public init(_ route: Route, manners: Manners = Manners()) {
        self.route = route
        self.manners = manners
    }

    /// Sends a request and waits for its whole answer.
    /// - Parameter timeout: for waiting its turn, the connection and the answer together.
    /// - Throws: `WireError`; `.notSent` when nothing of the request has left.
    public func send(_ request: HTTPRequest, timeout: Duration) async throws(WireError) -> HTTPAnswer {
        let end = ContinuousClock.now + timeout
        let before = last
        let work = Task<Result<HTTPAnswer, WireError>, Never> {
            await before?.value
            return await self.perform(request, timeout: timeout, until: end)
        }
        last = Task { _ = await work.value }
        return try await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }.get()
    }

    /// Ends the kept connection; requests after it make a new one.
    public func drop() async {
        expiry?.cancel()
        guard let channel = kept?.channel else { return }
        kept = nil
        // It fails only when it is closed already.
        try? await channel.close()
    }

    private func perform(
        _ request: HTTPRequest, timeout: Duration, until end: ContinuousClock.Instant
    ) async
        -> Result<HTTPAnswer, WireError>
    {
        if Task.isCancelled { return .failure(.notSent) }
        if let channel = await takeKept(for: request) {
            switch await exchange(request, on: channel, timeout: timeout, until: end) {
            // The server closed the idle connection as we began to use it: that says nothing about the request.
            case .failure(.closed) where request.method.isSafeToRepeat && !Task.isCancelled: break
            case let result: return result
            }
        }
        guard end > .now, !Task.isCancelled else { return .failure(.notSent) }
        let channel: any Channel
        do {
            channel = try await connect()
        } catch {
            return .failure(WireError.connecting(error, within: route.connectTimeout))
        }
        return await exchange(request, on: channel, timeout: timeout, until: end)
    }

    /// A command goes on a connection of its own: on a kept one it could be lost without anybody knowing.
    private func takeKept(for request: HTTPRequest) async -> (any Channel)? {
        expiry?.cancel()
        guard let found = kept else { return nil }
        kept = nil
        let isFresh = found.since + manners.idle > .now
        if request.method.isSafeToRepeat, isFresh, found.channel.isActive { return found.channel }
        // It fails only when it is closed already.
        try? await found.channel.close()
        return nil
    }

    private func connect() async throws -> any Channel {
        try await route.dial { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
                try channel.pipeline.syncOperations.addHandler(HTTPExchange())
                return channel
            }
        }
    }

    private func exchange(
        _ request: HTTPRequest, on channel: any Channel, timeout: Duration, until end: ContinuousClock.Instant
    ) async -> Result<HTTPAnswer, WireError> {
        let answered = channel.eventLoop.makePromise(of: ExchangeEnd.self)
        let clock = channel.eventLoop.scheduleTask(in: TimeAmount(end - .now)) {
            answered.fail(WireError.timedOut(timeout))
            channel.close(promise: nil)
        }
        defer { clock.cancel() }
        let head = request.head(for: route.endpoint, keepsAlive: manners.idle > .zero)
        let limit = manners.bodyLimit
        do {
            let done = try await withTaskCancellationHandler {
                let sent = channel.write(ExchangePart.begin(head, bodyLimit: limit, answered))
                // On a connection that has ended the handler is gone, and nobody else would keep the promise.
                sent.whenFailure { answered.fail(WireError.talking($0, within: timeout)) }
                if case .file(let file) = request.body {
                    try await send(file, on: channel, until: answered.futureResult)
                } else if case .bytes(let bytes) = request.body {
                    channel.write(ExchangePart.body(ByteBuffer(bytes: bytes)), promise: nil)
                }
                channel.writeAndFlush(ExchangePart.end, promise: nil)
                return try await answered.futureResult.get()
            } onCancel: {
                answered.fail(WireError.closed)
                channel.close(promise: nil)
            }
            keep(channel, if: done.isReusable)
            return .success(done.answer)
        } catch {
            channel.close(promise: nil)
            return .failure(WireError.talking(error, within: timeout))
        }
    }

    private func keep(_ channel: any Channel, if isReusable: Bool) {
        guard isReusable, manners.idle > .zero else { return channel.close(promise: nil) }
        kept = Kept(channel: channel, since: .now)
        let idle = manners.idle
        expiry?.cancel()
        expiry = Task {
            try? await Task.sleep(for: idle)
            if !Task.isCancelled { await drop() }
        }
    }

    /// Sends a file piece by piece, each after the one before it was taken; stops when the answer has come before its end.
    private func send(
        _ file: FileBody, on channel: any Channel, until answer: EventLoopFuture<ExchangeEnd>
    ) async throws {
        let reader = try FileReader(file.path)
        let answered = FutureFlag()
        answer.whenComplete { _ in answered.raise() }
        channel.write(ExchangePart.body(ByteBuffer(bytes: file.prefix)), promise: nil)
        var sent: Int64 = 0
        while sent < file.size {
            guard !answered.isRaised else { return }
            let wanted = Int(min(file.size - sent, 64 << 10))
            let piece = try await NIOThreadPool.singleton.runIfActive { try reader.read(wanted) }
            guard !piece.isEmpty else { throw WireError.unreadableFile("it became shorter") }
            try await channel.writeAndFlush(ExchangePart.body(ByteBuffer(bytes: piece)))
            sent += Int64(piece.count)
            file.progress(sent)
        }
        channel.write(ExchangePart.body(ByteBuffer(bytes: file.suffix)), promise: nil)
    }
}

extension HTTPRequest {
    func head(for endpoint: Endpoint, keepsAlive: Bool) -> HTTPRequestHead {
        var fields = HTTPHeaders()
        fields.add(name: "Host", value: endpoint.authority)
        for header in headers { fields.add(name: header.name, value: header.value) }
        switch body {
        case .bytes(let bytes): fields.replaceOrAdd(name: "Content-Length", value: String(bytes.count))
        case .file(let file): fields.replaceOrAdd(name: "Content-Length", value: String(file.length))
        case .none:
            if method == .post || method == .put { fields.replaceOrAdd(name: "Content-Length", value: "0") }
        }
        if !keepsAlive { fields.replaceOrAdd(name: "Connection", value: "close") }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: method.rawValue), uri: target, headers: fields)
    }
}
