import Farm
import Testing

@testable import FarmConfiguration

private struct Unreadable: Error {}

/// The settings of a machine with these variables and files, started in `/work place`.
private func settings(
    config: String? = nil, dataFolder: String? = nil, listen: String? = nil, _ environment: [String: String],
    files: [String: String] = [:]
) throws -> Settings {
    try Settings(
        overrides: ConfigurationOverrides(configFile: config, dataFolder: dataFolder, listen: listen),
        environment: environment, workingFolder: "/here", readFile: { files[$0].map { Array($0.utf8) } })
}

private func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "accepted"
    } catch {
        return "\(error)"
    }
}

@Suite("Where the settings come from", .timeLimit(.minutes(20)))
struct SettingsTests {
    private let home = ["HOME": "/home/ada"]

    @Test("without a file and variables, everything is at its default in the home folder")
    func defaults() throws {
        let settings = try settings(home)
        #expect(settings.configuration == Configuration())
        #expect(settings.configFile == nil)
        #expect(settings.paths.configFile == "/home/ada/.config/farmtop/config.toml")
        #expect(try settings.dataFolder() == "/home/ada/.local/share/farmtop")
        #expect(try settings.logFile() == "/home/ada/.local/state/farmtop/farmtop.log")
    }

    @Test("a flag wins over a variable, that over the file, that over the default")
    func precedence() throws {
        let files = [
            "/home/ada/.config/farmtop/config.toml": """
            [server]
            listen = "127.0.0.1:1"
            [storage]
            data_dir = "/file"
            """
        ]
        var environment = home
        var found = try settings(environment, files: files)
        #expect(found.configuration.server.listen.port == 1)
        #expect(try found.dataFolder() == "/file")

        environment["FARMTOP_LISTEN"] = "127.0.0.1:2"
        environment["FARMTOP_DATA_DIR"] = "/variable"
        found = try settings(environment, files: files)
        #expect(found.configuration.server.listen.port == 2)
        #expect(try found.dataFolder() == "/variable")

        found = try settings(dataFolder: "flag", listen: "127.0.0.1:3", environment, files: files)
        #expect(found.configuration.server.listen.port == 3)
        #expect(try found.dataFolder() == "/here/flag")
    }

    @Test("--config wins over FARMTOP_CONFIG, and a file that was asked for must be there")
    func configFile() throws {
        let files = ["/a.toml": "[log]\nlevel = \"debug\"", "/here/b.toml": "[log]\nlevel = \"error\""]
        let environment = home.merging(["FARMTOP_CONFIG": "/a.toml"]) { $1 }
        #expect(try settings(environment, files: files).configuration.log.level == .debug)
        #expect(try settings(config: "b.toml", environment, files: files).configuration.log.level == .error)
        #expect(
            message { _ = try settings(config: "c.toml", home) }
                == "/here/c.toml cannot be read: there is no such file. Give another file with --config, or none to use "
                + "the defaults.")
    }

    @Test("XDG folders are honoured when they are absolute")
    func xdg() throws {
        let environment = home.merging([
            "XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "relative", "XDG_STATE_HOME": "/s",
        ]) { $1 }
        let settings = try settings(environment)
        #expect(settings.paths.configFile == "/c/farmtop/config.toml")
        #expect(try settings.dataFolder() == "/home/ada/.local/share/farmtop")
        #expect(try settings.logFile() == "/s/farmtop/farmtop.log")
    }

    @Test("without HOME, only what needs it is refused, and the remedy is named")
    func noHome() throws {
        #expect(try settings(dataFolder: "/srv", [:]).dataFolder() == "/srv")
        #expect(
            message { _ = try settings([:]).dataFolder() }
                == "HOME is not set, so there is no place for the data folder. Set HOME, or give --data-dir DIR.")
        #expect(message { _ = try settings([:]).logFile() }.contains("Set HOME, or log.file"))
    }

    @Test("~/ in the file is the home folder; a relative path there is refused")
    func homePaths() throws {
        let file = "/home/ada/.config/farmtop/config.toml"
        let found = try settings(home, files: [file: "[storage]\ndata_dir = \"~/farm\""])
        #expect(try found.dataFolder() == "/home/ada/farm")
        #expect(
            message { _ = try settings(home, files: [file: "[storage]\ndata_dir = \"farm\""]) }
                .contains("storage.data_dir is the string \"farm\"; expected an absolute path"))
    }

    @Test("settings that contradict each other are refused together")
    func together() {
        let file = "/home/ada/.config/farmtop/config.toml"
        let text = """
            [server]
            listen = "none"
            tls_key = "/etc/key.pem"
            [webhook]
            secret = "canary-secret"
            secret_file = "/etc/secret"
            """
        let found = message { _ = try settings(home, files: [file: text]) }
        #expect(found.contains("server.tls_certificate and server.tls_key belong together"))
        #expect(found.contains("there is no server.api_socket"))
        #expect(found.contains("webhook.secret and webhook.secret_file are both set"))
        #expect(!found.contains("canary"))
        let inside = "[server]\napi_socket = \"/home/ada/.local/share/farmtop/api.sock\""
        #expect(message { _ = try settings(home, files: [file: inside]) }.contains("inside the data folder"))
        #expect(
            message { _ = try settings(home, files: [file: "[server]\napi_socket = \"/run/a.sock\""]) } == "accepted")
    }

    @Test("a bad address names the flag or variable that gave it")
    func badListen() {
        #expect(
            message { _ = try settings(listen: "3334", home) }.hasPrefix("--listen is \"3334\"; expected \"HOST:PORT\"")
        )
        #expect(
            message { _ = try settings(home.merging(["FARMTOP_LISTEN": "x:99999"]) { $1 }) }
                .hasPrefix("FARMTOP_LISTEN is \"x:99999\""))
    }

    @Test("a file that is not UTF-8 is refused")
    func notText() {
        #expect(
            message {
                _ = try Settings(
                    overrides: ConfigurationOverrides(configFile: "/x"), environment: [:], workingFolder: "/",
                    readFile: { _ in [0xFF, 0xFE] })
            }
                == "/x cannot be read: it is not UTF-8 text. Give another file with --config, or none to use the defaults."
        )
    }

    @Test(
        "an address is HOST:PORT, with IPv6 in brackets",
        arguments: [
            ("127.0.0.1:3334", true), ("[::1]:0", true), ("localhost:65535", true), ("print-hub.local:80", true),
            ("::1:80", false), ("[::1]", false), (":80", false), ("a:65536", false), ("a:", false), ("a:-1", false),
            ("[1.2.3.4]:80", false), ("a b:80", false), ("a:+80", false), ("", false), ("[::1:80", false),
        ])
    func listenAddress(text: String, isAddress: Bool) {
        #expect((ListenAddress(text) != nil) == isAddress)
        if isAddress { #expect(ListenAddress(text)?.description == text) }
    }

    @Test("quiet hours may go over midnight")
    func quietHours() throws {
        let night = try #require(DailyHours("22:00-07:00"))
        #expect(night.contains(minute: 23 * 60) && night.contains(minute: 0) && !night.contains(minute: 7 * 60))
        let noon = try #require(DailyHours("12:00-13:00"))
        #expect(noon.contains(minute: 12 * 60) && !noon.contains(minute: 13 * 60))
        for text in ["24:00-07:00", "22-07", "22:00", "2:00-07:00", "22:00-07:60", "22:00-07:00-"] {
            #expect(DailyHours(text) == nil, "\(text)")
        }
    }
}
