import ArgumentParser
import FarmConfiguration
import Glibc
import Text

/// The program: arguments in, an exit code out. 0 done, 1 failed, 2 wrong usage or configuration.
@main
enum Farmtop {
    static let version = "0.2.0"

    static func main() async {
        // A reader that goes away (`farmtop printer list | head -1`) ends the output, not the program.
        signal(SIGPIPE, SIG_IGN)
        // Before the first task: the threads that run them could not be made.
        if let failure = ProcessLimits.raised().commandFailure {
            Console.error("farmtop: \(failure.message)")
            exit(failure.exitCode)
        }
        let code = await run(Array(CommandLine.arguments.dropFirst()))
        exit(code)
    }

    static func run(_ arguments: [String]) async -> Int32 {
        do {
            let arguments = CommonOptions.movedBehindCommand(arguments)
            try RootCommand.requireKnown(arguments)
            var command = try await RootCommand.asyncParseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return report(error)
        }
    }

    /// Says what went wrong, on standard error; help that was asked for goes to standard output.
    private static func report(_ error: any Error) -> Int32 {
        if let failure = CommandFailure(error) {
            Console.error("farmtop: \(failure.message)")
            return failure.exitCode
        }
        let code = RootCommand.exitCode(for: error)
        let message = RootCommand.fullMessage(for: error)
        if code.isSuccess {
            do throws(OutputFailure) {
                try Console.out(message)
            } catch {
                Console.error("farmtop: \(error.message)")
                return 1
            }
            return 0
        }
        if !message.isEmpty { Console.error(message) }
        return code == .validationFailure ? 2 : code.rawValue
    }
}

struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "farmtop",
        abstract: "Watch your 3D printers from the terminal: farmtop spots failing prints and asks for a pause.",
        discussion: """
            Without a command it opens the dashboard and serves the API on 127.0.0.1:3334. Files:
            ~/.config/farmtop/config.toml, ~/.local/share/farmtop, ~/.local/state/farmtop/farmtop.log.

            Options of the dashboard: --plain (lines of text, no screen), --readonly, --ascii, --theme NAME; and
            --connect URL --credentials FILE [--wait] for a farm elsewhere. Explained by: farmtop dashboard --help
            Options of every command: --config FILE, --data-dir FOLDER, --listen HOST:PORT, --json.
            """,
        version: Farmtop.version,
        subcommands: [
            DashboardCommand.self, ServeCommand.self, DemoCommand.self, ClientCommand.self, TokenCommand.self,
            ConsentCommand.self, AccountCommand.self, PrinterCommand.self, CameraCommand.self, BedCommand.self,
            DiscoverCommand.self,
            PrintCommand.self, NotifyCommand.self, WebhookCommand.self, ReplayCommand.self,
            DetectCommand.self, EvalCommand.self, ModelCommand.self, ConfigCommand.self, BackupCommand.self,
            RestoreCommand.self, DoctorCommand.self, CompleteCommand.self,
        ],
        defaultSubcommand: DashboardCommand.self)
}

extension RootCommand {
    /// The words in front name a command. The parser would take one that does not for an argument of the dashboard.
    /// - Throws: which command was meant, where one is spelled nearly so.
    static func requireKnown(_ words: [String]) throws(CommandFailure) {
        var command: any ParsableCommand.Type = RootCommand.self
        var path: [String] = []
        for word in words {
            let known = command.configuration.subcommands
            guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
            guard let next = known.first(where: { $0.configuration.commandName == word }) else {
                throw .usage(unknown(word, after: path, known.compactMap { $0.configuration.commandName }))
            }
            command = next
            path.append(word)
        }
    }

    private static func unknown(_ word: String, after path: [String], _ names: [String]) -> String {
        func words(_ last: String) -> String { (path + [last]).joined(separator: " ") }
        let near = nearestSpelling(of: word, among: names).map { "Did you mean \(words($0))? " } ?? ""
        return "There is no command \(printable(words(word))). \(near)All are listed by farmtop \(words("--help"))."
    }
}
