import Farm
import Synchronization
import Wire

/// One JPEG from an address: a snapshot, or the first whole picture of a stream. The connection is closed before it returns.
struct PictureFetch: Sendable {
    static let sizeLimit = 8 << 20
    let address: WebAddress
    let credentials: LinkCredentials
    let fingerprint: CertificateFingerprint?
    let rule: AddressRule
    /// For the connection alone.
    let connectTimeout: Duration
    /// For the whole of it.
    let timeout: Duration

    private enum Outcome: Sendable {
        case picture(CameraPicture)
        case challenge([String])
        case moved(String)
        case fault(LinkFault)
    }

    func picture(at now: @escaping @Sendable () -> Timestamp) async throws(LinkFault) -> CameraPicture {
        var authorization = Authorization(WireCredentials(credentials))
        var target = address.target
        var hops = 0, challenges = 0
        let end = ContinuousClock.now + timeout
        while true {
            let opening = authorization.opening(
                method: "GET", target: target, now: .now,
                clientNonce: String(UInt64.random(in: .min ... .max), radix: 36))
            switch try await once(HTTPRequest(.get, target, headers: opening.headers), until: end, at: now) {
            case .picture(let picture): return picture
            case .fault(let fault): throw fault
            case .challenge(let values):
                challenges += 1
                guard challenges <= 3, authorization.challenged(by: values, after: opening, now: .now) == .again else {
                    throw .wrongCredentials
                }
            case .moved(let location):
                hops += 1
                guard hops <= 3 else { throw .badAnswer("it redirects again and again") }
                guard let next = Redirect.target(location, from: address) else {
                    throw .otherServer("it redirects to another address")
                }
                target = next
            }
        }
    }

    private func once(
        _ request: HTTPRequest, until end: ContinuousClock.Instant, at now: @escaping @Sendable () -> Timestamp
    ) async throws(LinkFault) -> Outcome {
        let rest = end - .now
        guard rest > .zero else { throw .noAnswer(seconds: seconds) }
        let taker = PictureTaker(now: now)
        let route = Route(
            to: Endpoint(host: address.host, port: address.port, isSecure: address.scheme == .https),
            tls: PinnedTLS(approved: fingerprint?.bytes), rule: rule, connectTimeout: connectTimeout)
        let failure = await withTaskGroup(of: WireError?.self) { group in
            group.addTask {
                do throws(WireError) {
                    try await HTTPStream.read(request, by: route, silence: rest) { taker.take($0) }
                    return nil
                } catch { return error }
            }
            group.addTask {
                // Cancelled when the picture has come first.
                try? await Task.sleep(for: rest)
                return .timedOut(timeout)
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let failure {
            if case .timedOut = failure { throw .noAnswer(seconds: seconds) }
            throw LinkFault(failure, approved: fingerprint)
        }
        switch taker.result {
        case .picture(let picture): return .picture(picture)
        case .challenge(let values): return .challenge(values)
        case .moved(let location): return .moved(location)
        case .fault(let fault): return .fault(fault)
        }
    }

    private var seconds: Int { max(1, Int(timeout.components.seconds)) }
}

/// The parts of one answer, until it is known what it is.
private final class PictureTaker: Sendable {
    enum Result {
        case picture(CameraPicture)
        case challenge([String])
        case moved(String)
        case fault(LinkFault)
    }
    private struct State {
        var status = 0
        var lastModified: String?
        var splitter: MJPEGSplitter?
        var body: [UInt8] = []
        var result: Result?
    }
    private let state = Mutex(State())
    private let now: @Sendable () -> Timestamp

    init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    /// - Returns: whether more is wanted.
    func take(_ part: HTTPStream.Part) -> Bool {
        state.withLock { state in
            switch part {
            case .head(let status, let headers):
                state.status = status
                func values(_ name: String) -> [String] {
                    headers.filter { $0.name.lowercased() == name }.map(\.value)
                }
                switch status {
                case 200:
                    state.lastModified = values("last-modified").first
                    state.splitter = values("content-type").first.flatMap { MJPEGSplitter(contentType: $0) }
                case 401: state.result = .challenge(values("www-authenticate"))
                case 301, 302, 303, 307, 308:
                    state.result = values("location").first.map { .moved($0) } ?? .fault(.refused(status: status, ""))
                case 204: state.result = .fault(.noPicture("the camera has taken none yet"))
                case 403: state.result = .fault(.wrongCredentials)
                default: state.result = .fault(.refused(status: status, "The camera answered with status \(status)."))
                }
            case .body(let bytes): take(bytes, &state)
            }
            return state.result == nil
        }
    }

    private func take(_ bytes: [UInt8], _ state: inout State) {
        guard state.splitter != nil else {
            guard state.body.count + bytes.count <= PictureFetch.sizeLimit else {
                state.result = .fault(.tooLarge(limit: PictureFetch.sizeLimit))
                return
            }
            state.body += bytes
            return
        }
        do throws(WireError) {
            guard let picture = try state.splitter?.consume(bytes).first else { return }
            state.result = .picture(CameraPicture(jpeg: picture, at: now(), lastModified: nil))
        } catch {
            state.result = .fault(LinkFault(error))
        }
    }

    /// After the end of the answer.
    var result: Result {
        state.withLock { state in
            if let result = state.result { return result }
            guard state.splitter == nil else { return .fault(.noPicture("the stream ended before a whole picture")) }
            guard let picture = JPEGEnd.wholePicture(state.body) else {
                return .fault(
                    .noPicture(state.body.isEmpty ? "the camera's answer is empty" : "what came is no whole JPEG"))
            }
            return .picture(CameraPicture(jpeg: picture, at: now(), lastModified: state.lastModified))
        }
    }
}
