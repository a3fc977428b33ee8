import HTTPTypes
import Hummingbird
import NIOCore

/// Asks the connection to tell the client that its body is wanted (RFC 9110 §10.1.1).
struct ContinueWanted: Sendable {}

/// The connection broke while the body was read; there is nobody to answer.
struct BodyInterrupted: Error {
    var cause: any Error
}

/// A request's body, not yet read.
struct RequestBodyReader: Sendable {
    private let body: RequestBody
    private let channel: (any Channel)?
    private let share: BytesInFlight.Share?
    private let expectsContinue: Bool
    /// From Content-Length; nil when it is not given, as with chunked transfer.
    let length: Int?
    /// Nil when absent.
    let contentType: String?
    /// False when the request says it has no body.
    let mayHaveContent: Bool

    /// - Parameter share: takes what has been read, as long as the request is under way; nil: nothing counts it.
    init(_ request: Request, channel: (any Channel)?, share: BytesInFlight.Share? = nil) {
        body = request.body
        self.channel = channel
        self.share = share
        expectsContinue = request.headers[.expect]?.lowercased() == "100-continue"
        length = request.headers[.contentLength].flatMap(Int.init)
        contentType = request.headers[.contentType]
        mayHaveContent = (length ?? 0) > 0 || request.headers[.transferEncoding] != nil
    }

    /// The whole body.
    /// - Throws: 413 as soon as it is known to be longer than the limit.
    func bytes(limit: Int) async throws -> [UInt8] {
        try refuseLength(over: limit)
        var bytes: [UInt8] = []
        // Growing by doubling would take twice as much.
        bytes.reserveCapacity(min(length ?? 0, 65_536))
        try await forEachChunk { chunk in
            guard bytes.count + chunk.count <= limit else { throw Self.tooLong(limit) }
            bytes.append(contentsOf: chunk)
        }
        return bytes
    }

    /// The whole body into a file: it takes no memory, and is not counted with what does.
    /// - Throws: 413 as soon as it is known to be longer than the limit; `noRoom` where it would leave too little of the disk
    ///   free, once all has come: clients do not listen before; 503 when the disk does not take it.
    func spool(to file: SpooledFile, limit: Int, room: UploadRoom) async throws {
        try refuseLength(over: limit)
        var count = 0
        var refusal = room.refusal(of: length ?? 0)
        var looksAgainAt = UploadRoom.step
        try await forEachChunk(isHeld: false) { chunk in
            count += chunk.count
            guard count <= limit else { throw Self.tooLong(limit) }
            guard refusal == nil else { return }
            if count >= looksAgainAt {
                refusal = room.refusal(of: max(chunk.count, (length ?? 0) - count))
                looksAgainAt += UploadRoom.step
            }
            if refusal == nil { try file.append(Array(chunk)) } else { file.empty() }
        }
        if let refusal { throw refusal }
    }

    /// - Throws: 413 when Content-Length is over the limit.
    func refuseLength(over limit: Int) throws(APIError) {
        if let length, length > limit { throw Self.tooLong(limit) }
    }

    private static func tooLong(_ limit: Int) -> APIError {
        .tooLarge("The request body is larger than \(limit) bytes.")
    }

    /// Calls `read` with each piece as it arrives.
    /// - Parameter isHeld: the pieces stay in memory until the request is answered.
    /// - Throws: 503 when the requests under way take all the memory that they may.
    func forEachChunk(isHeld: Bool = true, _ read: (ByteBufferView) throws -> Void) async throws {
        if expectsContinue { channel?.triggerUserOutboundEvent(ContinueWanted(), promise: nil) }
        var chunks = body.makeAsyncIterator()
        while let chunk = try await next(&chunks) {
            if isHeld { try share?.grow(by: chunk.readableBytes) }
            try read(chunk.readableBytesView)
        }
    }

    /// Has no effect without a connection, as in a test of the router alone.
    func watchClient(_ watch: ClientWatch) { channel?.triggerUserOutboundEvent(watch, promise: nil) }

    private func next(_ chunks: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
        do {
            return try await chunks.next()
        } catch {
            throw BodyInterrupted(cause: error)
        }
    }
}
