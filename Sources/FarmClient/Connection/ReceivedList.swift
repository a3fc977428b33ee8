import Text
import WireSchema

/// A list of the API that comes in pieces → its objects. Each is read as soon as it is whole: the list of 20,000 printers has 80
/// megabytes.
struct ReceivedList<Object: WireReadable> {
    private var elements = JSONElements(elementLimit: 16 << 20)
    private var objects: [Object] = []

    mutating func add(_ piece: [UInt8]) throws {
        for element in try elements.add(piece) { objects.append(try Object(reading: JSONSource(element))) }
    }

    /// - Throws: where the list is not whole.
    func finish() throws -> [Object] {
        try elements.finish()
        return objects
    }
}
