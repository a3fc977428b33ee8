import ArgumentParser
import Farm

struct ConsentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent", abstract: "Apps that ask for access.",
        discussion: """
            An app's browser page or a device shows a code, and asks from the running dashboard or `farmtop serve`. See who
            asks for what and from where with `list`; then type the code that you read there.
            """,
        subcommands: [List.self, Approve.self, Deny.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the apps that ask for access.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.listConsents) { reply in
                guard case .consents(let consents) = reply else { return nil }
                return Listing(consents: consents, now: Timestamp.systemClock())
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Give access to the app that shows this code.")
        @Argument(help: "The code as the app or browser shows it.") var code: [String]
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.perform(.approveConsent(code: code.joined(separator: " "))) {
                .consent($0) { "\($0.clientName) has access: \($0.scope) of account \($0.accountName)." }
            }
        }
    }

    struct Deny: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "deny", abstract: "Deny an app access.")
        @Argument(help: ArgumentHelp("Its number in the list, or the code that it shows.", valueName: "id|code"))
        var words: [String]
        @OptionGroup var options: CommonOptions

        private var action: FarmAction {
            let text = words.joined(separator: " ")
            // A code has no digits.
            return RowNumber(argument: text).map { .denyConsent(ConsentID($0.value)) } ?? .denyConsentCode(text)
        }

        func run() async throws {
            try await options.perform(action) { .consent($0) { "\($0.clientName) was denied access." } }
        }
    }
}

extension Listing {
    /// Nil when the reply is about no consent.
    static func consent(_ reply: FarmReply, _ sentence: (PendingConsent) -> String) -> Listing? {
        guard case .consent(let consent) = reply else { return nil }
        return Listing(done: sentence(consent), [("consent", JSONText(consent: consent))])
    }
}
