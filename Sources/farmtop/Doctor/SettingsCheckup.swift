import Dashboard
import FarmConfiguration
import Foundation
import Text

extension Settings {
    /// What no look at the file alone can tell: whether what the settings name is there.
    func problemsOutside() -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        func add(_ key: String, _ message: String) { problems.append(ConfigurationProblem(key: key, message: message)) }
        let own = paths.configFolder.map { ThemeFiles(in: $0 + "/themes") }
        for problem in own?.problems ?? [] { add("dashboard.theme", problem) }
        let names = [ThemeFiles.automatic] + Theme.builtin.map(\.name) + (own?.themes ?? []).map(\.name)
        let theme = configuration.dashboard.theme
        if !names.contains(theme) {
            add(
                "dashboard.theme",
                "dashboard.theme is \(printable(theme).debugDescription), and there is no such theme. "
                    + "Themes: \(names.map(printable).joined(separator: ", ")).")
        }
        let files = [
            ("server.tls_certificate", configuration.server.tlsCertificate),
            ("server.tls_key", configuration.server.tlsKey),
            ("detector.model", configuration.detector.model), ("detector.weights", configuration.detector.weights),
            ("webhook.secret_file", configuration.webhook.secretFile),
        ]
        for (key, path) in files where !path.isEmpty {
            let absolute = (try? paths.expanded(path)) ?? path
            if !FileManager.default.isReadableFile(atPath: absolute) {
                add(key, "\(key): \(printable(absolute)) is not there, or cannot be read.")
            }
        }
        return problems
    }
}
