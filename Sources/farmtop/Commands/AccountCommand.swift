import ArgumentParser
import Farm

struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Accounts: each has its own printers, prints and clients.",
        subcommands: [Add.self, List.self, Rename.self, Disable.self, Enable.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "add", abstract: "Make an account.")
        @Argument var name: String
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.addAccount(name: name), makesFarm: true) { .account($0, "was added") }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the accounts.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.listAccounts) { reply in
                guard case .accounts(let accounts) = reply else { return nil }
                return Listing(accounts: accounts)
            }
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rename", abstract: "Give an account another name.")
        @Argument var name: String
        @Argument var newName: String
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.renameAccount(name: name, newName: newName)) { .account($0, "has its new name") }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Disable an account: its clients lose access.")
        @Argument var name: String
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.setAccountDisabled(name: name, disabled: true)) { .account($0, "is disabled") }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Enable a disabled account.")
        @Argument var name: String
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.setAccountDisabled(name: name, disabled: false)) { .account($0, "is enabled") }
        }
    }
}

extension Listing {
    /// Nil when the reply is about no account.
    static func account(_ reply: FarmReply, _ what: String) -> Listing? {
        guard case .account(let account) = reply else { return nil }
        return Listing(done: "Account \(account.name) \(what).", [("account", JSONText(account: account))])
    }
}
