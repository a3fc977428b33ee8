import ArgumentParser
import Logging
import Storage

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
        try await farm.run(handlesSignals: true)
        logger.notice("Ended in good order.")
    }
}
