import TestSupport

extension SplitMix {
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
