import FarmConfiguration
import Foundation
import Notifier
import Text

extension Settings {
    /// Whether what the channels name is there.
    func problemsOfChannels() -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        for settings in configuration.notify {
            let channel = settings.channel
            let files = [
                ("url_file", settings.urlFile), ("token_file", settings.tokenFile), ("ca_file", settings.caFile),
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
            guard let program = channel.missingProgram else { continue }
            problems.append(
                ConfigurationProblem(
                    key: "notify.argv",
                    message: channel.kind == .email
                        ? "\(channel.name) sends e-mail with curl, which is not installed: apt-get install curl"
                        : "notify.argv of \(channel.name): there is no program \(printable(program))."))
        }
        return problems
    }
}
