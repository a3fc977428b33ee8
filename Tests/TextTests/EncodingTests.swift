import TestSupport
import Testing
import Text

@Suite("Bytes as text", .timeLimit(.minutes(20)))
struct EncodingTests {
    @Test(
        "base64 as in RFC 4648 §10, and read back padded or not",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(plain: String, encoded: String) {
        #expect(BaseEncoding.base64(plain.utf8) == encoded)
        let unpadded = String(encoded.prefix { $0 != "=" })
        #expect(BaseEncoding.decodeBase64(encoded) == Array(plain.utf8))
        #expect(BaseEncoding.decodeBase64(unpadded) == Array(plain.utf8))
        #expect(BaseEncoding.base64URL(plain.utf8) == unpadded)
    }

    @Test("base64url has no character that means something in an address; base32 none that is easily mistaken")
    func otherAlphabets() {
        #expect(BaseEncoding.base64([0xFB, 0xFF]) == "+/8=")
        #expect(BaseEncoding.base64URL([0xFB, 0xFF]) == "-_8")
        #expect(BaseEncoding.base32("foobar".utf8) == "mzxw6ytboi")
    }

    @Test("what is no base64 is not read", arguments: ["Z", "Zg=", "Zg===", "Zm9v!", "Zm 9", "Zm9vY", "Zé=="])
    func notBase64(text: String) { #expect(BaseEncoding.decodeBase64(text) == nil) }

    @Test("hexadecimal has two digits a byte and is read back in either case")
    func hexadecimal() {
        #expect(Hexadecimal.text([0x00, 0x0F, 0xA4, 0xFF]) == "000fa4ff")
        #expect(Hexadecimal.fingerprint([0x00, 0x0F, 0xA4]) == "00:0F:A4")
        #expect(Hexadecimal.bytes("000FA4ff") == [0x00, 0x0F, 0xA4, 0xFF])
        #expect(Hexadecimal.text(1, digits: 8) == "00000001")
        #expect(Hexadecimal.text(0xFFFF_FFFF, digits: 4) == "ffffffff")
        for text in ["0", "0g", "+1", " 1", "１２"] { #expect(Hexadecimal.bytes(text) == nil) }
    }

    @Test("only the digits and letters of ASCII are digits and letters, and every byte has one kind")
    func ascii() {
        let bytes = UInt8.min...UInt8.max
        #expect(bytes.filter(ASCII.isDigit) == Array("0123456789".utf8))
        #expect(
            bytes.filter(ASCII.isLetter) == Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8))
        #expect(bytes.filter(ASCII.isHexDigit) == Array("0123456789ABCDEFabcdef".utf8))
        #expect("09afAF".utf8.map(ASCII.hexValue) == [0, 9, 10, 15, 10, 15])
        #expect("AZaz[@{`0-\u{80}".utf8.map(ASCII.lowercased) == Array("azaz[@{`0-\u{80}".utf8))
        #expect(ASCII.isWholeNumber("007"))
        for text in ["", "+1", "-1", " 1", "1 ", "1.0", "1e3", "٣", "1_000"] { #expect(!ASCII.isWholeNumber(text)) }
    }
}

@Suite("Escapes of addresses and forms", .timeLimit(.minutes(20)))
struct PercentEncodingTests {
    @Test(
        "a text keeps its meaning in a form, a credential and a URL",
        arguments: [
            ("aZ09-._~", "aZ09-._~"), ("a&b=c+d%", "a%26b%3Dc%2Bd%25"), ("/run/a b.sock", "%2Frun%2Fa%20b.sock"),
            ("é\n", "%C3%A9%0A"), ("", ""),
        ])
    func component(text: String, encoded: String) throws {
        #expect(PercentEncoding.component(text) == encoded)
        #expect(try PercentEncoding.decode(encoded.utf8) == text)
        #expect(try PercentEncoding.decode(encoded.utf8, plusIsBlank: true) == text)
        #expect(PercentEncoding.repaired(encoded) == text)
    }

    @Test("slashes of a path stay")
    func path() {
        #expect(PercentEncoding.path("batch 7/Käfer & co?#%.gcode") == "batch%207/K%C3%A4fer%20%26%20co%3F%23%25.gcode")
    }

    @Test("a plus is a blank in a form only")
    func plus() throws {
        #expect(try PercentEncoding.decode("a+b".utf8, plusIsBlank: true) == "a b")
        #expect(try PercentEncoding.decode("a+b".utf8) == "a+b")
    }

    @Test("what a machine sends must be right; what a person types is taken as far as it goes")
    func faults() {
        for text in ["%", "%4", "%4g", "a%zz", "%+1"] {
            #expect(throws: PercentEncoding.Fault.badEscape) { try PercentEncoding.decode(text.utf8) }
            #expect(PercentEncoding.repaired(text) == text)
        }
        #expect(throws: PercentEncoding.Fault.notUTF8) { try PercentEncoding.decode("%C3%28".utf8) }
        #expect(PercentEncoding.repaired("%C3%28") == "\u{FFFD}(")
    }

    @Test("whatever the text is, encoding and decoding give it back")
    func roundTrip() throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<500 {
            let bytes = (0..<random.below(12)).map { _ in UInt8(random.below(256)) }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(try PercentEncoding.decode(PercentEncoding.component(text).utf8) == text)
            #expect(try PercentEncoding.decode(PercentEncoding.path(text).utf8) == text)
        }
    }
}
