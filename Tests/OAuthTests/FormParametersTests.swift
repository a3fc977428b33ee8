import OAuth
import TestSupport
import Testing

@Suite("Form bodies", .timeLimit(.minutes(20)))
struct FormParametersTests {
    @Test("plus is a space, %XX a byte, and the order is kept")
    func decoding() throws {
        let form = try form("a=1+2&b=%C3%A9%26&a=x%3dy=z")
        #expect(form.parameters.map(\.name) == ["a", "b", "a"])
        #expect(form.parameters.map(\.value) == ["1 2", "é&", "x=y=z"])
    }

    @Test("empty pairs are skipped, a name without = has an empty value")
    func emptyPairs() throws {
        let form = try form("&a&&b=&")
        #expect(form.parameters == [.init(name: "a", value: ""), .init(name: "b", value: "")])
        #expect(form.first("b") == "")
    }

    @Test("row 8: an empty parameter counts as absent, also beside a full one")
    func emptyIsAbsent() throws {
        let form = try form("scope=&scope=read")
        #expect(form.value("scope") == "read")
        #expect(form.repeatedName == nil)
        #expect(try OAuthTests.form("scope=").value("scope") == nil)
    }

    @Test("a parameter with two values is found out")
    func repeated() throws {
        #expect(try form("x=1&y=2&x=1").repeatedName == "x")
        #expect(try form("x=1&X=1").repeatedName == nil)
    }

    @Test(
        "a bad escape is refused and says which parameter", arguments: ["a=1&b=%", "a=1&b=%4", "a=1&b=%zz", "a=1&%=b"])
    func badEscape(_ body: String) {
        #expect(throws: FormError.badEscape(parameter: 2)) { try form(body) }
    }

    @Test("bytes that are not UTF-8 are refused", arguments: ["%ff", "%C3", "a=%ED%A0%80"])
    func notUTF8(_ body: String) {
        #expect(throws: FormError.notUTF8(parameter: 1)) { try form(body) }
    }

    @Test("a body at the limits is read, one over them is not")
    func limits() throws {
        var limits = FormParameters.Limits()
        limits.bytes = 8
        limits.parameters = 2
        #expect(try FormParameters(parsing: "a=1&b=23".utf8, limits: limits).parameters.count == 2)
        #expect(throws: FormError.tooLong(bytes: 9, limit: 8)) {
            try FormParameters(parsing: "a=1&b=234".utf8, limits: limits)
        }
        #expect(throws: FormError.tooManyParameters(limit: 2)) {
            try FormParameters(parsing: "a&b&c".utf8, limits: limits)
        }
    }

    @Test("whatever the bytes, the parser answers, and what it read survives being written again")
    func fuzz() throws {
        var random = SplitMix(seed: 0x0A07)
        let seeds = [
            "grant_type=client_credentials&client_id=a&client_secret=b%2Bc", "scope=read+write&&=", "%C3%A9=%00",
        ]
        for round in 0..<20_000 {
            let bytes = random.mutate(Array(seeds[round % seeds.count].utf8))
            guard let form = try? FormParameters(parsing: bytes) else { continue }
            let written = form.parameters.map { encode($0.name) + "=" + encode($0.value) }.joined(separator: "&")
            let again = try FormParameters(parsing: Array(written.utf8))
            #expect(again == form)
        }
    }

    private func encode(_ text: String) -> String {
        text.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
