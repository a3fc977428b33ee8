import ArgumentParser
import Farm

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "OAuth clients: the apps that may use the API.",
        subcommands: [
            Add.self, List.self, Edit.self, Rotate.self, Disable.self, Enable.self, Remove.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Make a client and show its secret, this once.")
        @Argument(help: "What people call the app.") var name: String
        @Option(help: "The account it acts for.") var account = Account.firstName
        @Option(help: "\"read\", \"write\" or both.") var scope = Scope.all.description
        @Option(help: "client_credentials, authorization_code, refresh_token, device_code; separated by spaces.")
        var grants = Grant.clientCredentials.rawValue
        @Option(name: .customLong("redirect-uri"), help: "Where the browser goes back to; may be repeated.")
        var redirectURIs: [String] = []
        @Option(
            name: .customLong("token-lifetime"),
            help: """
                Life of its tokens: 1d, 30d, 1y, seconds, or guide. Without it client_credentials tokens live as \
                configured, by default 100 years: that is what Obico's guide promises apps ("guide").
                """)
        var tokenLifetime: String?
        @Flag(help: "Give it a secret also where no grant needs one: an app on a server can keep it.")
        var confidential = false
        @Flag(help: "Let it pause, start and stop the machines of connected printers.") var allowMachines = false
        @OptionGroup var options: CommonOptions

        func validate() throws { _ = try newClient() }

        private func newClient() throws -> NewClient {
            NewClient(
                name: name, account: account, scope: try Scope(option: scope), grants: try [Grant](option: grants),
                redirectURIs: redirectURIs, tokenLifetimeSeconds: try tokenLifetime.map(TokenLifetime.seconds(option:)),
                isConfidential: confidential, mayMoveMachines: allowMachines)
        }

        func run() async throws {
            let client = try newClient()
            let configured = try options.settings().configuration.oauth.clientCredentialsLifetimeSeconds
            try await options.perform(.addClient(client), makesFarm: true) { reply in
                guard case .credentials(let credentials) = reply else { return nil }
                var listing = Listing(credentials: credentials)
                if client.tokenLifetimeSeconds == nil, client.grants.contains(.clientCredentials) {
                    listing.text += "\n" + Self.remark(lifetimeSeconds: configured)
                }
                return listing
            }
        }

        /// What an operator should know who did not choose.
        static func remark(lifetimeSeconds seconds: Int64) -> String {
            let life = TokenLifetime.text(seconds)
            let whose = seconds == TokenLifetime.guideSeconds ? "100 years, the default of Obico's guide" : life
            return "Its tokens live \(whose). Choose a shorter life with --token-lifetime: 1d, 30d or 1y."
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the clients.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.listClients) { reply in
                guard case .clients(let clients) = reply else { return nil }
                return Listing(clients: clients)
            }
        }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "edit",
            abstract: "Change a client. What is not named stays; a narrowed scope narrows its live tokens.")
        @Argument(help: "The client_id.", completion: CompleteCommand.completion(.clients)) var id: String
        @Option(help: "What people call the app.") var name: String?
        @Option(help: "\"read\", \"write\" or both.") var scope: String?
        @Option(help: "client_credentials, authorization_code, refresh_token, device_code; separated by spaces.")
        var grants: String?
        @Option(
            name: .customLong("redirect-uri"),
            help: "Where the browser goes back to; may be repeated, and replaces all that there were.")
        var redirectURIs: [String] = []
        @Flag(name: .customLong("no-redirect-uris"), help: "Take all redirect URIs away.") var noRedirectURIs = false
        @Option(
            name: .customLong("token-lifetime"),
            help: "Life of its tokens: 1d, 30d, 1y, seconds, guide (100 years), or default: as configured.")
        var tokenLifetime: String?
        @Flag(help: "Let it pause, start and stop the machines of connected printers.") var allowMachines = false
        @Flag(help: "Take that right away again.") var forbidMachines = false
        @OptionGroup var options: CommonOptions

        func validate() throws {
            if try patch() == ClientPatch() {
                throw ValidationError(
                    """
                    Say what to change: --name, --scope, --grants, --redirect-uri, --token-lifetime, --allow-machines, \
                    --forbid-machines.
                    """)
            }
        }

        private func patch() throws -> ClientPatch {
            if noRedirectURIs, !redirectURIs.isEmpty {
                throw ValidationError("Give --redirect-uri or --no-redirect-uris, not both.")
            }
            if allowMachines, forbidMachines {
                throw ValidationError("Give --allow-machines or --forbid-machines, not both.")
            }
            var patch = ClientPatch(
                name: name, scope: try scope.map(Scope.init(option:)), grants: try grants.map([Grant].init(option:)),
                redirectURIs: noRedirectURIs ? [] : redirectURIs.isEmpty ? nil : redirectURIs)
            if allowMachines || forbidMachines { patch.mayMoveMachines = allowMachines }
            if let tokenLifetime {
                patch.tokenLifetime =
                    tokenLifetime == "default"
                    ? .standard : .seconds(try TokenLifetime.seconds(option: tokenLifetime))
            }
            return patch
        }

        func run() async throws {
            try await options.perform(.editClient(id, patch())) { .client($0, "is changed") }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate", abstract: "Give a client a new secret. Its tokens live on unless --revoke is given.")
        @Argument(help: "The client_id.", completion: CompleteCommand.completion(.clients)) var id: String
        @Flag(help: "Revoke its tokens too.") var revoke = false
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.rotateClient(id, revokeTokens: revoke)) { reply in
                guard case .credentials(let credentials) = reply else { return nil }
                return Listing(credentials: credentials)
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Disable a client and its tokens.")
        @Argument(help: "The client_id.", completion: CompleteCommand.completion(.clients)) var id: String
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.setClientDisabled(id, disabled: true)) { .client($0, "is disabled") }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Enable a disabled client.")
        @Argument(help: "The client_id.", completion: CompleteCommand.completion(.clients)) var id: String
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.setClientDisabled(id, disabled: false)) { .client($0, "is enabled") }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a client and revoke its tokens.")
        @Argument(help: "The client_id.", completion: CompleteCommand.completion(.clients)) var id: String
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.removeClient(id)) { _ in Listing(done: "Client \(id) is removed.") }
        }
    }
}

