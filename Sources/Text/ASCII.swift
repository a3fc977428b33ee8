/// What a byte is in ASCII, whatever the locale says. Letters and digits of other scripts are none here.
public enum ASCII {
    /// `0`...`9`
    @inlinable public static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// `a`...`z`, `A`...`Z`
    @inlinable public static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    /// `A`…`Z`, `a`…`z`, `0`…`9`.
    @inlinable public static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

    /// A capital letter as a small one; any other byte as it is.
    @inlinable public static func lowercased(_ byte: UInt8) -> UInt8 { isLetter(byte) ? byte | 0x20 : byte }

    /// 0...15 of a hexadecimal digit in either case; nil for any other byte.
    @inlinable public static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte - 0x30 }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter + 10 : nil
    }

    /// In either case.
    @inlinable public static func isHexDigit(_ byte: UInt8) -> Bool { hexValue(byte) != nil }

    /// At least one byte, and digits only: no sign, no blank, no digit of another script, which `Int` may take.
    @inlinable public static func isWholeNumber(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isDigit)
    }
}
