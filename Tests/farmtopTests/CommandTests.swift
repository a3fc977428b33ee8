import ArgumentParser
import Farm
import Testing

@testable import farmtop

@Suite("The command line", .timeLimit(.minutes(20)))
struct CommandTests {
    @Test("common options may stand before the command")
    func moved() throws {
        #expect(
            CommonOptions.movedBehindCommand(["--data-dir", "/x", "--json", "client", "add", "a"])
                == ["client", "add", "a", "--data-dir", "/x", "--json"])
        #expect(
            CommonOptions.movedBehindCommand(["--listen=[::1]:1", "printer", "add", "--", "-x"])
                == ["printer", "add", "--listen=[::1]:1", "--", "-x"])
        #expect(CommonOptions.movedBehindCommand(["--help"]) == ["--help"])
        #expect(CommonOptions.movedBehindCommand(["--config"]) == ["--config"])
    }

    @Test("the help names every option that the dashboard and all commands take")
    func rootHelp() {
        let help = RootCommand.helpMessage()
        let options = DashboardCommand.helpMessage().matches(of: /--[a-z-]+/).map { String($0.output) }
        #expect(options.count >= 11)
        for option in options { #expect(help.contains(option), "\(option)") }
    }

    @Test("a command that there is none of is named, with the one that was meant")
    func unknownCommand() throws {
        for (words, meant) in [
            (["printers", "list"], "printers. Did you mean printer? All are listed by farmtop --help."),
            (["nonsense"], "nonsense. All are listed by farmtop --help."),
            (["printer", "lst"], "printer lst. Did you mean printer list? All are listed by farmtop printer --help."),
        ] {
            #expect(throws: CommandFailure.usage("There is no command \(meant)")) {
                try RootCommand.requireKnown(words)
            }
        }
        for words in [
            [], ["--plain"], ["help", "printer"], ["printer"], ["printer", "--json", "list"], ["detect", "a.jpg"],
        ] {
            try RootCommand.requireKnown(words)
        }
        func everyCommand(_ command: any ParsableCommand.Type, _ path: [String]) throws {
            let arguments = command.configuration.subcommands.isEmpty ? ["argument"] : []
            try RootCommand.requireKnown(path + arguments)
            for next in command.configuration.subcommands {
                let name = try #require(next.configuration.commandName, "\(next) needs a name of its own")
                try everyCommand(next, path + [name])
            }
        }
        try everyCommand(RootCommand.self, [])
    }

    @Test("wrong usage ends with 2, help with 0")
    func exitCodes() async {
        #expect(await Farmtop.run(["nonsense"]) == 2)
        #expect(await Farmtop.run(["client", "add", "x", "--scope", "all"]) == 2)
        #expect(await Farmtop.run(["token", "revoke", "0"]) == 2)
        #expect(await Farmtop.run(["token", "revoke"]) == 2)
        #expect(await Farmtop.run(["client", "edit", "x"]) == 2)
        #expect(await Farmtop.run(["client", "edit", "x", "--token-lifetime", "0"]) == 2)
        #expect(await Farmtop.run(["consent", "deny"]) == 2)
        #expect(await Farmtop.run(["config", "check", "--listen", "x"]) == 2)
        #expect(await Farmtop.run(["model", "info", "--precision", "float16"]) == 2)
        #expect(await Farmtop.run(["--version"]) == 0)
    }

    @Test("a fault of a camera names the camera and its own options, never the printer's key")
    func cameraFaults() {
        let refused = LinkFault.wrongCredentials.sentence(ofCameraAt: "cam.lan:8080")
        #expect(refused.hasPrefix("The camera at cam.lan:8080 refuses the user name or password."))
        #expect(refused.contains("--user") && refused.contains("--key-file"))
        #expect(
            LinkFault.noAnswer(seconds: 5).sentence(ofCameraAt: "cam.lan")
                == "The camera at cam.lan did not answer within 5 s.")
        #expect(
            LinkFault.noPicture("it is a web page").sentence(ofCameraAt: "cam.lan")
                == "The camera at cam.lan: There is no picture: it is a web page.")
    }

    @Test("a client's credentials are the JSON that scripts expect")
    func credentials() {
        let client = OAuthClient(
            id: 1, publicID: "abc", name: "my-app", accountID: 1, secret: nil, scope: .all,
            grants: [.clientCredentials], redirectURIs: [], tokenLifetimeSeconds: nil,
            createdAt: Timestamp(microseconds: 0))
        let summary = ClientSummary(client, accountName: "operator", lastUsedAt: nil, liveTokens: 0)
        let listing = Listing(credentials: ClientCredentials(client: summary, secret: "s3"))
        #expect(
            listing.json.description
                == #"{"client_id": "abc", "client_secret": "s3", "account": "operator", "scope": "read write", "#
                + #""grants": ["client_credentials"], "redirect_uris": []}"#)
    }

    @Test("names from outside cannot steer the terminal, in tables or in JSON")
    func hostileNames() {
        let account = Account(id: 1, name: "a\u{1B}[2J\u{202E}\nb", createdAt: Timestamp(microseconds: 0))
        let listing = Listing(accounts: [account])
        #expect(listing.text.split(separator: "\n").count == 2)
        #expect(listing.text.contains("a\u{FFFD}[2J\u{FFFD}\u{FFFD}b  1970-01-01  active"))
        #expect(listing.json.description.contains(#"a\u001b[2J\u202e\nb"#))
    }

    @Test("a long name moves no column away; the last column, and what is no name, are whole")
    func longNames() {
        var table = Table("NAME", "RETURNS TO", "FILE")
        let (name, address) = (String(repeating: "名", count: 128), "https://" + String(repeating: "a", count: 60))
        table.add(name, address, String(repeating: "f", count: 200))
        let cut = String(repeating: "名", count: 19) + "…"
        #expect(table.text.hasSuffix("\n\(cut)  \(address)  \(String(repeating: "f", count: 200))"), "\(table.text)")
        var fits = Table("NAME", "X")
        fits.add(String(repeating: "n", count: 40), "x")
        #expect(!fits.text.contains("…"))
    }

    @Test("columns stay true with wide characters, and numbers stand to the right")
    func table() {
        var table = Table("N#", "NAME", "X")
        table.add("7", "打印机", "a")
        table.add("10", "mk4", "b")
        #expect(table.text == "N   NAME    X\n 7  打印机  a\n10  mk4     b".replacing("N   NAME", with: " N  NAME"))
    }
}
