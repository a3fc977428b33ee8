/// Steele et al., "Fast splittable pseudorandom number generators": the same bytes for the same seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// One to four random edits: a byte changed, put in, taken out, or a stretch doubled.
    mutating func mutate(_ seed: [UInt8]) -> [UInt8] {
        var bytes = seed
        let telling = Array("%&=+: ;\0\u{7F}Bb/".utf8) + [0x80, 0xC3, 0xFF]
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let at = Int.random(in: 0...bytes.count, using: &self)
            let byte =
                Bool.random(using: &self)
                ? telling.randomElement(using: &self)! : UInt8.random(in: 0...255, using: &self)
            switch Int.random(in: 0..<4, using: &self) {
            case 0 where at < bytes.count: bytes[at] = byte
            case 1 where at < bytes.count: bytes.remove(at: at)
            case 2: bytes.insert(contentsOf: bytes[at...].prefix(20), at: at)
            default: bytes.insert(byte, at: at)
            }
        }
        return bytes
    }
}
