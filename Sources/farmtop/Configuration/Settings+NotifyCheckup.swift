import Foundation
import Notifier
import Text

extension Settings {
    /// Whether what the channels name is there.
    func problemsOfChannels() -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        for channel in configuration.notify {
            let files = [
                ("url_file", channel.urlFile), ("token_file", channel.tokenFile), ("ca_file", channel.caFile),
            ]
            for (key, path) in files where !path.isEmpty {
                let absolute = (try? paths.expanded(path)) ?? path
                guard !FileManager.default.isReadableFile(atPath: absolute) else { continue }
                problems.append(
                    ConfigurationProblem(
                        key: "notify.\(key)",
                        message:
                            "notify.\(key) of \(channel.name): \(printable(absolute)) is not there, or cannot be read.")
                )
            }
            let program = channel.kind == .email ? "curl" : channel.argv.first ?? ""
            guard !program.isEmpty, !Self.isInstalled(program) else { continue }
            problems.append(
                ConfigurationProblem(
                    key: "notify.argv",
                    message: channel.kind == .email
                        ? "\(channel.name) sends e-mail with curl, which is not installed: apt-get install curl"
                        : "notify.argv of \(channel.name): there is no program \(printable(program))."))
        }
        return problems
    }

    private static func isInstalled(_ program: String) -> Bool {
        let paths =
            program.contains("/") ? [program] : ["/usr/local/bin", "/usr/bin", "/bin"].map { "\($0)/\(program)" }
        return paths.contains(where: FileManager.default.isExecutableFile)
    }
}
