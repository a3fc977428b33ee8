/// A `multipart/x-mixed-replace` body → its JPEGs. Parts are measured by their Content-Length; without one, by the JPEG's own
/// structure. What is no JPEG is passed over.
public struct MJPEGSplitter: Equatable, Sendable {
    /// How large the parts of a stream may be.
    public struct Limits: Equatable, Sendable {
        /// Bytes of the lines before a picture.
        public var header: Int
        /// Bytes of a picture.
        public var picture: Int

        public init(header: Int = 8 << 10, picture: Int = 8 << 20) {
            self.header = header
            self.picture = picture
        }
    }

    private enum Place: Equatable {
        /// Before the delimiter of the next part.
        case between
        case headers(length: Int?)
        case sized(Int)
        case measured(JPEGEnd)
    }
    private let delimiter: [UInt8]
    private let limits: Limits
    private var place = Place.between
    private var buffer: [UInt8] = []
    /// Bytes of `buffer` that are used up.
    private var start = 0
    private var headerBytes = 0

    /// - Parameter contentType: the header's value. Nil when it is not of such a stream.
    public init?(contentType: String, limits: Limits = Limits()) {
        let parts = contentType.split(separator: ";")
        guard let type = parts.first?.trimmed.lowercased(), type.hasPrefix("multipart/") else { return nil }
        var boundary = ""
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].trimmed.lowercased() == "boundary" else { continue }
            boundary = pair[1].trimmed.filter { $0 != "\"" }
        }
        guard boundary.utf8.count <= 200 else { return nil }
        // Many cameras write the dashes into the parameter too, or only into one of the two places.
        delimiter = Array(boundary.drop { $0 == "-" }.utf8)
        self.limits = limits
    }

    /// Takes the next bytes of the body.
    /// - Returns: the pictures that have become whole.
    /// - Throws: `WireError.tooLarge`, `.malformed`; the stream is of no use after that.
    public mutating func consume(_ bytes: some Collection<UInt8>) throws(WireError) -> [[UInt8]] {
        buffer.append(contentsOf: bytes)
        var pictures: [[UInt8]] = []
        while let progress = try step() {
            if let picture = progress.picture { pictures.append(picture) }
        }
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        return pictures
    }

    private struct Progress { var picture: [UInt8]? }

    /// One line or one picture; nil when more bytes are needed.
    private mutating func step() throws(WireError) -> Progress? {
        switch place {
        case .between:
            guard let line = try nextLine() else { return nil }
            if isDelimiter(line) {
                place = .headers(length: nil)
                headerBytes = 0
            }
            return Progress()
        case .headers(let length):
            guard let line = try nextLine() else { return nil }
            if line.isEmpty {
                place = length.map { .sized($0) } ?? .measured(JPEGEnd())
            } else if let found = try contentLength(line) {
                place = .headers(length: found)
            }
            return Progress()
        case .sized(let length):
            guard buffer.count - start >= length else { return nil }
            let part = Array(buffer[start..<start + length])
            start += length
            place = .between
            headerBytes = 0
            return Progress(picture: JPEGEnd.wholePicture(part))
        case .measured(var end):
            switch end.find(in: buffer[start...]) {
            case .more:
                guard buffer.count - start <= limits.picture else { throw .tooLarge(limit: limits.picture) }
                place = .measured(end)
                return nil
            case .ends(let length):
                guard length <= limits.picture else { throw .tooLarge(limit: limits.picture) }
                let picture = Array(buffer[start..<start + length])
                start += length
                place = .between
                headerBytes = 0
                return Progress(picture: picture)
            case .notJPEG: throw .malformed("a part of the stream is not a JPEG and has no length")
            }
        }
    }

    /// Up to the next line end, which is taken too.
    private mutating func nextLine() throws(WireError) -> [UInt8]? {
        guard let end = buffer[start...].firstIndex(of: 0x0A) else {
            guard headerBytes + buffer.count - start <= limits.header else {
                throw .malformed("more than \(limits.header) bytes before a picture")
            }
            return nil
        }
        var line = buffer[start..<end]
        headerBytes += end + 1 - start
        guard headerBytes <= limits.header else {
            throw .malformed("more than \(limits.header) bytes before a picture")
        }
        start = end + 1
        if line.last == 0x0D { line.removeLast() }
        return Array(line)
    }

    private func isDelimiter(_ line: [UInt8]) -> Bool {
        let name = line.drop { $0 == UInt8(ascii: "-") }
        // With no boundary named, every line that begins with two dashes is one.
        return line.starts(with: [0x2D, 0x2D]) && (delimiter.isEmpty || name.starts(with: delimiter))
            || (!delimiter.isEmpty && line.elementsEqual(delimiter))
    }

    private func contentLength(_ line: [UInt8]) throws(WireError) -> Int? {
        let parts = String(decoding: line, as: UTF8.self).split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0].trimmed.lowercased() == "content-length" else { return nil }
        guard let length = Int(parts[1].trimmed), length >= 0 else {
            throw .malformed("a part's length is not a number")
        }
        guard length <= limits.picture else { throw .tooLarge(limit: limits.picture) }
        return length
    }
}

extension Substring {
    fileprivate var trimmed: String {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character.isNewline }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