extension Scope {
    fileprivate init(option: String) throws {
        guard let scope = Scope(option), !scope.isEmpty else {
            throw ValidationError("--scope takes \"read\", \"write\" or \"read write\".")
        }
        self = scope
    }
}

extension TokenLifetime {
    fileprivate static func seconds(option: String) throws -> Int64 {
        guard let seconds = seconds(option) else {
            throw ValidationError(
                "--token-lifetime takes 1d, 30d, 1y, 12h, a number of seconds, or guide: 1 second to 100 years.")
        }
        return seconds
    }
}

extension [Grant] {
    fileprivate init(option: String) throws {
        let words = option.split { $0 == " " || $0 == "," }.map(String.init)
        let grants = words.compactMap(Grant.init(word:))
        guard !grants.isEmpty, grants.count == words.count else {
            throw ValidationError(
                "--grants takes \(Grant.allCases.map(\.shortName).joined(separator: ", ")); separated by spaces.")
        }
        self = grants
    }
}

extension Listing {
    /// Nil when the reply is about no client.
    static func client(_ reply: FarmReply, _ what: String) -> Listing? {
        guard case .client(let client) = reply else { return nil }
        return Listing(
            done: "Client \(client.publicID) (\(client.name)) \(what).", [("client", JSONText(client: client))])
    }
}

extension CommonOptions {
    /// Asks the farm and shows what came of it.
    /// - Parameter makesFarm: it may be the first thing done to a new farm.
    func perform(
        _ action: FarmAction, makesFarm: Bool = false, _ listing: (FarmReply) -> Listing?
    ) async throws {
        let reply = try await FarmAccess.with(settings(), makesFarm: makesFarm) { try await $0.perform(action) }
        guard let listing = listing(reply) else {
            throw CommandFailure.failed("The farm gave an answer of another kind. Is it another version of farmtop?")
        }
        try listing.show(asJSON: isJSON)
    }
}
