import Dashboard
import Farm
import Foundation
import ServiceLifecycle

/// The farm as lines on standard output, until a signal comes, the farm ends or nobody reads any more.
struct PlainRunner: Service {
    let backend: any FarmBackend

    func run() async throws {
        try await cancelWhenGracefulShutdown { [backend] in
            var feed = PlainFeed(utcOffsetSeconds: TimeZone.current.secondsFromGMT())
            for await update in backend.updates() {
                let lines = feed.lines(update, at: Timestamp.systemClock())
                guard try lines.isEmpty || Console.out(lines.joined(separator: "\n")) else { return }
            }
        }
    }
}
