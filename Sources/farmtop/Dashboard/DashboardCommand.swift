import ArgumentParser
import Dashboard
import Farm
import FarmClient
import Foundation
import Logging
import Storage
import Terminal

struct DashboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Open the dashboard; the farm runs in it, or in the farmtop that holds the data folder (default).")
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let settings = try options.settings()
        let log = try LogFile(settings.logFile(), limits: settings.configuration.log.limits)
        if let failure = log.failure { throw CommandFailure.failed(failure) }
        let logger = log.logger(settings.configuration.log.level.level)
        let folder = try DataFolder(preparing: settings.dataFolder()) { logger.warning("\($0)") }
        do {
            let lock = try folder.lock()
            let farm = try ServingFarm(lock, settings: settings, logger: logger)
            let screen = try settings.screen(of: farm.farm.service, ownsFarm: true, folder: folder, log: log)
            try await farm.run(beside: [screen], handlesSignals: false)
        } catch let error as StorageError {
            guard case .folderInUse = error, let client = await ControlClient.connected(to: folder.controlSocket) else {
                throw error
            }
            _ = try await client.closing { backend in
                try await settings.screen(of: backend, ownsFarm: false, folder: folder, log: log).run()
            }
        }
    }
}

extension Settings {
    /// The dashboard as configured, not yet running.
    func screen(
        of backend: any FarmBackend, ownsFarm: Bool, folder: DataFolder, log: LogFile
    ) throws -> DashboardRunner {
        let dashboard = configuration.dashboard
        var terminal = TerminalOptions(environment: ProcessInfo.processInfo.environment)
        terminal.mouse = dashboard.mouse
        terminal.ascii = dashboard.ascii
        terminal.standardErrorDescriptor = log.descriptor
        terminal.crashNote = "The reason is in \(log.path)\n"
        var options = DashboardOptions()
        guard let theme = options.themes.first(where: { $0.name == dashboard.theme }) else {
            let names = options.themes.map(\.name).joined(separator: ", ")
            throw CommandFailure.usage(
                "There is no theme \(printable(dashboard.theme).debugDescription). Set dashboard.theme to one of \(names)."
            )
        }
        options.theme = theme
        switch dashboard.pictures {
        case .automatic: break
        case .sextants: options.picture = .sextant
        case .quadrants: options.picture = .quadrant
        case .halfBlocks: options.picture = .half
        case .ascii: options.picture = .ascii
        }
        options.isASCIIOnly = dashboard.ascii
        options.ownsFarm = ownsFarm
        options.ringsBell = dashboard.bell
        options.utcOffsetSeconds = TimeZone.current.secondsFromGMT()
        options.dataFolder = folder.path
        options.configPath = configFile ?? paths.configFile ?? ""
        return try DashboardRunner(
            backend: backend, options: options, terminal: terminal, quietHours: QuietHours(dashboard.quietHours))
    }
}
