/// Takes the typed values out of one section and then knows which keys nobody asked for.
struct SectionReader {
    let section: DarknetConfig.Section
    let model: String
    private var asked: Set<String> = []

    init(_ section: DarknetConfig.Section, model: String) {
        self.section = section
        self.model = model
    }

    /// An error at a key, or at the section's head when the key is absent.
    func error(_ key: String? = nil, _ problem: String, _ remedy: String) -> ModelError {
        let line = key.flatMap { section.values[$0]?.line } ?? section.line
        return .section(model: model, section: section.name, line: line, problem: problem, remedy: remedy)
    }

    mutating func text(_ key: String) -> String? {
        asked.insert(key)
        return section.values[key]?.text
    }

    mutating func int(_ key: String, default fallback: Int?, in range: ClosedRange<Int>) throws(ModelError) -> Int {
        guard let text = text(key) else {
            guard let fallback else { throw error(nil, "\(key) is missing", "Add \(key)=….") }
            return fallback
        }
        guard let value = Int(text), range.contains(value) else {
            throw error(
                key, "\(key) is \(text.debugDescription)",
                "Give a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    mutating func flag(_ key: String) throws(ModelError) -> Bool { try int(key, default: 0, in: 0...1) == 1 }

    mutating func ints(_ key: String) throws(ModelError) -> [Int] {
        guard let text = text(key) else { throw error(nil, "\(key) is missing", "Add \(key)=….") }
        var values: [Int] = []
        for part in text.split(separator: ",") {
            guard let value = Int(part), (-(1 << 20)...1 << 20).contains(value) else {
                throw error(key, "\(key) has \(String(part).debugDescription)", "Give whole numbers with commas.")
            }
            values.append(value)
        }
        guard !values.isEmpty else { throw error(key, "\(key) is empty", "Give whole numbers with commas.") }
        return values
    }

    mutating func numbers(_ key: String) throws(ModelError) -> [Double] {
        guard let text = text(key) else { throw error(nil, "\(key) is missing", "Add \(key)=….") }
        var values: [Double] = []
        for part in text.split(separator: ",") {
            guard let value = Double(part), value.isFinite else {
                throw error(key, "\(key) has \(String(part).debugDescription)", "Give numbers with commas.")
            }
            values.append(value)
        }
        return values
    }

    mutating func number(_ key: String, default fallback: Double) throws(ModelError) -> Double {
        guard section.values[key] != nil else {
            asked.insert(key)
            return fallback
        }
        let values = try numbers(key)
        guard values.count == 1 else { throw error(key, "\(key) is not one number", "Give one number.") }
        return values[0]
    }

    /// A key whose only supported value is the one that changes nothing.
    mutating func unsupported(_ key: String, unless neutral: String...) throws(ModelError) {
        guard let text = text(key), !neutral.contains(text) else { return }
        throw error(
            key, "\(key)=\(text) is not supported",
            "farmtop runs networks without it only; remove the line if the network was trained without it.")
    }

    /// Throws for the first key that is neither asked for nor known to matter in training only.
    func finish(ignoring trainingOnly: Set<String> = []) throws(ModelError) {
        let unknown = section.values.filter { !asked.contains($0.key) && !trainingOnly.contains($0.key) }
        guard let first = unknown.min(by: { $0.value.line < $1.value.line }) else { return }
        throw error(
            first.key, "the key \(first.key.debugDescription) is unknown",
            "It may change what the network computes; remove the line if it does not.")
    }
}
