import Farm
import FarmClient
import Imaging
import Logging
import ServiceLifecycle

/// Apps of a made-up farm: each has a printer, starts prints, sends its camera's frames and obeys a pause, over HTTP with a
/// token, as any app would.
struct SimulatedPrinters: Service {
    struct Plan: Sendable {
        var printers = 12
        /// Between two frames of a printer.
        var interval = Duration.seconds(1)
        /// How much faster prints advance.
        var speed = 1.0
    }
    let plan: Plan
    let base: String
    let credentials: ClientCredentials
    let logger: Logger

    static let names = [
        "Prusa MK4 #1", "Prusa MK4 #2", "Voron 2.4", "Bambu X1C left", "Bambu X1C right", "Ender 3 shelf", "Prusa XL",
        "Voron 0.2", "Prusa Mini A", "Prusa Mini B", "Ratrig V-Core", "Ender 5 garage",
    ]
    static let files = [
        "bracket_x8.gcode", "vase_spiral.gcode", "gear_24t_PETG.gcode", "clip_batch_40.gcode",
        "housing_top_0.2mm.gcode",
        "fan_duct.gcode", "benchy.gcode", "cable_chain_12.gcode", "lid_v3.gcode", "spool_holder.gcode",
    ]

    func run() async throws {
        let app = FarmAPIClient(base: base)
        do {
            try await cancelWhenGracefulShutdown {
                let token = try await token(app)
                await withTaskGroup(of: Void.self) { group in
                    for index in 0..<plan.printers { group.addTask { await live(index, app, token) } }
                }
            }
        } catch {
            await app.close()
            // An end that was asked for before the farm answered is none to complain of.
            guard error is CancellationError, Task.isShuttingDownGracefully else { throw error }
            return
        }
        await app.close()
    }

    /// The API may not listen yet: it is asked for five seconds.
    private func token(_ app: FarmAPIClient) async throws -> String {
        var tries = 0
        while true {
            do {
                return try await app.token(clientID: credentials.client.publicID, secret: credentials.secret ?? "")
            } catch {
                try Task.checkCancellation()
                tries += 1
                guard tries < 100 else { throw error }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func live(_ index: Int, _ app: FarmAPIClient, _ token: String) async {
        let round = index / Self.names.count
        let name = Self.names[index % Self.names.count] + (round == 0 ? "" : " (\(round + 1))")
        var random = SceneRandom(state: UInt64(index) &* 977)
        do {
            let printer = try await app.createPrinter(name: name, token: token)
            // Not all at the same moment, as in life.
            try await Task.sleep(for: plan.interval * (Double(index) / Double(max(1, plan.printers))))
            var number = 0
            while !Task.isCancelled {
                do {
                    try await print(number, on: printer, index: index, &random, app, token)
                } catch let error as FarmAPIError {
                    // Saturated, or the operator did something else with the printer: an app goes on.
                    logger.debug("\(name): \(error)")
                    try await Task.sleep(for: plan.interval)
                }
                number += 1
            }
        } catch is CancellationError {
            return
        } catch {
            if !Task.isCancelled { logger.warning("The simulated app of \(name) ended: \(error)") }
        }
    }

    /// One print: every fourth printer's first one fails early enough for an alert within a minute.
    private func print(
        _ number: Int, on printer: PrinterID, index: Int, _ random: inout SceneRandom, _ app: FarmAPIClient,
        _ token: String
    ) async throws {
        let file = Self.files[(index + number * 3) % Self.files.count]
        try await app.startPrint(printer, filename: file, token: token)
        let seed = random.next()
        let fails = number == 0 ? index % 4 == 1 : random.unit() < 0.2
        let length = 120 + Int(random.unit() * 240)
        let failsAt = number == 0 ? 8 : 40 + Int(random.unit() * 60)
        var failedFrames = 0
        for frame in 0..<max(1, Int(Double(length) / plan.speed)) {
            let progress = min(1, (Double(frame) * plan.speed + 20) / Double(length))
            let isFailing = fails && frame >= failsAt
            let picture = DrawnScene.draw(
                seed: seed, progress: isFailing ? 0.25 : progress,
                tangle: isFailing ? min(DrawnScene.mostStrands, 15 + (frame - failsAt) * 6) : 0,
                frame: frame)
            let answer = try await app.predict(printer, jpeg: JPEG.encode(picture), token: token)
            if answer.pauseRequested { try await app.pausePrint(printer, token: token) }
            if isFailing { failedFrames += 1 }
            if failedFrames > 120 { break }
            try await Task.sleep(for: plan.interval)
        }
        try await app.finishPrint(printer, result: failedFrames > 0 ? .cancelled : .success, token: token)
        try await Task.sleep(for: plan.interval * 5)
    }
}
