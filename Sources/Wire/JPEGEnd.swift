/// Finds where a JPEG ends, by its own structure: a thumbnail inside an Exif segment has an end marker of its own.
public struct JPEGEnd: Equatable, Sendable {
    private enum Place: Equatable {
        case start
        /// At a marker's FF.
        case marker
        /// In the entropy-coded data after a start of scan.
        case scan
        case end
    }
    private var place = Place.start
    /// Bytes that have been understood.
    private var position = 0

    public init() {}

    /// What the bytes so far are.
    public enum Verdict: Equatable, Sendable {
        /// More bytes are needed.
        case more
        /// The picture is so many bytes long.
        case ends(at: Int)
        case notJPEG
    }

    /// - Parameter bytes: from the beginning of the picture; at each call the same and more.
    public mutating func find(in bytes: some RandomAccessCollection<UInt8>) -> Verdict {
        func at(_ offset: Int) -> UInt8 { bytes[bytes.index(bytes.startIndex, offsetBy: offset)] }
        while true {
            let left = bytes.count - position
            switch place {
            case .start:
                if left >= 1, at(0) != 0xFF { return .notJPEG }
                guard left >= 2 else { return .more }
                guard at(1) == 0xD8 else { return .notJPEG }
                position = 2
                place = .marker
            case .marker:
                if left >= 1, at(position) != 0xFF { return .notJPEG }
                guard left >= 2 else { return .more }
                let code = at(position + 1)
                switch code {
                case 0xD9:
                    position += 2
                    place = .end
                case 0xFF: position += 1
                case 0x01, 0xD0...0xD7: position += 2
                case 0x00, 0xD8: return .notJPEG
                default:
                    guard left >= 4 else { return .more }
                    let length = Int(at(position + 2)) << 8 | Int(at(position + 3))
                    guard length >= 2 else { return .notJPEG }
                    guard left >= 2 + length else { return .more }
                    position += 2 + length
                    if code == 0xDA { place = .scan }
                }
            case .scan:
                guard let found = nextMarker(in: bytes) else { return .more }
                position = found
                place = .marker
            case .end: return .ends(at: position)
            }
        }
    }

    /// The next FF of entropy-coded data that is no stuffed byte and no restart.
    private mutating func nextMarker(in bytes: some RandomAccessCollection<UInt8>) -> Int? {
        var index = bytes.index(bytes.startIndex, offsetBy: position)
        var offset = position
        while offset + 1 < bytes.count {
            let next = bytes.index(after: index)
            if bytes[index] == 0xFF, bytes[next] != 0, bytes[next] != 0xFF, !(0xD0...0xD7).contains(bytes[next]) {
                return offset
            }
            index = next
            offset += 1
        }
        position = offset
        return nil
    }

    /// A whole picture and nothing else: what a camera's answer must be. Zero bytes after the end are cameras' padding.
    public static func wholePicture(_ bytes: [UInt8]) -> [UInt8]? {
        var end = JPEGEnd()
        guard case .ends(let length) = end.find(in: bytes) else { return nil }
        guard bytes[length...].allSatisfy({ $0 == 0 || $0 == 0x0A || $0 == 0x0D }) else { return nil }
        return Array(bytes[..<length])
    }
}
