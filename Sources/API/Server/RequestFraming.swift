import NIOCore
import Text

/// Cuts the bytes of a connection into requests (RFC 9112 §2 and §7.1), so that one can be held back until the answer to
/// the one before it has left. What it passes on has exactly one reading.
struct RequestFraming: Equatable, Sendable {
    /// Bytes to be passed on. Concatenated they are the requests again, in plain form.
    struct Piece: Equatable, Sendable {
        var bytes: ByteBuffer
        /// The bytes are a whole head.
        var head: RequestHead?
        var endsRequest = false
    }

    private enum State: Equatable {
        case head
        case body(left: Int)
        case chunkLine
        case chunk(left: Int)
        case chunkEnd
        case trailers
    }

    private let limits: ServerLimits
    private let needsHost: Bool
    private var state = State.head
    /// How far into the buffer no line end was found.
    private var searched = 0
    /// Bytes of chunk lines and trailers beyond the sizes themselves, in this request.
    private var padding = 0

    /// - Parameter needsHost: false on a unix socket.
    init(limits: ServerLimits = ServerLimits(), needsHost: Bool = true) {
        self.limits = limits
        self.needsHost = needsHost
    }

    /// True between two requests.
    var isBetweenRequests: Bool { state == .head }

    /// Takes the next piece from the front of the buffer; nil when more bytes are needed.
    /// - Throws: the answer to what is no request; nothing that follows on the connection has a meaning then.
    mutating func next(_ buffer: inout ByteBuffer) throws(Refusal) -> Piece? {
        switch state {
        case .head: return try nextHead(&buffer)
        case .body(let left): return takeBody(&buffer, left)
        case .chunkLine: return try nextChunkLine(&buffer)
        case .chunk(let left): return takeChunk(&buffer, left)
        case .chunkEnd: return try nextChunkEnd(&buffer)
        case .trailers: return try skipTrailers(&buffer)
        }
    }

