internal import Farm

/// What came of several actions that were asked for at once. A success that comes later must not hide a failure.
struct RequestGroup: Sendable {
    /// Not answered yet.
    private(set) var waiting: Int
    let count: Int
    /// Said when all of it is done.
    let done: String
    private var changed = 0
    /// In the order in which they came, each with the printer's name where it is known.
    private var failures: [(name: String?, reason: String)] = []

    init(count: Int, done: String) {
        self.count = count
        self.done = done
        waiting = count
    }

    mutating func succeed(isChange: Bool) {
        waiting -= 1
        if isChange { changed += 1 }
    }

    mutating func fail(_ name: String?, _ reason: String) {
        waiting -= 1
        failures.append((name, reason))
    }

    /// What is to be said after an answer; nil for nothing yet.
    var words: (text: String, role: Role)? {
        if !failures.isEmpty { return ("\(failures.count) of \(count) failed. \(reasons)", .error) }
        guard waiting == 0 else { return nil }
        guard changed > 0 else { return ("No change: already in that state.", .info) }
        return done.isEmpty ? nil : (done, .success)
    }

    /// Who failed, and why: `mk3, mk4: The printer is offline: …`.
    private var reasons: String {
        var order: [String] = []
        var names: [String: [String]] = [:]
        for failure in failures {
            if names[failure.reason] == nil { order.append(failure.reason) }
            names[failure.reason, default: []] += failure.name.map { [$0] } ?? []
        }
        return order.map { reason in
            let who = (names[reason] ?? []).joined(separator: ", ")
            return who.isEmpty ? reason : "\(who): \(reason)"
        }.joined(separator: " ")
    }
}

extension FarmAction {
    /// The printer that it is about, as far as the action names one.
    var printer: PrinterID? {
        switch self {
        case .updatePrinter(let id, _, _), .archivePrinter(let id, _), .unarchivePrinter(let id),
            .deletePrinter(let id, _),
            .startPrint(let id, _, _), .finishPrint(let id, _, _, _), .pausePrint(let id, _), .confirmPause(let id, _),
            .resumePrint(let id, _), .cancelPrint(let id, _), .muteAlerts(let id, _, _),
            .acknowledgeAlert(let id, _, _),
            .undoDismissal(let id), .forgetCamera(let id):
            id
        case .machine(.connect(let id, _, _)), .machine(.disconnect(let id)), .machine(.confirm(let id)),
            .machine(.move(let id, _, _)), .machine(.startFile(let id, _, _)), .machine(.putCamera(let id, _, _, _)),
            .machine(.removeCamera(let id, _)):
            id
        default: nil
        }
    }

    /// The print that it is about, as far as the action names one.
    var print: PrintID? {
        switch self {
        case .markFailed(let id, _), .unmarkFailed(let id, _, _), .judgePrint(let id, _): id
        default: nil
        }
    }
}
