internal import AsyncHTTPClient
public import Farm
import Glibc
internal import NIOCore
import Synchronization
internal import Text

extension ControlClient {
    public func upload(_ file: FileToUpload, to printer: PrinterID) -> AsyncThrowingStream<UploadStep, any Error> {
        // The newest of the steps that nobody has read yet is enough.
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                do {
                    try await send(file, to: printer) { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func send(
        _ file: FileToUpload, to printer: PrinterID, _ tell: @escaping @Sendable (UploadStep) -> Void
    ) async throws {
        let pieces = try FilePieces(file.localPath)
        let size = pieces.size
        let path =
            "/control/uploads/\(printer)/?name=\(PercentEncoding.component(file.name))&start=\(file.start ? 1 : 0)"
            + (file.requireClear ? "&require_clear=1" : "")
        var call = FarmConnection.Call(.post, path, nil)
        call.headers.append(("content-type", "application/octet-stream"))
        call.body = .stream(
            CountedPieces(pieces: pieces) { tell(.toFarm(sent: $0, of: size)) }, length: .known(size))
        let answer: FarmConnection.Answer
        do { answer = try await self.send(call, within: .seconds(86_400)) } catch {
            if let failure = pieces.failure { throw failure }
            throw error
        }
        guard answer.status == 200 else { throw try await refusal(answer, path: path) }
        var lines = LineSplitter(limit: FarmConnection.answerLimit)
        var parts = answer.pieces()
        while let part = try await parts.next() {
            for line in try lines.add(part, path: path) {
                switch try decode(UploadLine.self, line, path: path) {
                case .step(.done(let stored)):
                    tell(.done(stored))
                    return
                case .step(let step): tell(step)
                case .refused(let error): throw error
                case .failed(let error): throw error.named(file.localPath)
                }
            }
        }
        throw ControlError.unreachable(socket: socketPath, reason: "the upload ended without a word")
    }
}

extension UploadError {
    /// With the path that the person gave, in place of the one where the farm has taken the file in.
    fileprivate func named(_ path: String) -> UploadError {
        switch self {
        case .notReadable(_, let reason): .notReadable(path: path, reason: reason)
        case .empty: .empty(path: path)
        case .changed: .changed(path: path)
        case .machine, .notListed, .incomplete, .notStarted, .badName: self
        }
    }
}

/// A file in pieces; one that gets shorter or longer meanwhile ends the upload.
private final class FilePieces: Sendable {
    private static let length = 256 << 10
    private let path: String
    private let descriptor: CInt
    let size: Int64
    private let state = Mutex((read: Int64(0), failure: UploadError?.none))

    init(_ path: String) throws(UploadError) {
        self.path = path
        // Without O_NONBLOCK the opening of a pipe would wait for its writer for ever.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw .notReadable(path: path, reason: String(cString: strerror(errno)).lowercased())
        }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .notReadable(path: path, reason: "it is not a file")
        }
        size = Int64(facts.st_size)
        guard size > 0 else {
            close(descriptor)
            throw .empty(path: path)
        }
    }

    deinit { close(descriptor) }

    /// Why the last piece did not come.
    var failure: UploadError? { state.withLock { $0.failure } }
    var count: Int64 { state.withLock { $0.read } }

    /// Nil at the end.
    func next() throws(UploadError) -> ByteBuffer? {
        var buffer = ByteBufferAllocator().buffer(capacity: Self.length)
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.length) { space in
            max(0, read(descriptor, space.baseAddress, Self.length))
        }
        let failure: UploadError? = state.withLock { state in
            state.read += Int64(count)
            if count == 0 ? state.read != size : state.read > size { state.failure = .changed(path: path) }
            return state.failure
        }
        if let failure { throw failure }
        return count == 0 ? nil : buffer
    }
}

/// The pieces, counted as they are taken.
private struct CountedPieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let pieces: FilePieces
    let tell: @Sendable (Int64) -> Void

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: FilePieces
        let tell: @Sendable (Int64) -> Void

        func next() async throws -> ByteBuffer? {
            tell(pieces.count)
            return try pieces.next()
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: pieces, tell: tell) }
}
