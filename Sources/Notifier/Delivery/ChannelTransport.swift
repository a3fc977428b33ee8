internal import AsyncHTTPClient
internal import Farm
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import Wire

/// Carries out what a channel wants done.
protocol ChannelTransport: Sendable {
    /// - Returns: what came back, or why nothing did.
    func perform(_ call: ChannelCall) async -> Result<ChannelAnswer, ChannelFailure>
    func close() async
}

/// No answer of a service. Its text holds no secret.
struct ChannelFailure: Error, Equatable, Sendable {
    var outcome: DeliveryOutcome
}

/// HTTP/1.1 on a connection that is kept between messages, and programs of this machine. Redirects are not followed: a message goes
/// to the configured address or nowhere.
final class LiveTransport: ChannelTransport {
    private let userAgent: String
    private let deadline: Duration
    private let now: @Sendable () -> Timestamp
    /// Where files for programs lie for a moment.
    private let folder: String
    private let client: HTTPClient

    /// - Parameter deadline: of a request, from the connection to the end of the answer.
    init(userAgent: String, deadline: Duration, folder: String, now: @escaping @Sendable () -> Timestamp) {
        self.userAgent = userAgent
        self.deadline = deadline
        self.folder = folder
        self.now = now
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(5))
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.allowOnlyForwardSecrecy()
        configuration.tlsConfiguration = tls
        // Long enough for the messages of a busy hour, short enough not to meet a connection that is half gone.
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Whether to try again, and when, is decided by the queue.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async {
        // Only a second close fails, and that has nothing left to end.
        try? await client.shutdown()
    }

    func perform(_ call: ChannelCall) async -> Result<ChannelAnswer, ChannelFailure> {
        switch call {
        case .http(let call): await perform(call, within: deadline)
        case .program(let call): await perform(call)
        }
    }

    // MARK: HTTP

    func perform(_ call: HTTPCall, within deadline: Duration) async -> Result<ChannelAnswer, ChannelFailure> {
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method)
        for header in call.headers { request.headers.add(name: header.name, value: header.value) }
        request.headers.add(name: "User-Agent", value: userAgent)
        request.body = .bytes(ByteBuffer(bytes: call.body))
        let end = ContinuousClock.now + deadline
        do {
            let response = try await client.execute(request, timeout: TimeAmount(deadline))
            let wait = response.headers.first(name: "retry-after").flatMap { RetryAfter.seconds($0, now: now()) }
            let body = await text(of: response.body, until: end)
            return .success(.http(status: Int(response.status.code), retryAfterSeconds: wait, body: body))
        } catch {
            return .failure(ChannelFailure(outcome: DeliveryOutcome(error, within: deadline)))
        }
    }

    /// Twenty taps on Telegram's buttons come with the messages under which they are.
    private static let longestAnswer = 1 << 20

    /// The first `longestAnswer` bytes; none where they do not come in time. The client's own timeout ends with the answer's head.
    private func text(of body: HTTPClientResponse.Body, until end: ContinuousClock.Instant) async -> [UInt8] {
        let text = try? await withDeadline(end) {
            var bytes: [UInt8] = []
            do {
                for try await chunk in body {
                    bytes += Array(chunk.readableBytesView.prefix(Self.longestAnswer - bytes.count))
                    if bytes.count >= Self.longestAnswer { break }
                }
            } catch {
                // How an answer's text ends does not change what its status says.
                return bytes
            }
            return bytes
        }
        return text ?? []
    }

    // MARK: Programs

    private func perform(_ call: ProgramCall) async -> Result<ChannelAnswer, ChannelFailure> {
        var call = call
        let files: ProgramFiles
        do {
            files = try ProgramFiles(call.files, in: folder)
        } catch {
            return .failure(ChannelFailure(outcome: .unreachable(reason: "no room for a file beside the program")))
        }
        defer { files.remove() }
        for (file, path) in zip(call.files, files.paths) {
            call.environment = call.environment.map {
                $0.hasSuffix("=\(file.mark)") ? $0.dropLast(file.mark.count) + path : $0
            }
            if file.isNamedInInput {
                call.input = Array(String(decoding: call.input, as: UTF8.self).replacing(file.mark, with: path).utf8)
            }
        }
        let run = ProgramRun(call.argv, environment: call.environment, input: call.input, timeout: call.timeout)
        do throws(ProgramRun.Failure) {
            let result = try await run.result()
            return .success(.program(exitCode: result.exitCode, output: result.output, errors: result.errors))
        } catch {
            switch error {
            case .notStarted(let words):
                let name = call.argv.first ?? ""
                let remedy = name == "curl" ? " Install it: apt-get install curl." : ""
                return .failure(
                    ChannelFailure(outcome: .unreachable(reason: "\(name) cannot be started: \(words).\(remedy)")))
            case .timedOut:
                return .failure(
                    ChannelFailure(
                        outcome: .unanswered(reason: "it had not ended after \(call.timeout.components.seconds) s")))
            case .tooLong(let limit):
                return .failure(ChannelFailure(outcome: .unanswered(reason: "it wrote more than \(limit) bytes")))
            case .cancelled: return .failure(ChannelFailure(outcome: .unanswered(reason: "it was stopped")))
            }
        }
    }
}

/// Files that a program reads, in a folder of their own that only this user may enter.
private struct ProgramFiles {
    private let folder: String?
    let paths: [String]

    init(_ files: [ProgramCall.File], in parent: String) throws {
        guard !files.isEmpty else {
            folder = nil
            paths = []
            return
        }
        let folder = "\(parent)/farmtop-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        self.folder = folder
        paths = files.map { "\(folder)/\($0.name)" }
        for (file, path) in zip(files, paths) {
            do {
                try Data(file.bytes).write(to: URL(filePath: path))
            } catch {
                remove()
                throw error
            }
        }
    }

    func remove() {
        // What a crash leaves behind lies in the folder for temporary files, which the system empties.
        if let folder { try? FileManager.default.removeItem(atPath: folder) }
    }
}
