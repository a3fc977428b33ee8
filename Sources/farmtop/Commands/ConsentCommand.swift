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
            let (reply, isRunning) = try await FarmAccess.with(options.settings()) { farm in
                (try await farm.perform(.listConsents), !farm.isHere)
            }
            guard case .consents(let consents) = reply else { return }
            if !isRunning { Console.error("farmtop: \(ConsentCommand.noFarmRuns)") }
            try Listing(consents: consents, now: Timestamp.systemClock()).show(asJSON: options.isJSON)
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Give access to the app that shows this code.")
        @Argument(help: "The code as the app or browser shows it.") var code: [String]
        @OptionGroup var options: CommonOptions

        func run() async throws {
            try await options.decide(.approveConsent(code: code.joined(separator: " "))) {
                "\($0.clientName) has access: \($0.scope) of account \($0.accountName)."
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
            try await options.decide(action) { "\($0.clientName) was denied access." }
        }
    }
}

extension ConsentCommand {
    fileprivate static let noFarmRuns =
        "No farm is running here, so no app can ask for access. Start it: farmtop, or farmtop serve."
}

extension CommonOptions {
    /// Answers an app that waits at the running farm.
    fileprivate func decide(_ action: FarmAction, _ sentence: (PendingConsent) -> String) async throws {
        let reply = try await FarmAccess.with(settings()) { farm in
            guard !farm.isHere else { throw CommandFailure.failed(ConsentCommand.noFarmRuns) }
            return try await farm.perform(action)
        }
        guard case .consent(let consent) = reply else { return }
        try Listing(done: sentence(consent), [("consent", JSONText(consent: consent))]).show(asJSON: isJSON)
    }
}
