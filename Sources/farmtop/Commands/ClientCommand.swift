import ArgumentParser
import Farm

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "OAuth clients: the apps that may use the API.",
        subcommands: [
            Add.self, List.self, Rotate.self, Disable.self, Enable.self, Remove.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a client and show its secret, this once.")
        @Argument(help: "What people call the app.") var name: String
        @Option(help: "The account it acts for.") var account = Account.firstName
        @Option(help: "\"read\", \"write\" or both.") var scope = Scope.all.description
        @Option(help: "client_credentials, authorization_code, refresh_token, device_code; separated by spaces.")
        var grants = Grant.clientCredentials.rawValue
        @Option(name: .customLong("redirect-uri"), help: "Where the browser goes back to; may be repeated.")
        var redirectURIs: [String] = []
        @Option(name: .customLong("token-lifetime"), help: "Life of its tokens in seconds.")
        var tokenLifetimeSeconds: Int64?
        @OptionGroup var options: CommonOptions

        func validate() throws { _ = try newClient() }

        private func newClient() throws -> NewClient {
            guard let scope = Scope(scope), !scope.isEmpty else {
                throw ValidationError("--scope takes \"read\", \"write\" or \"read write\".")
            }
            let words = grants.split { $0 == " " || $0 == "," }.map(String.init)
            let list = words.compactMap(Grant.init(word:))
            guard !list.isEmpty, list.count == words.count else {
                throw ValidationError(
                    "--grants takes \(Grant.allCases.map(\.shortName).joined(separator: ", ")); separated by spaces.")
            }
            if let seconds = tokenLifetimeSeconds, seconds < 1 {
                throw ValidationError("--token-lifetime takes seconds, 1 or more.")
            }
            return NewClient(
                name: name, account: account, scope: scope, grants: list, redirectURIs: redirectURIs,
                tokenLifetimeSeconds: tokenLifetimeSeconds)
        }

        func run() async throws {
            let client = try newClient()
            try await options.perform(.addClient(client)) { reply in
                guard case .credentials(let credentials) = reply else { return nil }
                return Listing(credentials: credentials)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the clients.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.listClients) { reply in
                guard case .clients(let clients) = reply else { return nil }
                return Listing(clients: clients)
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a client a new secret. Its tokens live on unless --revoke is given.")
        @Argument(help: "The client_id.") var id: String
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
        static let configuration = CommandConfiguration(abstract: "Suspend a client and its tokens.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.setClientDisabled(id, disabled: true)) { .client($0, "is disabled") }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a disabled client work again.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.setClientDisabled(id, disabled: false)) { .client($0, "is enabled") }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a client and revoke its tokens.")
        @Argument(help: "The client_id.") var id: String
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.removeClient(id)) { _ in Listing(done: "Client \(id) is removed.") }
        }
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
    func perform(_ action: FarmAction, _ listing: (FarmReply) -> Listing?) async throws {
        let reply = try await FarmAccess.with(settings()) { try await $0.perform(action) }
        guard let listing = listing(reply) else {
            throw CommandFailure.failed("The farm gave an answer of another kind. Is it another version of farmtop?")
        }
        listing.show(asJSON: isJSON)
    }
}
