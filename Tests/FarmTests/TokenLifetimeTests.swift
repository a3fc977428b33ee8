import Farm
import Testing

@Suite("The life of tokens, as people write it", .timeLimit(.minutes(20)))
struct TokenLifetimeTests {
    @Test(
        "a number with a unit, or of seconds, or the guide's",
        arguments: [
            ("1d", 86_400), ("30d", 2_592_000), ("1y", 31_536_000), ("12h", 43_200), ("15m", 900), ("600", 600),
            ("600s", 600), ("guide", 3_153_600_000), ("100y", 3_153_600_000), ("1D", 86_400),
        ])
    func read(text: String, seconds: Int) { #expect(TokenLifetime.seconds(text) == Int64(seconds)) }

    @Test(
        "what is no life of 1 second to 100 years is none",
        arguments: [
            "", "0", "0d", "d", "-1", "1.5d", "101y", "1 d", "99999999999999999999", "9223372036854775807y", "１d",
        ])
    func refused(text: String) { #expect(TokenLifetime.seconds(text) == nil) }

    @Test("it is shown in the largest unit that fits")
    func shown() {
        let shown = [3_153_600_000, 31_536_000, 2_592_000, 5400, 601].map { TokenLifetime.text($0) }
        #expect(shown == ["100y", "1y", "30d", "90m", "601s"])
    }
}

@Suite("What limits count as one source", .timeLimit(.minutes(20)))
struct NetworkSourceTests {
    @Test("an IPv4 address counts alone, an IPv6 address with its /64")
    func sources() {
        func source(_ address: String) -> NetworkSource { NetworkSource(address: address) }
        #expect(source("192.0.2.1") != source("192.0.2.2"))
        #expect(source("2001:db8:0:1:0:0:0:1") == source("2001:db8:0:1:ffff:0:0:9"))
        #expect(source("2001:db8:0:1:0:0:0:1") != source("2001:db8:0:2:0:0:0:1"))
        #expect(source("2001:db8:0:1:0:0:0:1").description == "2001:db8:0:1::/64")
        #expect(source("").description == "")
    }
}
