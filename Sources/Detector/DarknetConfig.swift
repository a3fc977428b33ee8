/// The text of a Darknet `.cfg`: sections of `key=value` lines. `#` and `;` start comments; blanks do not count.
struct DarknetConfig: Equatable, Sendable {
    struct Value: Equatable, Sendable {
        var text: String
        var line: Int
    }
    struct Section: Equatable, Sendable {
        var name: String
        var line: Int
        var values: [String: Value] = [:]
    }

    /// Larger texts are not networks; Darknet's largest has 60 kB.
    static let maximumBytes = 1 << 20
    static let maximumSections = 2048

    var model: String
    var sections: [Section] = []

    /// - Parameter model: the name that errors carry.
    init(_ text: String, model: String) throws(ModelError) {
        self.model = model
        guard text.utf8.count <= Self.maximumBytes else {
            throw .config(
                model: model, problem: "the cfg has more than \(Self.maximumBytes) bytes",
                remedy: "Give the .cfg first and the .weights second.")
        }
        var number = 0
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let bytes = line.filter { $0 > 32 }
            guard let first = bytes.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
            if first == UInt8(ascii: "[") {
                try open(bytes, line: number)
            } else {
                try assign(bytes, line: number)
            }
        }
        guard !sections.isEmpty else {
            throw .config(model: model, problem: "the cfg has no sections", remedy: "Give a Darknet .cfg file.")
        }
    }

    private mutating func open(_ bytes: [UInt8], line: Int) throws(ModelError) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else {
            throw .section(
                model: model, section: Self.printable(bytes.dropFirst()), line: line,
                problem: "the section's name has no ]", remedy: "Write it as [name].")
        }
        guard sections.count < Self.maximumSections else {
            throw .config(
                model: model, problem: "more than \(Self.maximumSections) sections",
                remedy: "Networks of that depth are not supported.")
        }
        sections.append(Section(name: Self.printable(bytes[1..<end]), line: line))
    }

    private mutating func assign(_ bytes: [UInt8], line: Int) throws(ModelError) {
        guard !sections.isEmpty else {
            throw .config(
                model: model, problem: "line \(line) stands before the first section",
                remedy: "Start the cfg with [net].")
        }
        let last = sections.count - 1
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")), equals > 0 else {
            throw .section(
                model: model, section: sections[last].name, line: line,
                problem: "\(Self.printable(bytes[...]).debugDescription) is not key=value",
                remedy: "Correct the line or remove it.")
        }
        let key = Self.printable(bytes[..<equals])
        guard sections[last].values[key] == nil else {
            throw .section(
                model: model, section: sections[last].name, line: line, problem: "\(key) is given twice",
                remedy: "Remove one of them.")
        }
        let text = bytes[(equals + 1)...].prefix { $0 != UInt8(ascii: "#") }
        sections[last].values[key] = Value(text: Self.printable(text), line: line)
    }

    /// Names and values are shown in terminals: visible ASCII only, others as `?`; at most 4096 of them.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(4096).map { (33...126).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
