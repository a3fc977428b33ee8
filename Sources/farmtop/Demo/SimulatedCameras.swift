import Farm
import FarmClient
import Logging
import ServiceLifecycle

/// Apps of a made-up farm: each sends the pictures of one printer's camera while it prints, over HTTP with a token, as any app
/// would.
struct SimulatedCameras: Service {
    let farm: SimulatedFarm
    /// The printers of the machines, in the machines' order.
    let printers: [PrinterID]
    let base: String
    let credentials: ClientCredentials
    let logger: Logger

    func run() async throws {
        let app = FarmAPIClient(base: base)
        do {
            try await cancelWhenGracefulShutdown {
                let token = try await token(app)
                await withTaskGroup(of: Void.self) { group in
                    for index in printers.indices { group.addTask { await watch(index, app, token) } }
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

    private func watch(_ index: Int, _ app: FarmAPIClient, _ token: String) async {
        let machine = farm.machines[index]
        let interval = farm.plan.interval
        do {
            // Not all at the same moment, as in life.
            try await Task.sleep(for: interval * (Double(index) / Double(max(1, printers.count))))
            while !Task.isCancelled {
                var pause = interval
                // A print that stands still has nothing new to show.
                if machine.print.phase != .paused, let picture = machine.picture() {
                    do { try await app.predict(printers[index], jpeg: picture, token: token) } catch let error
                        as FarmAPIError
                    {
                        // Saturated, or the farm has not seen yet that the machine prints: an app goes on.
                        logger.debug("\(machine.name): \(error)")
                        pause = min(interval, .milliseconds(200))
                    }
                }
                try await Task.sleep(for: pause)
            }
        } catch is CancellationError {
            return
        } catch {
            if !Task.isCancelled { logger.warning("The simulated app of \(machine.name) ended: \(error)") }
        }
    }
}
