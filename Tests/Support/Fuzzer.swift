public import Foundation

/// Feeds a parser its kept inputs and then mutations of them. A mutation that gets an answer of a new kind joins the inputs
/// that are mutated further, so that the run works its way in without instrumentation.
///
/// As a test it makes a fixed number of mutations of a fixed seed. With `FARMTOP_FUZZ_SECONDS` it runs for so long, from
/// `FARMTOP_FUZZ_SEED` or the clock. The input under way is always in `lastInput`, for a parser that traps takes the process
/// with it; put it into the corpus, and it is replayed first from then on.
public struct Fuzzer {
    public let name: String
    public let lastInput: URL
    private let corpus: [[UInt8]]
    private let runs: Int
    private let seconds: Double?
    private let seed: UInt64

    /// - Parameters:
    ///   - name: of the parser and of its folder below `Tests/FuzzTests/Corpus`.
    ///   - runs: mutations in a plain test run.
    public init(_ name: String, runs: Int = 2000) throws {
        self.name = name
        self.runs = runs
        let folder = TestFiles.inTests("FuzzTests/Corpus/\(name)")
        corpus = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
        precondition(!corpus.isEmpty, "\(folder.path) holds no inputs")
        let environment = ProcessInfo.processInfo.environment
        seconds = environment["FARMTOP_FUZZ_SECONDS"].flatMap(Double.init)
        let clock = UInt64(Date().timeIntervalSince1970 * 1000)
        seed = environment["FARMTOP_FUZZ_SEED"].flatMap(UInt64.init) ?? (seconds == nil ? 1 : clock)
        lastInput = FileManager.default.temporaryDirectory.appending(
            path: "farmtop-fuzz-\(name)-\(ProcessInfo.processInfo.processIdentifier).last")
    }

    /// - Parameter answer: gives the input to the parser and says what kind of answer came, in a few words; it throws, or
    ///   records an issue, when the answer is wrong.
    public func run(_ answer: ([UInt8]) throws -> String) throws {
        try Data().write(to: lastInput)
        let last = try FileHandle(forWritingTo: lastInput)
        var pool = corpus
        var kinds: Set<String> = []
        func feed(_ input: [UInt8]) throws -> Bool {
            try last.truncate(atOffset: 0)
            try last.write(contentsOf: input)
            return kinds.insert(String(try answer(input).filter { !$0.isNumber })).inserted
        }
        for input in corpus { _ = try feed(input) }
        var mutator = Mutator(seed: seed)
        let end = seconds.map { Date(timeIntervalSinceNow: $0) }
        var count = 0
        while end.map({ Date() < $0 }) ?? (count < runs) {
            let input = mutator.mutation(of: pool)
            if try feed(input), pool.count < 5000 { pool.append(input) }
            count += 1
        }
        try last.close()
        try FileManager.default.removeItem(at: lastInput)
        if seconds != nil { print("fuzz \(name): \(count) inputs, \(kinds.count) kinds of answers, seed \(seed)") }
    }
}

/// Changes inputs at random, in ways that parsers trip over.
struct Mutator {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    private static let words: [[UInt8]] =
        [
            "\r\n", "\n", "\0", "\"", "\\", "%", "%00", "%ff", "&", "=", "--", ":", ";", ",", "[", "]", "{", "}", "#",
            " ", "\t",
            "-1", "0", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e999", "nan", "\u{FEFF}",
            "é", "💥",
        ].map { Array($0.utf8) } + [
            [0xFF], [0xFF, 0xD8], [0xFF, 0xDA], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x7F, 0xFF, 0xFF, 0xFF],
        ]

    mutating func mutation(of pool: [[UInt8]]) -> [UInt8] {
        var bytes = pool[Int.random(in: pool.indices, using: &random)]
        for _ in 0...Int.random(in: 0..<6, using: &random) { change(&bytes, pool) }
        // Parsers have limits of their own; what is far beyond them only costs time.
        return Array(bytes.prefix(1 << 16))
    }

    private mutating func change(_ bytes: inout [UInt8], _ pool: [[UInt8]]) {
        guard !bytes.isEmpty else {
            bytes = Self.words[Int.random(in: Self.words.indices, using: &random)]
            return
        }
        let place = Int.random(in: bytes.indices, using: &random)
        let end = min(bytes.count, place + 1 + Int.random(in: 0..<32, using: &random))
        switch Int.random(in: 0..<9, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 5: bytes.insert(contentsOf: Self.words[Int.random(in: Self.words.indices, using: &random)], at: place)
        case 6: bytes.removeSubrange(place...)
        case 7:
            let other = pool[Int.random(in: pool.indices, using: &random)]
            let from = Int.random(in: 0...other.count, using: &random)
            bytes.replaceSubrange(place..., with: other[from...])
        default:
            let count = Int.random(in: 2...64, using: &random)
            bytes.insert(contentsOf: Array(repeating: bytes[place], count: count), at: place)
        }
    }
}
