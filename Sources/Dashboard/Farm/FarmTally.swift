internal import Farm

/// What is counted once a snapshot, so that drawing need not look at every printer.
struct FarmTally: Equatable, Sendable {
    private var counts: [Headline: Int] = [:]
    private(set) var openPrints = 0
    private(set) var watchedPrints = 0
    private(set) var acknowledged = 0
    /// A machine is linked to any of them.
    private(set) var hasMachines = false
    /// A machine has not confirmed what it was asked: its deadline runs.
    private(set) var hasOpenCommand = false
    /// Printers that call for an answer, worst first.
    private(set) var alerting: [PrinterID] = []

    init() {}

    init(_ printers: [PrinterSnapshot], now: Timestamp) {
        var calling: [PrinterSnapshot] = []
        for snapshot in printers {
            counts[Headline(snapshot), default: 0] += 1
            if let machine = snapshot.machine {
                hasMachines = true
                if machine.lastCommand?.isOpen == true { hasOpenCommand = true }
            }
            if snapshot.openPrint != nil {
                openPrints += 1
                if snapshot.isWatched { watchedPrints += 1 }
                if snapshot.alert == .acknowledged { acknowledged += 1 }
            }
            if snapshot.callsForAnswer { calling.append(snapshot) }
        }
        let order = PrinterOrder(column: .risk, isReversed: false, now: now)
        alerting = calling.sorted { order.precedes($0, $1) }.map(\.id)
    }

    func count(_ headline: Headline) -> Int { counts[headline] ?? 0 }
}

extension PrinterSnapshot {
    /// Something stands that a person has to answer or to look at.
    var callsForAnswer: Bool {
        if [.attention, .error].contains(states.machine) || linkTrouble != nil { return true }
        guard let print = openPrint else { return false }
        if alert == .standing || print.awaitsPause || print.pauseNotConfirmedAt != nil { return true }
        return states.machine == .offline || isBlind
    }

    /// Printing and watched, but no picture that shows anything comes.
    var isBlind: Bool { openPrint?.isMuted == false && states.camera.isBlind }
}
