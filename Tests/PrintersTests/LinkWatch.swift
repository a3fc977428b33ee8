import Farm
import Foundation
import Printers
import Synchronization
import WireTestSupport

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

    /// The first event from `index` on that is as wanted. Of readings that nobody has taken a link keeps the newest only:
    /// wait for a state that lasts until the test goes on.
    @discardableResult
    func wait(
        for what: String, from index: Int = 0, until isWanted: (LinkEvent) -> Bool
    ) async throws -> LinkEvent {
        let end = ContinuousClock.now + .ample
        while true {
            let all = events
            if let found = all.dropFirst(index).first(where: isWanted) { return found }
            guard end > .now else { throw NotSeen(description: "no \(what) among \(all.dropFirst(index).suffix(20))") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The first reading from now on, or from `index`, in this state.
    @discardableResult
    func wait(for state: MachineState, from index: Int = 0) async throws -> PrinterReading {
        let event = try await wait(for: state.rawValue, from: index) {
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
    /// With short times, so that a test does not wait for a contract's; what must not be over is ample.
    static func quick(_ change: (inout Pace) -> Void = { _ in }) -> Self {
        let pace = Pace.quick(change)
        return quick(pace: { pace })
    }

    static func quick(pace: @escaping @Sendable () -> Pace) -> Self {
        // Back-off passes at once; its times are tested where they are decided.
        LinkEnvironment(
            pace: pace(), now: { Timestamp(secondsSince1970: Date().timeIntervalSince1970) }, random: { 0.5 },
            sleep: { time in
                let isBackoff = time > .milliseconds(700) && time < .seconds(40)
                try await Task.sleep(for: isBackoff ? .milliseconds(50) : time)
            })
    }
}

extension LinkEnvironment.Pace {
    static func quick(_ change: (inout Self) -> Void = { _ in }) -> Self {
        var pace = Self()
        pace.connect = .ample
        pace.request = .ample
        pace.upload = .ample
        pace.silence = .ample
        pace.commandEffect = .ample
        pace.prusaKeepAlive = .ample
        pace.nonceLife = .ample
        pace.octoPrintCheck = .milliseconds(200)
        pace.octoPrintPrinting = .milliseconds(100)
        pace.octoPrintIdle = .milliseconds(100)
        pace.octoPrintHistory = .ample
        pace.moonrakerCheck = .milliseconds(100)
        pace.prusaPrinting = .milliseconds(100)
        pace.prusaIdle = .milliseconds(100)
        pace.prusaSlow = .milliseconds(300)
        pace.afterCommand = .milliseconds(50)
        change(&pace)
        return pace
    }
}

/// A pace that a test changes while the link runs: in haste only once the machine hangs.
final class ChangingPace: Sendable {
    private let held = Mutex(LinkEnvironment.Pace.quick())
    private let resting = Mutex(false)
    var pace: LinkEnvironment.Pace { held.withLock { $0 } }
    var request: Duration {
        get { pace.request }
        set { held.withLock { $0.request = newValue } }
    }
    /// While it rests, no sleep of the link ends.
    var rests: Bool {
        get { resting.withLock { $0 } }
        set { resting.withLock { $0 = newValue } }
    }
    var environment: LinkEnvironment {
        var environment = LinkEnvironment.quick(pace: { self.pace })
        let sleep = environment.sleep
        environment.sleep = { time in
            guard self.rests else { return try await sleep(time) }
            while self.rests { try await Task.sleep(for: .milliseconds(5)) }
        }
        return environment
    }
}

func settings(_ kind: LinkKind, port: Int, light: String? = nil) -> LinkSettings {
    LinkSettings(
        address: LinkAddress(kind: kind, base: WebAddress(scheme: .http, host: "127.0.0.1", port: port)),
        lightName: light)
}
