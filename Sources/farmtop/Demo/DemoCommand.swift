import ArgumentParser
import Farm
import FarmService
import Foundation
import Logging
import ServiceLifecycle
import Storage

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract:
            "A simulated farm in a throw-away folder: made-up machines and cameras, the real API, the real detector.")
    @Option(help: "How many printers.") var printers = 12
    @Option(help: "Seconds between two frames of a printer.") var interval = 1.0
    @Option(help: "How much faster prints advance.") var speed = 1.0
    @Option(help: "End after so many seconds.") var duration: Double?
    @Flag(help: "Without a dashboard; log to standard error.") var headless = false
    @OptionGroup var flags: DashboardFlags
    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard (1...500).contains(printers) else { throw ValidationError("--printers takes 1 to 500.") }
        guard (0.05...3600).contains(interval) else { throw ValidationError("--interval takes 0.05 to 3600 seconds.") }
        guard (0.1...100).contains(speed) else { throw ValidationError("--speed takes 0.1 to 100.") }
        if let duration, !(0.1...1e6).contains(duration) {
            throw ValidationError("--duration takes seconds, 0.1 or more.")
        }
    }

    func run() async throws {
        let path = NSTemporaryDirectory() + "/farmtop-demo-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var settings = try options.settings()
        settings.configuration.storage.dataFolder = path
        if options.listen == nil { settings.configuration.server.listen = ListenAddress(host: "127.0.0.1", port: 0) }
        // A simulated farm tells nobody, and its apps come over plain loopback.
        settings.configuration.webhook = Configuration.Webhook()
        settings.configuration.notify = []
        let listen = settings.configuration.server.listen
        settings.configuration.server = Configuration.Server()
        settings.configuration.server.listen = listen
        let folder = try DataFolder(preparing: path)
        let log = LogFile(path + "/farmtop.log")
        let level = settings.configuration.log.level.level
        let logger = headless ? Logger(label: "farmtop") { _ in StandardErrorLog(level: level) } : log.logger(level)
        let simulated = SimulatedFarm(
            .init(printers: printers, interval: .milliseconds(Int64(interval * 1000)), speed: speed))
        let farm = try ServingFarm(folder.lock(), settings: settings, logger: logger, links: simulated.link)
        guard
            case .credentials(let credentials) = try await farm.farm.service.perform(
                .addClient(NewClient(name: "simulated apps")))
        else { throw CommandFailure.failed("The demo's client could not be made.") }
        // All in one transaction: the first screen waits for it.
        _ = try await farm.farm.service.perform(.machine(.importPrinters(simulated.printers)))
        let known = try await farm.farm.service.snapshot().printers
        let cameras = SimulatedCameras(
            farm: simulated,
            printers: simulated.machines.compactMap { machine in
                known.first { $0.printer.settings.name == machine.name }?.id
            }, base: "http://\(farm.address)", credentials: credentials, logger: logger)
        var beside = [NamedService("simulated apps", cameras)]
        if let duration {
            beside.append(NamedService("deadline", Deadline(duration: .milliseconds(Int64(duration * 1000)))))
        }
        if !headless {
            let screen = try settings.screen(
                of: farm.farm.service, ownsFarm: true, folder: folder, log: log, flags, isSimulated: true)
            beside.append(NamedService("dashboard", screen))
        }
        try await farm.run(beside: beside, handlesSignals: headless || flags.isPlain)
    }
}

/// Ends what runs beside it after a while.
private struct Deadline: Service {
    let duration: Duration

    func run() async throws {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }
}
