import ArgumentParser
import Farm

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Live access and refresh tokens; never their values.",
        subcommands: [List.self, Revoke.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the live tokens.")
        @Option(help: "Only those of this client_id.") var client: String?
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.listTokens(client: client)) { reply in
                guard case .tokens(let tokens) = reply else { return nil }
                return Listing(tokens: tokens)
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "End a token at once; a refresh token with all that came of the same consent.")
        @Argument(help: "Its number in the list.") var id: RowNumber?
        @Option(help: "All of this client_id.") var client: String?
        @OptionGroup var options: CommonOptions

        func validate() throws {
            if (id == nil) == (client == nil) { throw ValidationError("Give the token's number, or --client.") }
        }

        func run() async throws {
            if let client {
                return try await options.perform(.revokeTokens(client: client)) { _ in
                    Listing(done: "All tokens of client \(client) are revoked.")
                }
            }
            guard let id else { return }
            try await options.perform(.revokeToken(TokenID(id.value))) { _ in
                Listing(done: "Token \(id.value) is revoked.")
            }
        }
    }
}

/// An id on the command line: digits, 1 or more.
struct RowNumber: ExpressibleByArgument {
    let value: Int64

    init?(argument: String) {
        guard let id = Identifier<Self>(pathSegment: argument) else { return nil }
        value = id.rawValue
    }
}
