import Farm
import Testing

@Suite("Addresses of machines", .timeLimit(.minutes(20)))
struct WebAddressTests {
    @Test(
        "what a person types",
        arguments: [
            ("192.168.1.20", "http://192.168.1.20"), ("  octopi.local:5000/ ", "http://octopi.local:5000/"),
            ("HTTPS://Printer.Example:443/octo", "https://printer.example/octo"),
            ("http://[fe80::1]:7125", "http://[fe80::1]:7125"), ("http://h/a?b=c#d", "http://h/a?b=c"),
            ("h?x=1", "http://h?x=1"), ("http://h:", "http://h"),
        ])
    func typed(text: String, expected: String) throws {
        let found = try WebAddress.parse(text)
        #expect(found.address.description == expected)
        #expect(found.credentials == nil)
    }

    @Test(
        "what is no address says what is wrong, without repeating it",
        arguments: [
            ("", WebAddressError.empty), ("ftp://h/", .wrongScheme("ftp")),
            ("rtsp://u:secret@h/", .wrongScheme("rtsp")),
            ("http://", .noHost), ("http:///x", .noHost), ("http://a b/", .badCharacter),
            ("http://h\u{1B}[2J/", .badCharacter),
            ("http://h:0/", .badPort), ("http://h:65536/", .badPort), ("http://h:1a/", .badPort),
            ("http://[::1/", .badHost),
            ("http://[g::1]/", .badHost), ("http://a%2fb/", .badHost), ("http://ä/", .badCharacter),
            ("http://1:2:3/", .badHost), ("http://h\\@evil/", .badCharacter),
        ])
    func refused(text: String, expected: WebAddressError) {
        #expect(throws: expected) { try WebAddress.parse(text) }
        #expect(!expected.description.contains("secret"))
    }

    @Test("credentials are taken out of an address, and print as dots")
    func credentials() throws {
        let found = try WebAddress.parse("http://maker:s%3Acret@10.0.0.9:80/snap")
        #expect(found.address.description == "http://10.0.0.9/snap")
        #expect(found.credentials == .password(user: "maker", Secret("s:cret")))
        #expect("\(found)".contains("s:cret") == false)
        var dumped = ""
        dump(found, to: &dumped)
        #expect(dumped.contains("s:cret") == false)
    }

    @Test("the prefix of a reverse proxy stays in every address below it")
    func prefix() throws {
        let link = LinkAddress(kind: .octoprint, base: try WebAddress.parse("http://h/octo/").address)
        #expect(link.address(of: "/api/job").description == "http://h/octo/api/job")
        #expect(link.address(of: "/api/printer", query: "exclude=sd").target == "/octo/api/printer?exclude=sd")
    }

    @Test(
        "this computer, as the one who wrote the address sees it",
        arguments: ["127.0.0.1", "127.8.0.1", "localhost", "::1", "0.0.0.0"])
    func loopback(host: String) {
        #expect(WebAddress(scheme: .http, host: host).isLoopback)
        #expect(
            !WebAddress(scheme: .http, host: "1" + host.replacing(":", with: "x")).isLoopback || host.hasPrefix("127"))
    }

    @Test("text from a machine loses what draws, moves or hides, and keeps the rest")
    func cleaned() {
        #expect(cleanedText("a\u{1B}[2Jb\tc\r\n\n d\u{202E}\u{200B}é💥 ", limit: 100) == "a[2Jb c dé💥")
        #expect(cleanedText("abc", limit: 2) == "ab")
        #expect(cleanedText("\n\u{7}", limit: 10) == "")
    }

    @Test("an interval outside 1 to 300 seconds is no camera")
    func interval() throws {
        let source = CameraSource.snapshot(WebAddress(scheme: .http, host: "h"))
        for seconds in [0, 301, -1] {
            #expect(CameraSettings(name: "a", source: source, intervalSeconds: seconds) == nil)
        }
        #expect(CameraSettings(name: "a", source: source)?.intervalSeconds == 10)
    }

    @Test("abilities have names, and unknown names are passed over")
    func abilities() {
        let some: LinkAbilities = [.pause, .emergencyStop]
        #expect(some.names == ["pause", "emergency_stop"])
        #expect(LinkAbilities(names: ["pause", "emergency_stop", "levitate"]) == some)
    }
}
