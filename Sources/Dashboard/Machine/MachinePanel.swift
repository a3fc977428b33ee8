internal import Farm
import Text

/// The machine behind a printer in sentences, for the printer's page: what it does, what it was asked, and who it is.
struct MachinePanel {
    struct Line: Equatable {
        var text: String
        var role = Role.text
        /// Higher stays longer where there is little room.
        var priority: Int
    }
    /// In the order in which they are read.
    let lines: [Line]
    /// `Moonraker at voron.lan:7125`
    let title: String

    /// Nil without a machine.
    init?(_ snapshot: PrinterSnapshot, now: Timestamp, utcOffsetSeconds: Int) {
        guard let machine = snapshot.machine else { return nil }
        // A farm elsewhere does not tell where its machines are.
        let place = machine.address.base.host.isEmpty ? "" : " at \(machine.address.base.authority)"
        title = machine.address.kind.title + place
        let sentences = MachineSentences(
            machine: machine, facts: MachineFacts(snapshot), state: snapshot.states.machine,
            now: now, utcOffsetSeconds: utcOffsetSeconds)
        lines = sentences.all
    }

    /// As many as there are rows for, the most important ones, in reading order.
    func lines(_ rows: Int) -> [Line] {
        var kept = lines
        while kept.count > rows, let lowest = kept.map(\.priority).min(),
            let index = kept.lastIndex(where: { $0.priority == lowest })
        {
            kept.remove(at: index)
        }
        return kept
    }

    /// Long lines are broken where there is room for that, else cut.
    func draw(in rect: Rect, canvas: inout Canvas) {
        guard !rect.isEmpty else { return }
        let shown = lines(rect.rows)
        var spare = rect.rows - shown.count
        var row = rect.row
        for line in shown {
            let parts = line.text.wrapped(columns: max(10, rect.columns - 2))
            let extra = min(spare, parts.count - 1)
            spare -= max(0, extra)
            let texts =
                extra == parts.count - 1 ? parts : parts.prefix(extra) + [parts.dropFirst(extra).joined(separator: " ")]
            for text in texts where row < rect.endRow {
                canvas.put(CellText(untrusted: text), row: row, column: rect.column + 1, end: rect.endColumn, line.role)
                row += 1
            }
        }
    }
}

/// The sentences of `MachinePanel`.
private struct MachineSentences {
    var machine: MachineSnapshot
    var facts: MachineFacts?
    var state: MachineState
    var now: Timestamp
    var utcOffsetSeconds: Int

    var all: [MachinePanel.Line] {
        [pending, job, remark, heat, lastCommand, who, abilities].compactMap(\.self)
    }

    private func time(_ moment: Timestamp) -> String {
        LocalTime(moment, utcOffsetSeconds: utcOffsetSeconds).hourMinuteSecond
    }

    /// What stands beside the job; what the machine waits for and why it does not answer is said above.
    private var remark: MachinePanel.Line? {
        guard state != .attention, state != .error, let words = facts?.trouble else { return nil }
        return MachinePanel.Line(text: words, role: .warning, priority: 70)
    }

    /// What was asked and is not confirmed yet, with the moment at which it counts as not confirmed.
    private var pending: MachinePanel.Line? {
        guard let command = machine.lastCommand, command.isOpen else { return nil }
        let answer =
            switch command.outcome {
            case .accepted: "the machine took it"
            case .unknown: "no answer came" + (command.words.map { " (\($0))" } ?? "")
            default: "not answered yet"
            }
        let asked = now.seconds(since: command.requestedAt)
        // The deadline itself goes by a clock that this screen does not have.
        let limit = CommandTracker(kind: machine.address.kind).confirmedWithin
        let left = Double(limit.components.seconds) - asked
        let deadline = left > 0 ? "counts as not confirmed in \(Clock.words(left))" : "its time is over"
        let waits = asked >= 30 ? "; waits for the printer" : ""
        return MachinePanel.Line(
            text:
                "Asked \(Clock.words(asked)) ago: \(command.command.words) "
                + "(\(command.actor.shortName)); \(answer)\(waits); \(deadline).", role: .warning, priority: 95)
    }

