import ArgumentParser
import FarmConfiguration
import Foundation

/// The options that every command takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: "The configuration file.")
    var configFile: String?

    @Option(name: .customLong("data-dir"), help: "The data folder.")
    var dataFolder: String?

    @Option(name: .customLong("listen"), help: "Where the API listens, HOST:PORT.")
    var listen: String?

    @Flag(name: .customLong("json"), help: "Machine-readable output: one JSON object a line.")
    var isJSON = false

    func settings() throws(ConfigurationError) -> Settings {
        try Settings(
            overrides: ConfigurationOverrides(configFile: configFile, dataFolder: dataFolder, listen: listen),
            environment: ProcessInfo.processInfo.environment,
            workingFolder: FileManager.default.currentDirectoryPath,
            readFile: { path in
                var isFolder = ObjCBool(false)
                guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
                if isFolder.boolValue { throw ConfigurationError.unreadable(file: path, reason: "it is a folder") }
                let file = URL(filePath: path).resolvingSymlinksInPath().path
                guard
                    try FileManager.default.attributesOfItem(atPath: file)[.type] as? FileAttributeType == .typeRegular
                else { throw ConfigurationError.unreadable(file: path, reason: "it is not a regular file") }
                guard FileManager.default.isReadableFile(atPath: path) else {
                    throw ConfigurationError.unreadable(file: path, reason: "this user may not read it")
                }
                return Array(try Data(contentsOf: URL(filePath: path)))
            })
    }

    /// Those that hold when the configuration file is left aside.
    func settingsWithoutFile() throws(ConfigurationError) -> Settings {
        var environment = ProcessInfo.processInfo.environment
        environment["FARMTOP_CONFIG"] = nil
        return try Settings(
            overrides: ConfigurationOverrides(configFile: nil, dataFolder: dataFolder, listen: listen),
            environment: environment, workingFolder: FileManager.default.currentDirectoryPath, readFile: { _ in nil })
    }

    /// The arguments with the common options that stand before the command moved to the end: the parser knows options
    /// only behind their command, people write them on either side.
    static func movedBehindCommand(_ arguments: [String]) -> [String] {
        var moved: [String] = []
        var rest = arguments[...]
        while let first = rest.first, first.hasPrefix("--") {
            if first == "--json" || ["--config=", "--data-dir=", "--listen="].contains(where: first.hasPrefix) {
                moved.append(first)
                rest = rest.dropFirst()
            } else if ["--config", "--data-dir", "--listen"].contains(first), rest.count >= 2 {
                moved += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        guard let end = rest.firstIndex(of: "--") else { return rest + moved }
        return rest[..<end] + moved + rest[end...]
    }
}
