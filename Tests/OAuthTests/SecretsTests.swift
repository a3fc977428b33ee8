import Farm
import OAuth
import Testing

@Suite("Secrets, digests and signatures", .timeLimit(.minutes(20)))
struct SecretsTests {
    @Test("row 23: tokens and secrets carry 32 bytes as 43 URL-safe characters, and 100,000 are all different")
    func tokens() {
        let random = SystemRandomSource()
        var seen: Set<String> = []
        for _ in 0..<100_000 { seen.insert(random.token()) }
        #expect(seen.count == 100_000)
        let urlSafe = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        #expect(seen.allSatisfy { $0.count == 43 })
        #expect(seen.prefix(1000).allSatisfy { urlSafe.isSuperset(of: $0) })
        #expect(random.clientSecret().count == 43)
    }

    @Test("every byte of the source is in the text")
    func encodings() {
        // RFC 4648 §5, §6 and §8 applied by hand to the bytes 0, 1, 2, …
        let random = CountingRandomSource(first: 0)
        #expect(random.token() == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
        #expect(random.clientID() == "aaaqeayeaudaocajbifqydio")
        #expect(random.printerAuthToken() == "00010203040506070809")
        #expect(CountingRandomSource(first: 0xF0).token().hasPrefix("8PHy8_T19vf4-fr7_P3-_wAB"))
    }

    @Test("the system's bytes use all values and the length asked for")
    func systemBytes() {
        let bytes = SystemRandomSource().bytes(20_003)
        #expect(bytes.count == 20_003)
        #expect(Set(bytes).count == 256)
    }

    @Test("row 29: a token's digest is SHA-256 of its text (FIPS 180-4 example)")
    func tokenDigest() {
        let hex = TokenDigest(of: "abc").bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("row 28: a secret is known again by its salted digest, and by no other salt")
    func secretDigest() {
        let digest = SecretDigest(of: "s3cret", salt: Array(0..<16))
        #expect(digest.matches("s3cret"))
        #expect(!digest.matches("s3creT"))
        #expect(!digest.matches(""))
        #expect(SecretDigest(of: "s3cret", salt: Array(1..<17)).digest != digest.digest)
        var cut = digest
        cut.digest.removeLast()
        #expect(!cut.matches("s3cret"))
    }

    @Test("a signature opens its own picture until it expires, and no other")
    func signature() {
        let signer = PictureSigner(key: Array(0..<32))
        let frame = FrameKey(printID: 9, number: 4)
        let expiry = Int64(noon.secondsSince1970) + 86_400
        let signature = signer.signature(printer: 5, frame: frame, expiresAt: expiry)
        func opens(
            _ text: String, printer: PrinterID = 5, print: PrintID = 9, number: Int64 = 4, expiresAt: Int64? = nil,
            now: Timestamp = noon, by other: PictureSigner? = nil
        ) -> Bool {
            (other ?? signer).verifies(
                text, printer: printer, frame: FrameKey(printID: print, number: number),
                expiresAt: expiresAt ?? expiry, now: now)
        }
        #expect(opens(signature))
        #expect(!opens(signature, now: noon + .seconds(86_400)))
        #expect(!opens(signature, expiresAt: expiry + 1))
        #expect(!opens(signature, printer: 6))
        #expect(!opens(signature, print: 10))
        #expect(!opens(signature, number: 5))
        #expect(!opens(String(signature.dropLast())))
        #expect(!opens(""))
        #expect(!opens(signature, by: PictureSigner(key: Array(1..<33))))
    }
}