    private mutating func nextHead(_ buffer: inout ByteBuffer) throws(Refusal) -> Piece? {
        // Some clients send an empty line behind a body (RFC 9112 §2.2).
        while searched == 0, let byte = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self),
            byte == 0x0D || byte == 0x0A
        {
            buffer.moveReaderIndex(forwardBy: 1)
        }
        // What begins like no method never becomes a request, so nobody has to wait for its end.
        if searched == 0, let byte = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) {
            if byte == Self.handshake { throw .notHTTPS }
            guard RequestHead.isToken([byte]) else { throw .notHTTP }
        }
        guard let length = emptyLineEnd(in: buffer) else {
            guard buffer.readableBytes <= limits.headerBytes else { throw .headTooLong(limits) }
            return nil
        }
        guard length <= limits.headerBytes else { throw .headTooLong(limits) }
        searched = 0
        padding = 0
        let bytes = buffer.readBytes(length: length) ?? []
        let head = try RequestHead(parsing: bytes[...], limits: limits, needsHost: needsHost)
        switch head.body {
        case .none: state = .head
        case .length(let count): state = .body(left: count)
        case .chunked: state = .chunkLine
        }
        return Piece(bytes: ByteBuffer(bytes: head.bytes), head: head, endsRequest: head.body == .none)
    }

    /// The first byte of a TLS connection (RFC 8446 §5.1).
    private static let handshake: UInt8 = 22

    /// How many bytes there are up to and with the first empty line; nil when there is none yet.
    private mutating func emptyLineEnd(in buffer: ByteBuffer) -> Int? {
        let bytes = buffer.readableBytesView
        var position = bytes.startIndex + searched
        while let lineEnd = bytes[position...].firstIndex(of: 0x0A) {
            position = lineEnd + 1
            var before = lineEnd - 1
            if before >= bytes.startIndex, bytes[before] == 0x0D { before -= 1 }
            if before >= bytes.startIndex, bytes[before] == 0x0A { return position - bytes.startIndex }
        }
        searched = bytes.count
        return nil
    }

    private mutating func takeBody(_ buffer: inout ByteBuffer, _ left: Int) -> Piece? {
        guard let bytes = take(from: &buffer, atMost: left) else { return nil }
        let rest = left - bytes.readableBytes
        state = rest > 0 ? .body(left: rest) : .head
        return Piece(bytes: bytes, endsRequest: rest == 0)
    }

    private func take(from buffer: inout ByteBuffer, atMost count: Int) -> ByteBuffer? {
        let length = min(count, buffer.readableBytes)
        return length > 0 ? buffer.readSlice(length: length) : nil
    }

    // MARK: Chunks

    private static let longestChunkLine = 1024

    /// A size in hexadecimal, and extensions that nobody uses and that are left out.
    private mutating func nextChunkLine(_ buffer: inout ByteBuffer) throws(Refusal) -> Piece? {
        guard let line = try takeLine(&buffer) else { return nil }
        let digits = line.prefix { ASCII.hexValue($0) != nil }
        let rest = line[digits.endIndex...].drop { $0 == 0x20 || $0 == 0x09 }
        guard (1...15).contains(digits.count), rest.first == nil || rest.first == UInt8(ascii: ";"),
            rest.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        else { throw .badChunk }
        // A size of a few digits on each of many small chunks is no padding.
        try count(padding: max(0, line.count - 8))
        let size = digits.reduce(0) { $0 << 4 | Int(ASCII.hexValue($1) ?? 0) }
        state = size > 0 ? .chunk(left: size) : .trailers
        guard size > 0 else { return try skipTrailers(&buffer) }
        return Piece(bytes: ByteBuffer(string: String(size, radix: 16) + "\r\n"))
    }

    private mutating func takeChunk(_ buffer: inout ByteBuffer, _ left: Int) -> Piece? {
        guard let bytes = take(from: &buffer, atMost: left) else { return nil }
        let rest = left - bytes.readableBytes
        state = rest > 0 ? .chunk(left: rest) : .chunkEnd
        return Piece(bytes: bytes)
    }

    private mutating func nextChunkEnd(_ buffer: inout ByteBuffer) throws(Refusal) -> Piece? {
        guard let end = buffer.getBytes(at: buffer.readerIndex, length: 2) else { return nil }
        guard end == [0x0D, 0x0A] else { throw .badChunk }
        state = .chunkLine
        return buffer.readSlice(length: 2).map { Piece(bytes: $0) }
    }

    /// Nothing here reads them; they count towards what a body may carry beside its bytes.
    private mutating func skipTrailers(_ buffer: inout ByteBuffer) throws(Refusal) -> Piece? {
        while let line = try takeLine(&buffer) {
            guard !line.isEmpty else {
                state = .head
                return Piece(bytes: ByteBuffer(string: "0\r\n\r\n"), endsRequest: true)
            }
            try count(padding: line.count + 2)
        }
        return nil
    }

    private mutating func count(padding bytes: Int) throws(Refusal) {
        padding += bytes
        guard padding <= limits.headerBytes else {
            throw .badRequest("The chunks of the body carry more than \(limits.headerBytes) bytes of extensions.")
        }
    }

    /// Without its line end, CR LF.
    private mutating func takeLine(_ buffer: inout ByteBuffer) throws(Refusal) -> ArraySlice<UInt8>? {
        let bytes = buffer.readableBytesView
        guard let end = bytes[(bytes.startIndex + searched)...].firstIndex(of: 0x0A) else {
            searched = bytes.count
            guard searched <= Self.longestChunkLine else { throw .badChunk }
            return nil
        }
        searched = 0
        let length = end + 1 - bytes.startIndex
        let line = (buffer.readBytes(length: length) ?? [])[...]
        guard length <= Self.longestChunkLine, line.suffix(2).first == 0x0D else { throw .badChunk }
        return line.dropLast(2)
    }
}
