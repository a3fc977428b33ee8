import ArgumentParser
import Glibc
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the API and run the detector without a dashboard; log to standard error."
    )
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let settings = try options.settings()
        let level = settings.configuration.log.level.level
        let logger = Logger(label: "farmtop") { _ in StandardErrorLog(level: level) }
        let folder = try DataFolder(preparing: settings.dataFolder()) { logger.warning("\($0)") }
        let farm = try ServingFarm(folder.lock(), settings: settings, logger: logger)
        let hangUp = HangUp { farm.reloadCertificates() }
        // A terminal that goes away takes the program with it.
        try await farm.run(beside: isatty(STDERR_FILENO) == 0 ? [hangUp] : [], handlesSignals: true)
        logger.notice("Ended in good order.")
    }
}

/// Does something at each SIGHUP, in place of ending.
struct HangUp: Service {
    let reload: @Sendable () async -> Void

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { await reload() }
    }
}
