import Farm
import Foundation
import Printers
import Synchronization

/// Runs a link and keeps what it tells.
final class LinkWatch: Sendable {
    private final class Kept: Sendable { let events = Mutex<[LinkEvent]>([]) }
    private let kept: Kept
    private let running: Task<Void, Never>
    private let reading: Task<Void, Never>
    let link: any PrinterLink

    var events: [LinkEvent] { kept.events.withLock { $0 } }
    var readings: [PrinterReading] {
        events.compactMap { if case .reading(let reading) = $0 { reading } else { nil } }
    }

    init(_ link: any PrinterLink) {
        self.link = link
        let kept = Kept()
        self.kept = kept
        running = Task { await link.run() }
        reading = Task {
            for await event in link.events { kept.events.withLock { $0.append(event) } }
        }
    }

    struct NotSeen: Error, CustomStringConvertible { let description: String }

    /// The first event from `index` on that is as wanted.
    @discardableResult
    func wait(
        for what: String, from index: Int = 0, seconds: Double = 100, until isWanted: (LinkEvent) -> Bool
    ) async throws -> LinkEvent {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            let all = events
            if let found = all.dropFirst(index).first(where: isWanted) { return found }
            guard end > .now else { throw NotSeen(description: "no \(what) among \(all.dropFirst(index).suffix(20))") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The first reading from now on, or from `index`, in this state.
    @discardableResult
    func wait(for state: MachineState, from index: Int = 0, seconds: Double = 100) async throws -> PrinterReading {
        let event = try await wait(for: state.rawValue, from: index, seconds: seconds) {
            if case .reading(let reading) = $0 { reading.state == state } else { false }
        }
        guard case .reading(let reading) = event else { throw NotSeen(description: "no reading") }
        return reading
    }

    func stop() async {
        running.cancel()
        await running.value
        reading.cancel()
        await reading.value
    }

    /// Waits until the link ends by itself.
    func end() async {
        await running.value
        await reading.value
    }
}

extension LinkEnvironment {
    /// With short times, so that a test does not wait for a contract's.
    static func quick(_ change: (inout Pace) -> Void = { _ in }) -> Self {
        var pace = Pace()
        pace.request = .seconds(30)
        pace.octoPrintCheck = .milliseconds(200)
        pace.octoPrintPrinting = .milliseconds(100)
        pace.octoPrintIdle = .milliseconds(100)
        pace.octoPrintHistory = .seconds(60)
        pace.moonrakerCheck = .milliseconds(100)
        pace.prusaPrinting = .milliseconds(100)
        pace.prusaIdle = .milliseconds(100)
        pace.prusaSlow = .milliseconds(300)
        pace.afterCommand = .milliseconds(50)
        change(&pace)
        // Back-off passes at once; its times are tested where they are decided.
        return LinkEnvironment(
            pace: pace, now: { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }, random: { 0.5 },
            sleep: { time in
                let isBackoff = time > .milliseconds(700) && time < .seconds(40)
                try await Task.sleep(for: isBackoff ? .milliseconds(50) : time)
            })
    }
}

func settings(_ kind: LinkKind, port: Int, light: String? = nil) -> LinkSettings {
    LinkSettings(
        address: LinkAddress(kind: kind, base: WebAddress(scheme: .http, host: "127.0.0.1", port: port)),
        lightName: light)
}
