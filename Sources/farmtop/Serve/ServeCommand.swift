import ArgumentParser
import Glibc
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the API and run the detector without a dashboard.",
        discussion: """
            Logs to standard error, or to log.file where the configuration names one. SIGTERM and SIGINT stop it
            cleanly; SIGHUP opens the log file and reads the TLS files again, unless standard error is a terminal that hangs up.
            """)
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let settings = try options.settings()
        let log = settings.configuration.log
        let level = log.level.level
        let file = log.file.isEmpty ? nil : LogFile(try settings.logFile(), limits: log.limits)
        let logger = file?.logger(level) ?? Logger(label: "farmtop") { _ in StandardErrorLog(level: level) }
        do {
            try await serve(settings, logger, file)
        } catch {
            // Whoever reads the file alone must find the reason there too.
            if file != nil, let failure = CommandFailure(error) { logger.error("\(failure.message)") }
            throw error
        }
    }

    private func serve(_ settings: Settings, _ logger: Logger, _ file: LogFile?) async throws {
        let folder = try DataFolder(preparing: settings.dataFolder()) { logger.warning("\($0)") }
        let farm = try ServingFarm(folder.lock(), settings: settings, logger: logger)
        let hangUp = HangUp {
            file?.reopen()
            logger.notice("Reopened the log.")
            farm.reloadCertificates()
        }
        try await farm.run(
            beside: isatty(STDERR_FILENO) == 0 ? [NamedService("hang-up", hangUp)] : [], handlesSignals: true)
        logger.notice("Stopped.")
    }
}

/// Does something at each SIGHUP, in place of ending.
struct HangUp: Service {
    let reload: @Sendable () async -> Void

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { await reload() }
    }
}
