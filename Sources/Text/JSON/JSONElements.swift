/// The elements of one JSON array whose text comes in pieces. Each is given as its bytes, as soon as it is whole, so that neither
/// the text nor what it says need be in memory at once. Only the array's own structure is checked here; what an element holds is
/// for `JSONReader` to judge.
public struct JSONElements: Sendable {
    /// Why the text is no array, or not a whole one.
    public enum Fault: Error, Equatable, Sendable {
        case notAnArray
        case endsEarly
        case elementTooLong(limit: Int)
        case moreAfterIt
    }

    private enum Place { case before, inArray, inString, inEscape, after }
    private var place = Place.before
    /// Brackets that are open within the element.
    private var depth = 0
    /// What has come of the element that is not whole yet.
    private var open: [UInt8] = []
    private var count = 0
    private let limit: Int

    /// - Parameter limit: of one element. Unit: bytes.
    public init(elementLimit limit: Int) { self.limit = limit }

    /// The elements that end within `bytes`, in their order.
    public mutating func add(_ bytes: [UInt8]) throws(Fault) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var start = 0
        for (index, byte) in bytes.enumerated() {
            switch place {
            case .inString:
                if byte == UInt8(ascii: "\"") {
                    place = .inArray
                } else if byte == UInt8(ascii: "\\") {
                    place = .inEscape
                }
            case .inEscape: place = .inString
            case .inArray:
                guard isEnd(byte) else { continue }
                if let element = try element(endingWith: bytes[start..<index], before: byte) { found.append(element) }
                start = index + 1
                if byte == UInt8(ascii: "]") { place = .after }
            case .before:
                guard !Self.isBlank(byte) else { continue }
                guard byte == UInt8(ascii: "[") else { throw .notAnArray }
                place = .inArray
                start = index + 1
            case .after: guard Self.isBlank(byte) else { throw .moreAfterIt }
            }
        }
        guard place != .before, place != .after else { return found }
        open += bytes[start...]
        guard open.count <= limit else { throw .elementTooLong(limit: limit) }
        return found
    }

    /// - Throws: `endsEarly` where the array's last bracket has not come.
    public func finish() throws(Fault) {
        guard place == .after else { throw .endsEarly }
    }

    /// Follows strings and brackets; true at what ends an element.
    private mutating func isEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""): place = .inString
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            guard depth > 0 else { return byte == UInt8(ascii: "]") }
            depth -= 1
        case UInt8(ascii: ","): return depth == 0
        default: break
        }
        return false
    }

    /// Nil for an array without elements.
    private mutating func element(
        endingWith rest: ArraySlice<UInt8>, before end: UInt8
    ) throws(Fault) -> [UInt8]? {
        let element = open + rest
        open = []
        guard element.count <= limit else { throw .elementTooLong(limit: limit) }
        if count == 0, end == UInt8(ascii: "]"), element.allSatisfy(Self.isBlank) { return nil }
        count += 1
        return element
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
