/// Where farmtop's files are, by the XDG base directory specification: a relative or empty XDG variable counts as
/// not set.
package struct Paths: Equatable, Sendable {
    /// A socket's address has room for so many bytes on every system (107 on Linux, which the server's library leaves unused).
    package static let longestSocketPath = 103

    private let home: String?
    private let configHome: String?
    private let dataHome: String?
    private let stateHome: String?

    package init(environment: [String: String]) {
        func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        home = absolute("HOME")
        configHome = absolute("XDG_CONFIG_HOME")
        dataHome = absolute("XDG_DATA_HOME")
        stateHome = absolute("XDG_STATE_HOME")
    }

    /// `~/.config/farmtop`; nil when there is no home: then there is no file to read either.
    package var configFolder: String? { folder(configHome, or: ".config") }
    package var configFile: String? { configFolder.map { $0 + "/config.toml" } }

    package func dataFolder() throws(ConfigurationError) -> String {
        guard let folder = folder(dataHome, or: ".local/share") else {
            throw .noHome(wanted: "data folder", remedy: "Set HOME, or give --data-dir DIR.")
        }
        return folder
    }

    package func logFile() throws(ConfigurationError) -> String {
        guard let folder = folder(stateHome, or: ".local/state") else {
            throw .noHome(wanted: "log file", remedy: "Set HOME, or log.file in the configuration.")
        }
        return folder + "/farmtop.log"
    }

    /// `~/…` with the home folder in it; any other path as it is.
    package func expanded(_ path: String) throws(ConfigurationError) -> String {
        guard path.hasPrefix("~/") else { return path }
        guard let home else { throw .noHome(wanted: "path \(path)", remedy: "Set HOME, or write an absolute path.") }
        return home + path.dropFirst()
    }

    private func folder(_ xdg: String?, or inHome: String) -> String? {
        (xdg ?? home.map { "\($0)/\(inHome)" }).map { $0 + "/farmtop" }
    }
}
