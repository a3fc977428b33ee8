import ArgumentParser
import Dashboard
import Farm
import FarmClient
import FarmConfiguration
import Foundation
import Logging
import ServiceLifecycle
import Storage
import Terminal
import Text
import UnixSignals

struct DashboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Open the dashboard. The farm runs in it, unless another farmtop runs it already.")
    @OptionGroup var flags: DashboardFlags
    @OptionGroup var remote: RemoteFlags
    @OptionGroup var options: CommonOptions

    func validate() throws {
        if options.isJSON, !flags.isPlain {
            throw ValidationError("--json goes with --plain: farmtop --plain --json prints one JSON object a line.")
        }
    }

    func run() async throws {
        if let url = remote.url { return try await showRemoteFarm(at: url) }
        let settings = try options.settings()
        let log = try LogFile(settings.logFile(), limits: settings.configuration.log.limits)
        if let failure = log.failure { throw CommandFailure.failed(failure) }
        let logger = log.logger(settings.configuration.log.level.level)
        let folder = try DataFolder(preparing: settings.dataFolder()) { logger.warning("\($0)") }
        do {
            let lock = try folder.lock()
            let farm = try ServingFarm(lock, settings: settings, logger: logger)
            let screen = try settings.screen(
                of: farm.farm.service, ownsFarm: true, folder: folder, log: log, flags, isJSON: options.isJSON)
            try await farm.run(beside: [NamedService("dashboard", screen)], handlesSignals: flags.isPlain)
        } catch let error as StorageError {
            guard case .folderInUse = error,
                let client = try await ControlClient.connected(to: folder.controlSocket)
            else { throw error }
            _ = try await client.closing { backend in
                let screen = try settings.screen(
                    of: backend, ownsFarm: false, folder: folder, log: log, flags, isJSON: options.isJSON)
                try await show(screen, logger)
            }
        }
    }

    /// - Parameter screen: takes signals itself, unless it is lines of text.
    private func show(_ screen: any Service, _ logger: Logger) async throws {
        guard flags.isPlain else { return try await screen.run() }
        let group = ServiceGroupConfiguration(
            services: [NamedService("dashboard", screen).configuration],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await ServiceGroup(configuration: group).run()
    }

    private func showRemoteFarm(at url: String) async throws {
        let settings = try options.settings()
        let log = try LogFile(settings.logFile(), limits: settings.configuration.log.limits)
        if let failure = log.failure { throw CommandFailure.failed(failure) }
        let logger = log.logger(settings.configuration.log.level.level)
        let farm = RemoteFarm(
            base: try RemoteCredentials.base(url),
            credentials: try .found(remote, environment: ProcessInfo.processInfo.environment),
            version: Farmtop.version)
        do {
            // What is wrong is said before the screen opens; with --wait a farm that is down for now is waited for.
            var scope = Scope.all
            do {
                scope = try await farm.scope()
                try await farm.checkVersion()
            } catch let error as RemoteFarmError {
                guard case .unreachable = error, remote.waits else { throw error }
                logger.warning("\(error)")
            }
            let screen = try settings.screen(
                of: farm, ownsFarm: false, folder: nil, log: log, flags, scope: scope, isJSON: options.isJSON)
            try await show(screen, logger)
            await farm.close()
        } catch {
            await farm.close()
            throw error
        }
    }
}

extension Settings {
    /// The dashboard as configured and as its flags say, not yet running.
    /// - Parameters:
    ///   - folder: nil for a farm elsewhere.
    ///   - scope: what this dashboard may do there.
    func screen(
        of backend: any FarmBackend, ownsFarm: Bool, folder: DataFolder?, log: LogFile, _ flags: DashboardFlags,
        scope: Scope = .all, isJSON: Bool = false, isSimulated: Bool = false
    ) throws -> any Service {
        if flags.isPlain { return PlainRunner(backend: backend, isJSON: isJSON) }
        var dashboard = configuration.dashboard
        dashboard.ascii = dashboard.ascii || flags.isASCII
        dashboard.theme = flags.theme ?? dashboard.theme
        var terminal = TerminalOptions(environment: ProcessInfo.processInfo.environment)
        terminal.mouse = dashboard.mouse
        terminal.ascii = dashboard.ascii
        terminal.standardErrorDescriptor = log.descriptor
        terminal.crashNote = "The reason is in \(log.path)\n"
        var options = DashboardOptions()
        let files = paths.configFolder.map { ThemeFiles(in: $0 + "/themes") }
        // One of the operator's own comes before one of the same name that is built in.
        let own = files?.themes ?? []
        options.themes = options.themes.filter { theme in !own.contains { $0.name == theme.name } } + own
        options.notice = files?.problems.first
        options.themeFollowsTerminal = dashboard.theme == ThemeFiles.automatic
        terminal.asksBackground = options.themeFollowsTerminal
        let wanted = options.themeFollowsTerminal ? Theme.defaultDark.name : dashboard.theme
        guard let theme = options.themes.first(where: { $0.name == wanted }) else {
            let names = ([ThemeFiles.automatic] + options.themes.map(\.name)).joined(separator: ", ")
            let problems = (files?.problems ?? []).map { " \(printable($0))" }.joined()
            throw CommandFailure.usage(
                "There is no theme \(printable(dashboard.theme).debugDescription). Themes: \(names).\(problems)")
        }
        options.theme = theme
        guard options.override(keyOverrides).isEmpty else {
            throw ConfigurationError.invalid(file: configFile ?? "the configuration", problems: keyProblems)
        }
        options.isReadOnly = flags.isReadOnly || !scope.contains(.write)
        if !scope.contains(.write) {
            options.readOnlyReason = "Read-only: this client lacks the `write` scope."
        }
        options.isRemote = folder == nil
        options.takesMouse = dashboard.mouse
        switch dashboard.pictures {
        case .automatic: terminal.pixelPictures = .known
        case .kitty: terminal.pixelPictures = .answering
        case .sextants: options.picture = .sextant
        case .quadrants: options.picture = .quadrant
        case .halfBlocks: options.picture = .half
        case .ascii: options.picture = .ascii
        }
        options.isASCIIOnly = dashboard.ascii
        options.ownsFarm = ownsFarm
        options.isSimulated = isSimulated
        options.ringsBell = dashboard.bell
        options.setsTitle = dashboard.title
        options.utcOffsetSeconds = TimeZone.current.secondsFromGMT()
        options.dataFolder = folder?.path ?? ""
        options.machineAddress = folder == nil ? nil : MachineAddress.first()
        options.configPath = configFile ?? paths.configFile ?? ""
        return try DashboardRunner(
            backend: backend, options: options, terminal: terminal, quietHours: DailyHours(dashboard.quietHours),
            log: log.ring)
    }
}
