/// Bytes in pieces → whole lines, without their ends.
struct LineSplitter {
    private var open: [UInt8] = []
    let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func add(_ bytes: [UInt8], path: String = "") throws(ControlError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(open + rest[..<end])
            open = []
            rest = rest[(end + 1)...]
        }
        open += rest
        guard open.count <= limit else { throw .tooLong(path: path, limit: limit) }
        return lines.filter { !$0.isEmpty }
    }
}
