/// What the app's user sees and the operator types: ten consonants in two groups, as `BCDFG-HJKLM`.
///
/// RFC 8628 §6.1 proposes these twenty letters: no vowels, so that no words come up, and nothing that looks like a digit.
/// Ten of them carry 43 bits.
public struct ConsentCode: Equatable, Sendable, CustomStringConvertible {
    static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
    static let length = 10

    /// Upper case, without the dash.
    let letters: [UInt8]

    init(letters: [UInt8]) { self.letters = letters }

    /// A code as somebody types it: in any case, with spaces and dashes wherever they like.
    /// - Returns: nil for what can be no code.
    public init?(typed text: String) {
        var letters: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || scalar.properties.generalCategory == .dashPunctuation { continue }
            guard let ascii = UInt8(exactly: scalar.value), letters.count < Self.length else { return nil }
            let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(ascii) ? ascii - 32 : ascii
            guard Self.alphabet.contains(upper) else { return nil }
            letters.append(upper)
        }
        guard letters.count == Self.length else { return nil }
        self.letters = letters
    }

    public var description: String {
        String(decoding: letters.prefix(5), as: UTF8.self) + "-" + String(decoding: letters.dropFirst(5), as: UTF8.self)
    }

    /// Reads every letter whatever the first ones are.
    func matches(_ other: ConsentCode) -> Bool { constantTimeEqual(letters, other.letters) }
}

extension RandomSource {
    /// Five letters of each 64-bit word: the twenty do not divide it evenly, which favours some by 2^-42.
    public func consentCode() -> ConsentCode {
        var letters: [UInt8] = []
        for _ in 0..<2 {
            var number = bytes(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            for _ in 0..<5 {
                letters.append(ConsentCode.alphabet[Int(number % 20)])
                number /= 20
            }
        }
        return ConsentCode(letters: letters)
    }
}