    private var job: MachinePanel.Line? {
        guard let facts else {
            return MachinePanel.Line(text: "It has not said anything yet.", role: .dim, priority: 90)
        }
        var parts = [isForced ? "\(facts.reading.state.words), though asked to stop" : state.words]
        if let detail = facts.reading.detail, facts.trouble != detail { parts[0] += " (\(detail))" }
        if let progress = facts.progress { parts.append(percentWords(progress) + " done") }
        if facts.progress != nil, let elapsed = facts.reading.elapsed, elapsed.isFinite {
            parts.append("runs for \(Clock.length(elapsed))")
        }
        if let left = facts.left(at: now) { parts.append("\(Clock.length(left)) left") }
        if let finish = facts.finish(at: now) {
            parts.append("ends \(LocalTime(finish, utcOffsetSeconds: utcOffsetSeconds).hourMinute)")
        }
        if let layer = facts.layer { parts.append("layer \(layer)") }
        if let file = facts.reading.file, facts.progress != nil { parts.append(file.name) }
        let old = facts.isOld ? " Last heard of at \(time(facts.reading.at))." : ""
        return MachinePanel.Line(
            text: parts.joined(separator: ", ") + "." + old, role: facts.isOld ? .stale : .text, priority: 90)
    }

    /// The machine does not wait for a person: it goes on, and a person is needed for that.
    private var isForced: Bool {
        guard let facts else { return false }
        return state == .attention && facts.reading.state.isJobActive
    }

    private var heat: MachinePanel.Line? {
        guard let facts else { return nil }
        var parts = [facts.heatWords].compactMap(\.self)
        if let light = facts.reading.light { parts.append("light \(light ? "on" : "off")") }
        if let filament = facts.reading.filament {
            let used = filament.used.flatMap { $0.isFinite ? "\(Numerals.fixed($0 / 1000, 1)) m used" : nil }
            parts.append([filament.type, used].compactMap(\.self).joined(separator: " "))
        }
        guard !parts.isEmpty else { return nil }
        return MachinePanel.Line(
            text: parts.joined(separator: ", "), role: facts.isOld ? .stale : .text, priority: 80)
    }

    private var lastCommand: MachinePanel.Line? {
        guard let command = machine.lastCommand, !command.isOpen else { return nil }
        let words = command.words.map { ": \($0)" } ?? ""
        let (outcome, role): (String, Role) =
            switch command.outcome {
            case .confirmed: ("confirmed by the machine", .dim)
            case .refused: ("refused", .warning)
            case .notOffered: ("not offered by the machine", .warning)
            case .notConfirmed: ("not confirmed: look at the printer", .failing)
            case .sent, .accepted, .unknown: ("", .dim)
            }
        return MachinePanel.Line(
            text: "Last command: \(command.command.words) at \(time(command.requestedAt)) "
                + "(\(command.actor.shortName)), \(outcome)\(words).", role: role,
            priority: role == .dim ? 60 : 92)
    }

    private var who: MachinePanel.Line? {
        guard let identity = machine.identity else { return nil }
        let parts = [identity.server, identity.firmware, identity.model, identity.name].compactMap(\.self)
        return MachinePanel.Line(text: parts.joined(separator: ", "), role: .dim, priority: 50)
    }

    private var abilities: MachinePanel.Line? {
        guard machine.fault == nil, !machine.abilities.isEmpty else { return nil }
        let names = machine.abilities.names.map { $0.replacing("_", with: " ") }
        return MachinePanel.Line(text: "Takes \(names.joined(separator: ", ")).", role: .dim, priority: 40)
    }
}

extension String {
    /// As a sentence begins.
    var beginningLarge: String { prefix(1).uppercased() + dropFirst() }
}

extension MachineCommand {
    /// What became of a stop that the machine did not heed, and what to do.
    var unheardWords: String {
        switch outcome {
        case .refused:
            "the machine refused the \(command.words)" + (words.map { " (\($0))" } ?? "") + ": go to the printer"
        case .notOffered: "the machine does not take the \(command.words): go to the printer"
        default: "the \(command.words) is not confirmed: look at the printer"
        }
    }
}

extension LinkCommand {
    /// In a sentence: `emergency stop`, `start`, `light on`.
    var words: String {
        switch self {
        case .light(let isOn): "light \(isOn ? "on" : "off")"
        default: name.replacing("_", with: " ")
        }
    }
}

extension EventActor {
    /// Behind what was done.
    var shortName: String {
        switch self {
        case .client(let name), .channel(let name): name
        case .person: "person"
        case .machine: "the printer"
        case .farmtop: "farmtop"
        }
    }
}

extension MachineState {
    /// At the beginning of a sentence.
    var words: String {
        switch self {
        case .unlinked: "Not linked"
        case .offline: "Offline"
        case .idle: "Idle"
        case .printing: "Printing"
        case .pausing: "Pausing"
        case .paused: "Paused"
        case .resuming: "Resuming"
        case .finishing: "Finishing"
        case .complete: "Done"
        case .cancelled: "Cancelled"
        case .error: "Stopped with an error"
        case .attention: "Waits for a person"
        }
    }
}
