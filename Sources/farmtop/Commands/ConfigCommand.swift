import ArgumentParser
import Farm
import FarmConfiguration
import Text

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check the configuration, or show where it is.",
        subcommands: [Check.self, Path.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Name every fault of the configuration file.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let settings: Settings
            do throws(ConfigurationError) {
                settings = try options.settings()
                let problems = settings.problemsOutside()
                if !problems.isEmpty {
                    throw .invalid(file: settings.configFile ?? "the configuration", problems: problems)
                }
            } catch {
                guard options.isJSON else { throw error }
                try Console.out(Self.json(error).description)
                throw ExitCode(2)
            }
            let remarks =
                settings.linkRemarks + RuleCheckup(settings: settings).remarks().map { "\($0) \(MissingNames.remedy)" }
            try Listing(
                text: (settings.configFile.map { "\($0) is valid." }
                    ?? "There is no configuration file; every setting is at its default.")
                    + remarks.map { "\n\(printable($0))" }.joined(),
                json: .object([
                    ("file", JSONText(settings.configFile)), ("valid", .boolean(true)), ("problems", .list([])),
                    ("remarks", .list(remarks.map { .string($0) })),
                ])
            ).show(asJSON: options.isJSON)
        }

        static func json(_ error: ConfigurationError) -> JSONText {
            guard case .invalid(let file, let problems) = error else {
                return .object([
                    ("valid", .boolean(false)),
                    ("problems", .list([.object([("message", .string(error.description))])])),
                ])
            }
            return .object([
                ("file", .string(file)), ("valid", .boolean(false)),
                (
                    "problems",
                    .list(
                        problems.map { problem in
                            .object([
                                ("line", JSONText(problem.line.map(Int64.init))), ("key", .string(problem.key)),
                                ("message", .string(problem.message)),
                            ])
                        })
                ),
            ])
        }
    }

    struct Path: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "path", abstract: "Show the paths of configuration, data and log.")
        @OptionGroup var options: CommonOptions

        func run() async throws {
            let settings = try options.settings()
            let config = settings.configFile ?? settings.paths.configFile
            let (data, log) = (try settings.dataFolder(), try settings.logFile())
            try Listing(
                text: """
                    config  \(config ?? "(none: HOME is not set)")\(settings.configFile == nil ? "  (not there)" : "")
                    data    \(data)
                    log     \(log)
                    """,
                json: .object([
                    ("config", JSONText(config)), ("config_exists", .boolean(settings.configFile != nil)),
                    ("data", .string(data)), ("log", .string(log)),
                ])
            ).show(asJSON: options.isJSON)
        }
    }
}
