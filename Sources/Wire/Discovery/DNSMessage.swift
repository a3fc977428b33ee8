/// A DNS message as multicast DNS uses it (RFC 1035 §4, RFC 6762, RFC 6763): the records of an answer, as far as they name services.
public struct DNSMessage: Equatable, Sendable {
    /// What a record says, where it says something of a service.
    public enum Content: Equatable, Sendable {
        /// PTR: an instance of the service.
        case instance(DNSName)
        /// SRV.
        case service(host: DNSName, port: Int)
        /// TXT: keys in lower case; of a key that comes twice the first value.
        case text([String: String])
        /// A or AAAA, as text.
        case address(String)
        case other
    }
    /// One record of an answer.
    public struct Record: Equatable, Sendable {
        public var name: DNSName
        /// Read by the record's type; a type that is not used here is `other`.
        public var content: Content

        public init(name: DNSName, content: Content) {
            self.name = name
            self.content = content
        }
    }
    /// Answers, authorities and additional records, in their order.
    public var records: [Record]

    /// RFC 6762 §17.
    public static let sizeLimit = 9000
    static let recordLimit = 300

    /// Reads an answer. A record that is cut off ends the message; a question is passed over.
    /// - Throws: what is wrong with it.
    public init(_ bytes: [UInt8]) throws(DNSFault) {
        guard bytes.count <= Self.sizeLimit else { throw .tooLong }
        var reader = DNSReader(bytes)
        _ = try reader.number16()
        let flags = try reader.number16()
        guard flags & 0x8000 != 0 else { throw .noAnswer }
        let questions = try reader.number16()
        let count = Int(try reader.number16()) + Int(try reader.number16()) + Int(try reader.number16())
        guard Int(questions) + count <= Self.recordLimit else { throw .tooManyRecords }
        for _ in 0..<questions {
            _ = try reader.name()
            _ = try reader.number32()
        }
        records = []
        for _ in 0..<count { records.append(try reader.record()) }
    }

    /// One question for each service type, answered to the sender alone (RFC 6762 §5.4 and §6.7).
    /// - Parameter services: `_octoprint._tcp.local`
    public static func question(for services: [DNSName]) -> [UInt8] {
        var bytes: [UInt8] = [0, 0, 0, 0, 0, UInt8(services.count), 0, 0, 0, 0, 0, 0]
        for service in services {
            for label in service.labels {
                let text = Array(label.utf8.prefix(DNSName.labelLimit))
                bytes.append(UInt8(text.count))
                bytes += text
            }
            // The root; PTR; the top bit asks for an answer by unicast, of class IN.
            bytes += [0, 0, 12, 0x80, 1]
        }
        return bytes
    }
}

/// A name by its labels: those of instances may hold dots. Case does not tell two apart (RFC 6762 §16).
public struct DNSName: Sendable {
    /// From the most special to `local`; each is cleaned by whoever shows it.
    public var labels: [String]

    static let labelLimit = 63
    static let lengthLimit = 255

    public init(_ labels: [String]) { self.labels = labels }
    /// `_octoprint._tcp.local`
    public init(_ text: String) { labels = text.split(separator: ".").map(String.init) }

    /// What stands before the name of a service; nil where that is not its end. Some servers write the dots of an instance's
    /// name as if they parted labels (python-zeroconf, so Moonraker).
    public func instance(of service: DNSName) -> String? {
        let count = labels.count - service.labels.count
        guard count > 0, DNSName(Array(labels[count...])) == service else { return nil }
        return labels[..<count].joined(separator: ".")
    }
}

extension DNSName: Hashable {
    private var folded: [String] { labels.map { $0.lowercased() } }
    public static func == (left: DNSName, right: DNSName) -> Bool { left.folded == right.folded }
    public func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}

extension DNSName: CustomStringConvertible {
    public var description: String { labels.joined(separator: ".") }
}

/// Why a packet is not taken.
public enum DNSFault: Error, Equatable, Sendable {
    case tooLong
    case tooManyRecords
    /// A question, not an answer.
    case noAnswer
    /// It ends in the middle of something.
    case cutOff
    /// A label's length that there is none of, or a name over 255 bytes.
    case badName
    /// A pointer that does not lead backwards: it could lead in a circle.
    case badPointer
    /// Data that is not of its type.
    case badData
}

/// Takes a message apart. Never reads behind its end, and follows pointers backwards only.
private struct DNSReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func number8() throws(DNSFault) -> UInt8 {
        guard place < bytes.count else { throw .cutOff }
        defer { place += 1 }
        return bytes[place]
    }

    mutating func number16() throws(DNSFault) -> UInt16 { UInt16(try number8()) << 8 | UInt16(try number8()) }
    mutating func number32() throws(DNSFault) -> UInt32 { UInt32(try number16()) << 16 | UInt32(try number16()) }

    private mutating func data(_ count: Int) throws(DNSFault) -> ArraySlice<UInt8> {
        guard count <= bytes.count - place else { throw .cutOff }
        defer { place += count }
        return bytes[place..<place + count]
    }

    mutating func name() throws(DNSFault) -> DNSName {
        var labels: [String] = []
        var length = 0
        // Where reading goes on after the name: behind its first pointer.
        var next: Int?
        var lowest = place
        while true {
            let size = try number8()
            switch size >> 6 {
            case 0:
                guard size > 0 else {
                    if let next { place = next }
                    return DNSName(labels)
                }
                length += Int(size) + 1
                guard length < DNSName.lengthLimit else { throw .badName }
                labels.append(String(decoding: try data(Int(size)), as: UTF8.self))
            case 3:
                let target = Int(size & 0x3F) << 8 | Int(try number8())
                if next == nil { next = place }
                guard target < lowest else { throw .badPointer }
                lowest = target
                place = target
            default: throw .badName
            }
        }
    }

    mutating func record() throws(DNSFault) -> DNSMessage.Record {
        let name = try name()
        let type = try number16()
        _ = try number16()
        _ = try number32()
        let size = Int(try number16())
        guard size <= bytes.count - place else { throw .cutOff }
        let end = place + size
        let content = try content(of: type, end)
        guard place <= end else { throw .badData }
        place = end
        return DNSMessage.Record(name: name, content: content)
    }

    private mutating func content(of type: UInt16, _ end: Int) throws(DNSFault) -> DNSMessage.Content {
        switch type {
        case 1: return .address(try data(4).map(String.init).joined(separator: "."))
        case 12: return .instance(try name())
        case 16: return .text(try text(end))
        case 28: return .address(Self.address6(try data(16)))
        case 33:
            _ = try number32()
            let port = Int(try number16())
            return .service(host: try name(), port: port)
        default: return .other
        }
    }

    private mutating func text(_ end: Int) throws(DNSFault) -> [String: String] {
        var values: [String: String] = [:]
        while place < end {
            let part = String(decoding: try data(Int(try number8())), as: UTF8.self)
            let mark = part.firstIndex(of: "=") ?? part.endIndex
            let key = part[..<mark].lowercased()
            guard !key.isEmpty, values[key] == nil else { continue }
            values[key] = mark == part.endIndex ? "" : String(part[part.index(after: mark)...])
        }
        return values
    }

    /// Without the shortening of zeros: `fe80:0:0:0:1:2:3:4`.
    private static func address6(_ bytes: ArraySlice<UInt8>) -> String {
        let all = Array(bytes)
        return stride(from: 0, to: 16, by: 2).map { String(UInt16(all[$0]) << 8 | UInt16(all[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}
