import Farm
import Foundation
import Text

/// What the command line says of the configuration; each also has an environment variable.
package struct ConfigurationOverrides: Equatable, Sendable {
    /// `--config`
    package var configFile: String?
    /// `--data-dir`
    package var dataFolder: String?
    /// `--listen`
    package var listen: String?

    package init(configFile: String? = nil, dataFolder: String? = nil, listen: String? = nil) {
        self.configFile = configFile
        self.dataFolder = dataFolder
        self.listen = listen
    }
}

/// The configuration in force and the places it names. Precedence: flag, environment, file, default.
package struct Settings: Equatable, Sendable {
    package var configuration: Configuration
    package var paths: Paths
    /// The file that was read; nil when there is none.
    package var configFile: String?

    /// - Parameters:
    ///   - readFile: the bytes of a file, nil when there is none. A file that was asked for must be there.
    ///   - workingFolder: what relative paths of flags and variables start from.
    package init(
        overrides: ConfigurationOverrides, environment: [String: String], workingFolder: String,
        readFile: (String) throws -> [UInt8]?
    ) throws(ConfigurationError) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(workingFolder)/\(path)" }

        paths = Paths(environment: environment)
        let wanted = (overrides.configFile ?? variable("FARMTOP_CONFIG")).map(absolute)
        configuration = Configuration()
        if let file = wanted ?? paths.configFile, let text = try Self.text(of: file, readFile) {
            configuration = try ConfigurationReader(file: file).read(text)
            configFile = file
        } else if let wanted {
            throw .unreadable(file: wanted, reason: "there is no such file")
        }

        if let folder = (overrides.dataFolder ?? variable("FARMTOP_DATA_DIR")).map(absolute) {
            configuration.storage.dataFolder = folder
        }
        let listens = [("--listen", overrides.listen), ("FARMTOP_LISTEN", variable("FARMTOP_LISTEN"))]
        for case (let source, let text?) in listens {
            guard let address = ListenAddress(text) else {
                throw .badValue(source: source, value: printable(text), expected: Setting.listen.expected)
            }
            configuration.server.listen = address
            break
        }
        try checkTogether()
    }

    /// Absolute.
    package func dataFolder() throws(ConfigurationError) -> String {
        let folder = configuration.storage.dataFolder
        return folder.isEmpty ? try paths.dataFolder() : try paths.expanded(folder)
    }

    /// Absolute.
    package func logFile() throws(ConfigurationError) -> String {
        configuration.log.file.isEmpty ? try paths.logFile() : try paths.expanded(configuration.log.file)
    }

    /// The API's unix socket, absolute; nil when there is none.
    package func apiSocket() throws(ConfigurationError) -> String? {
        let path = configuration.server.apiSocket
        return path.isEmpty ? nil : try paths.expanded(path)
    }

    /// Paths of certificate and key, absolute; nil without TLS.
    package func tlsFiles() throws(ConfigurationError) -> (certificate: String, key: String)? {
        let server = configuration.server
        guard !server.tlsCertificate.isEmpty || !server.tlsKey.isEmpty else { return nil }
        return (try paths.expanded(server.tlsCertificate), try paths.expanded(server.tlsKey))
    }

    /// What no setting can see by itself.
    /// - Throws: `invalid`, with every setting that contradicts another one.
    private func checkTogether() throws(ConfigurationError) {
        let (server, webhook) = (configuration.server, configuration.webhook)
        var problems: [ConfigurationProblem] = []
        func add(_ key: String, _ message: String) { problems.append(ConfigurationProblem(key: key, message: message)) }
        if server.tlsCertificate.isEmpty != server.tlsKey.isEmpty {
            add("server.tls_key", "server.tls_certificate and server.tls_key belong together. Set both, or neither.")
        }
        if server.listen.isNone, server.apiSocket.isEmpty {
            add("server.listen", "server.listen is \"none\" and there is no server.api_socket: no app could connect.")
        }
        if let socket = try apiSocket(), socket.utf8.count > Paths.longestSocketPath {
            add(
                "server.api_socket",
                "server.api_socket is \(socket.utf8.count) bytes long; a socket's path has room for "
                    + "\(Paths.longestSocketPath). Choose a shorter one, as /run/farmtop/api.sock.")
        }
        if let socket = try apiSocket(), socket.hasPrefix(try dataFolder() + "/") {
            add(
                "server.api_socket",
                "server.api_socket is inside the data folder, where only you may go. Put it elsewhere, as /run/farmtop/api.sock."
            )
        }
        if !webhook.secret.isEmpty, !webhook.secretFile.isEmpty {
            add("webhook.secret", "webhook.secret and webhook.secret_file are both set. Keep one of them.")
        }
        guard problems.isEmpty else { throw .invalid(file: configFile ?? "the configuration", problems: problems) }
    }

    private static func text(
        of file: String, _ readFile: (String) throws -> [UInt8]?
    ) throws(ConfigurationError) -> String? {
        let bytes: [UInt8]?
        do {
            bytes = try readFile(file)
        } catch {
            throw (error as? ConfigurationError) ?? .unreadable(file: file, reason: fileReason(error))
        }
        guard let bytes else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable(file: file, reason: "it is not UTF-8 text")
        }
        return text
    }
}
