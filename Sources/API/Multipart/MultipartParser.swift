/// Reads `multipart/form-data` (RFC 7578, RFC 2046 §5.1) as it arrives, cut anywhere. Files are kept whole, up to a limit.
///
/// Give it chunks with `read`, then call `finish`. What was buffered is never more than the limits allow.
struct MultipartParser: Sendable {
    struct Limits: Equatable, Sendable {
        var parts = 64
        var headerBytes = 8192
        var fieldBytes = 65_536
        var fileBytes = 10 * 1024 * 1024

        init() {}
    }

    struct Part: Equatable, Sendable {
        var name: String
        /// Nil: a text field.
        var filename: String?
        var content: [UInt8]
        /// Its own Content-Type is not a text's.
        var isBinary = false
    }

    private enum State: Equatable {
        /// Before the first boundary line.
        case preamble
        /// Behind a boundary: `--` ends the body, a line break begins a part.
        case afterBoundary
        case header
        case content
        case epilogue
    }

    private let limits: Limits
    /// `CR LF -- boundary`.
    private let delimiter: [UInt8]
    private var state = State.preamble
    /// Bytes not yet used. A line break is put before the body, so that the first boundary looks like every other.
    private var buffer: [UInt8] = [0x0D, 0x0A]
    private var parts: [Part] = []
    private var current = Part(name: "", filename: nil, content: [])

    /// - Throws: `noBoundary` unless the boundary has 1...70 of the characters that RFC 2046 allows.
    init(boundary: String, limits: Limits = Limits()) throws(MultipartError) {
        guard (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ (0x20...0x7E).contains($0) }),
            boundary.utf8.last != 0x20
        else { throw .noBoundary }
        self.limits = limits
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// - Throws: as soon as a fault or a limit is met; the parser is of no use then.
    mutating func read(_ chunk: some Sequence<UInt8>) throws(MultipartError) {
        guard state != .epilogue else { return }
        buffer.append(contentsOf: chunk)
        while try step() {}
    }

    /// - Returns: the parts in the order sent.
    mutating func finish() throws(MultipartError) -> [Part] {
        guard state == .epilogue else { throw .unterminated }
        return parts
    }

    /// One transition; false when more bytes are needed.
    private mutating func step() throws(MultipartError) -> Bool {
        switch state {
        case .preamble: return skipPreamble()
        case .afterBoundary: return try readBoundaryEnd()
        case .header: return try readHeader()
        case .content: return try readContent()
        case .epilogue:
            buffer = []
            return false
        }
    }

    private mutating func skipPreamble() -> Bool {
        guard let start = find(delimiter) else {
            buffer.removeFirst(max(0, buffer.count - delimiter.count + 1))
            return false
        }
        buffer.removeFirst(start + delimiter.count)
        state = .afterBoundary
        return true
    }

    /// The rest of a boundary line: optional white space, then a line break, or `--`.
    private mutating func readBoundaryEnd() throws(MultipartError) -> Bool {
        let padding = buffer.prefix { $0 == 0x20 || $0 == 0x09 }.count
        guard padding <= limits.headerBytes else { throw .malformedBoundary }
        guard buffer.count >= padding + 2 else { return false }
        switch (buffer[padding], buffer[padding + 1]) {
        case (UInt8(ascii: "-"), UInt8(ascii: "-")) where padding == 0:
            state = .epilogue
        case (0x0D, 0x0A):
            guard parts.count < limits.parts else { throw .tooManyParts(limit: limits.parts) }
            // The line break stays: a part without headers begins with an empty line.
            buffer.removeFirst(padding)
            state = .header
        default: throw .malformedBoundary
        }
        return true
    }

    private mutating func readHeader() throws(MultipartError) -> Bool {
        guard let end = find([0x0D, 0x0A, 0x0D, 0x0A]), end <= limits.headerBytes else {
            guard buffer.count <= limits.headerBytes else {
                throw .headerTooLong(part: parts.count + 1, limit: limits.headerBytes)
            }
            return false
        }
        current = try part(header: end > 2 ? buffer[2..<end] : [])
        buffer.removeFirst(end + 2)
        state = .content
        return true
    }

    /// Content begins behind the header's line break, which stays in the buffer so that an empty part's boundary is seen.
    private mutating func readContent() throws(MultipartError) -> Bool {
        let end = find(delimiter)
        // Bytes that may be the start of a boundary stay until more is known.
        let usable = end ?? max(0, buffer.count - delimiter.count + 1)
        try appendContent(buffer[..<usable])
        buffer.removeFirst(usable)
        guard end != nil else { return false }
        buffer.removeFirst(delimiter.count)
        // The first two bytes are the line break that ended the header.
        current.content.removeFirst(min(2, current.content.count))
        parts.append(current)
        state = .afterBoundary
        return true
    }

    private mutating func appendContent(_ bytes: ArraySlice<UInt8>) throws(MultipartError) {
        let isField = current.filename == nil && !current.isBinary
        let limit = isField ? limits.fieldBytes : limits.fileBytes
        guard current.content.count + bytes.count <= limit + 2 else {
            throw isField ? .fieldTooLong(limit: limit) : .fileTooLong(limit: limit)
        }
        current.content.append(contentsOf: bytes)
    }

    private func part(header: ArraySlice<UInt8>) throws(MultipartError) -> Part {
        let number = parts.count + 1
        var disposition: ContentDisposition?
        var isBinary = false
        // File names come in whatever the sender's machine writes; nobody reads them here.
        for line in String(decoding: header, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { throw .malformedHeader(part: number) }
            let value = String(line[line.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-disposition" where disposition == nil:
                disposition = ContentDisposition(value)
                if disposition == nil { throw .noName(part: number) }
            case "content-type": isBinary = MediaType(value).map { !$0.essence.hasPrefix("text/") } ?? false
            default: break
            }
        }
        guard let disposition else { throw .noName(part: number) }
        return Part(
            name: disposition.name, filename: disposition.filename, content: [],
            isBinary: isBinary && disposition.filename == nil)
    }

    private func find(_ pattern: [UInt8]) -> Int? {
        guard buffer.count >= pattern.count else { return nil }
        let last = buffer.count - pattern.count
        var start = 0
        while start <= last {
            guard let candidate = buffer[start...last].firstIndex(of: pattern[0]) else { return nil }
            if buffer[candidate..<candidate + pattern.count].elementsEqual(pattern) { return candidate }
            start = candidate + 1
        }
        return nil
    }
}
