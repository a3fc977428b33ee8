import FarmConfiguration
import Testing

@testable import farmtop

@Suite("The address in links", .timeLimit(.minutes(20)))
struct PublicBaseTests {
    private func publicBase(_ server: String) throws -> String {
        try Settings(
            overrides: ConfigurationOverrides(configFile: "/c.toml"), environment: ["HOME": "/home/ada"],
            workingFolder: "/"
        ) { _ in Array("[server]\n\(server)".utf8) }.publicBase
    }

    @Test("links are made with https where TLS is, and from public_url where that is set")
    func links() throws {
        let tls = "tls_certificate = \"/c\"\ntls_key = \"/k\""
        #expect(try publicBase("") == "http://127.0.0.1:3334")
        #expect(try publicBase(tls) == "https://127.0.0.1:3334")
        #expect(
            try publicBase("\(tls)\npublic_url = \"https://farm.example.org/\"") == "https://farm.example.org")
    }
}
