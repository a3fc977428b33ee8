internal import Farm
import Text

extension LikelihoodTable {
    static let heading = "farmtop likelihoods 1"
    static let mostBytes = 256 << 10
    /// Kinds of cameras and strengths of nests; each print carries a number for every pair.
    static let most = CameraHistory.mostKinds
    /// No picture is impossible: the least share that a range gets.
    static let leastShare = 1e-4

    /// - Throws: `LikelihoodTableError` for text that is no table, or not a whole one.
    public init(text bytes: some Collection<UInt8>) throws(LikelihoodTableError) {
        guard bytes.count <= Self.mostBytes else { throw .tooLong(bytes: bytes.count) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Substring.init)
        guard let first = lines.first, first.trimmed == Self.heading[...] else { throw .notATable }
        self.init(digest: "")
        var seen: Set<String> = []
        for (index, line) in lines.enumerated().dropFirst() {
            let words = line.unicodeScalars.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(Substring.init)
            guard let key = words.first, !key.hasPrefix("#") else { continue }
            do {
                try take(String(key), words.dropFirst().map(String.init), isFirst: seen.insert(String(key)).inserted)
            } catch {
                throw .badLine(number: index + 1, reason: error.reason)
            }
        }
        for key in [
            "digest", "start", "hazard", "tempering", "news", "changed", "changes", "returns", "drifts", "grows",
            "fades", "restless", "calms",
            "camera",
            "nest",
        ]
        where !seen.contains(key) { throw .missing(key) }
        Self.normalise(&cameras)
        Self.normalise(&nests)
    }

    private struct Fault: Error {
        var reason: String
    }

    private mutating func take(_ key: String, _ words: [String], isFirst: Bool) throws(Fault) {
        switch key {
        case "camera": try Self.add(words, to: &cameras)
        case "nest": try Self.add(words, to: &nests)
        case _ where !isFirst: throw Fault(reason: "\"\(key)\" is there twice")
        case "digest":
            guard words.count == 1, words[0].utf8.count == 64, words[0] == words[0].lowercased(),
                words[0].utf8.allSatisfy(ASCII.isHexDigit)
            else {
                throw Fault(reason: "the digest is 64 hex digits in small letters")
            }
            digest = words[0]
        case "start": startsFailing = try Self.number(words, in: 1e-6...0.5)
        case "hazard": hazard = try Self.number(words, in: 1e-6...1)
        case "tempering": tempering = try Self.number(words, in: 0.01...1)
        case "tempering_of_growth": temperingOfGrowth = try Self.number(words, in: 0.01...1)
        case "news": news = try Self.number(words, in: 0...1)
        case "changed": changed = try Self.number(words, in: 1e-3...0.9)
        case "changes": changes = try Self.number(words, in: 0...10)
        case "drifts": drifts = try Self.number(words, in: 0...10)
        case "returns": returns = try Self.number(words, in: 0...10)
        case "fades": fades = try Self.number(words, in: 0...30)
        case "restless": restless = try Self.number(words, in: 0...60)
        case "calms": calms = try Self.number(words, in: 0...360)
        case "grows": grows = try Self.number(words, in: 0...30)
        default: throw Fault(reason: "\"\(key.prefix(40))\" is not known")
        }
    }

    private static func number(_ words: [String], in range: ClosedRange<Double>) throws(Fault) -> Double {
        guard words.count == 1, let value = Double(words[0]), range.contains(value) else {
            throw Fault(reason: "one number of \(range.lowerBound) to \(range.upperBound) belongs there")
        }
        return value
    }

    private static func add(_ words: [String], to list: inout [Shares]) throws(Fault) {
        guard list.count < most else { throw Fault(reason: "more than \(most) of a kind") }
        let numbers = words.dropFirst().compactMap(Double.init)
        guard words.count == ScoreRanges.count + 2, numbers.count == ScoreRanges.count + 1,
            numbers.allSatisfy({ (0...1).contains($0) }), numbers[0] > 0,
            numbers.dropFirst().contains(where: { $0 > 0 })
        else { throw Fault(reason: "a name, how often, and \(ScoreRanges.count) shares of 0 to 1 belong there") }
        let shares = Self.smoothed(Array(numbers.dropFirst()))
        list.append(Shares(name: words[0], prior: numbers[0], shares: shares))
    }

    /// Sum 1, and nowhere less than `leastShare`.
    static func smoothed(_ shares: [Double]) -> [Double] {
        let sum = shares.reduce(0, +)
        let rest = 1 - leastShare * Double(shares.count)
        return shares.map { leastShare + rest * $0 / sum }
    }

    private static func normalise(_ list: inout [Shares]) {
        let sum = list.reduce(0) { $0 + $1.prior }
        for index in list.indices { list[index].prior /= sum }
    }
}

extension Substring {
    fileprivate var trimmed: Substring { unicodeScalars.last == "\r" ? Substring(unicodeScalars.dropLast()) : self }
}
