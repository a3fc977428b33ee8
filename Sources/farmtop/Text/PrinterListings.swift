import Dashboard
import Farm
import FarmConfiguration
import Text

/// Printers and prints in the very words of the screen.
extension Listing {
    init(printers: [PrinterListing], now: Timestamp) {
        var table = Table("ID#", "NAME", "ACCOUNT", "MACHINE", "CAMERA", "P#", "FILE", "ELAPSED#")
        let hasGroups = printers.contains { !$0.printer.settings.tags.isEmpty }
        if hasGroups { table.columns.append(Table.Column(title: "GROUPS")) }
        for entry in printers {
            let (printer, print) = (entry.printer, entry.currentPrint)
            let groups = printer.settings.tags.all.joined(separator: " ")
            table.add(
                [
                    "\(printer.id)", printer.settings.name, entry.accountName, entry.machine,
                    entry.cameraAndAlert, percent(entry.shownProbability), print?.filename ?? "",
                    print.map { shortSpan(seconds: now.seconds(since: $0.startedAt)) } ?? "",
                ] + (hasGroups ? [groups] : []))
        }
        text = printers.isEmpty ? "No printers yet. Apps make them, or: farmtop printer add NAME" : table.text
        json = .list(printers.map(JSONText.init(listing:)))
    }

    /// All that is known of one printer.
    init(printer view: PrinterSnapshot, now: Timestamp) {
        let tags = view.printer.settings.tags
        var lines = [
            "printer   \(printable(view.printer.settings.name)) (number \(view.id), account \(printable(view.accountName)))",
            "machine   \(view.machineWord.rawValue)",
            "camera    \(view.cameraAndAlert)" + (view.notWatchingReason.map { "  (\($0))" } ?? ""),
        ]
        if !tags.isEmpty { lines.insert("groups    \(printable(tags.all.joined(separator: ", ")))", at: 1) }
        if view.print?.isOpen == true { lines.append("failure   \(view.probabilitySentence)") }
        if let habit = view.habit {
            lines.append(
                "habit     usually \(percentWords(habit.usual)), seldom over \(percentWords(habit.seldomOver))"
            )
        }
        let region = view.printer.settings.cameraRegion
        if !region.isWhole { lines.append("region    \(region.words)") }
        if let print = view.print {
            let span = shortSpan(seconds: (print.endedAt ?? now).seconds(since: print.startedAt))
            lines.append("print     \(printable(print.filename)), \(print.isOpen ? "for" : "ended after") \(span)")
            if let reason = print.failureReason { lines.append("reason    \(printable(reason))") }
            if let moment = print.pauseNotConfirmedAt {
                lines.append("pause     not confirmed since \(moment.minute)")
            } else if let moment = print.pauseRequestedAt {
                lines.append("pause     asked at \(moment.minute)")
            }
        }
        lines += view.machineLines(now: now)
        text = lines.joined(separator: "\n")
        json = JSONText(printer: view, now: now)
    }

    /// A printer after something was done to its print.
    /// - Parameters:
    ///   - before: as it was.
    ///   - asksMachine: the machine had to be asked for it, where there is one.
    init(changed view: PrinterSnapshot, from before: PrinterSnapshot, asksMachine: Bool) {
        let name = printable(view.printer.settings.name)
        let file = view.print.map { ", \(printable($0.filename))" } ?? ""
        text = "\(name)\(file): \(view.machineWord.rawValue), camera \(view.cameraAndAlert)."
        let command = view.newCommand(since: before)
        if let command {
            text += " \(command.sentence)"
        } else if asksMachine, view.machine != nil, view.machineWord == .offline {
            text += " It cannot be reached: nothing was sent to it."
        } else if asksMachine, view.machine != nil {
            text += " Nothing was sent to it."
        } else if view.machine == nil, view.machineWord == .asked {
            text +=
                " It is paused when its app says so. You paused it by hand? farmtop print pause "
                + "\(shellWord(view.printer.settings.name)) --by-hand"
        }
        json = .object([
            ("succeeded", .boolean(command?.hasFailed != true)),
            ("printer", JSONText(printer: view, now: Timestamp.systemClock())),
        ])
    }

    init(prints: [Print]) {
        var table = Table("ID#", "PRINTER", "FILE", "STARTED", "RESULT", "TIME#", "MAX P#", "VERDICT", "REASON")
        for print in prints { table.add(print.listed(of: print.printerName ?? "printer \(print.printerID)")) }
        text = prints.isEmpty ? "No prints yet." : table.text
        json = .list(prints.map(JSONText.init(print:)))
    }
}

extension Print {
    /// One line of the list of prints. Written without closures over the print: the optimiser of Swift 6.3.1 crashes on
    /// them.
    fileprivate func listed(of printerName: String) -> [String] {
        let reason = failureReason ?? ""
        let verdict = alertOverwrite?.rawValue ?? ""
        return [
            "\(id)", printerName, filename, startedAt.minute, resultWord, timeWords,
            percent(maxFailureProbability), verdict, reason,
        ]
    }

    private var resultWord: String {
        guard let result else { return pausedAt == nil ? "printing" : "paused" }
        return MachineWord(result).rawValue
    }

    private var timeWords: String {
        guard let printTime else { return "" }
        return shortSpan(seconds: printTime)
    }
}

extension JSONText {
    init(listing: PrinterListing) {
        let printer = listing.printer
        self = .object([
            ("id", .integer(printer.id.rawValue)), ("name", .string(printer.settings.name)),
            ("account", .string(listing.accountName)), ("state", .string(listing.machine)),
            ("machine_state", .string(listing.states.machine.rawValue)),
            ("camera_state", .string(listing.states.camera.rawValue)),
            ("alert_state", .string(listing.states.alert.rawValue)),
            ("failure_probability", JSONText(listing.failureProbability)),
            ("tags", .list(printer.settings.tags.all.map(JSONText.string))),
            ("created_at", JSONText(printer.createdAt)), ("archived_at", JSONText(printer.archivedAt)),
            ("watching_enabled", .boolean(printer.settings.watchingEnabled)),
            ("normalized_p", .number(printer.statistics.normalizedP)),
            ("current_print", listing.currentPrint.map(JSONText.init(print:)) ?? .null),
        ])
    }

    /// As it is meant: 0.45, not what a computer makes of three quarters of 0.6.
    private static func threshold(_ value: Double) -> JSONText { .number((value * 10_000).rounded() / 10_000) }

    /// All that is known of one printer.
    init(printer view: PrinterSnapshot, now: Timestamp) {
        self = .object(
            [

                ("id", .integer(view.id.rawValue)), ("name", .string(view.printer.settings.name)),
                ("account", .string(view.accountName)),
                ("tags", .list(view.printer.settings.tags.all.map(JSONText.string))),
                ("state", .string(view.machineWord.rawValue)),
                ("machine_state", .string(view.states.machine.rawValue)),
                ("camera_state", .string(view.states.camera.rawValue)),
                ("alert_state", .string(view.states.alert.rawValue)),
                ("failure_probability", JSONText(view.failureProbability)),
                (
                    "thresholds",
                    .object([
                        ("alert", Self.threshold(view.thresholds.alert)),
                        ("pause", Self.threshold(view.thresholds.pause)),
                        ("clear", Self.threshold(view.thresholds.clear)),
                    ])
                ),
                (
                    "habit",
                    view.habit.map { habit in
                        .object([
                            ("usual", .number(habit.usual)), ("seldom_over", .number(habit.seldomOver)),
                            ("hours", .number(habit.hours)),
                        ])
                    } ?? .null
                ),
                ("camera_region", JSONText(region: view.printer.settings.cameraRegion)),
                ("not_watching_reason", JSONText(view.notWatchingReason)),
                ("pause_deadline", JSONText(view.pauseDeadline)),
                ("current_print", JSONText(view.print, isOpen: true)),
                ("ended_print", JSONText(view.print, isOpen: false)),
            ] + view.machineMembers(now: now))
    }

    /// Null where the print is none such.
    private init(_ print: Print?, isOpen: Bool) {
        self = print.flatMap { $0.isOpen == isOpen ? JSONText(print: $0) : nil } ?? .null
    }

    init(print: Print) {
        self = .object([
            ("id", .integer(print.id.rawValue)), ("printer", .integer(print.printerID.rawValue)),
            ("filename", .string(print.filename)), ("started_at", JSONText(print.startedAt)),
            ("ended_at", JSONText(print.endedAt)), ("result", JSONText(print.result?.rawValue)),
            ("failure_reason", JSONText(print.failureReason)), ("print_time", JSONText(print.printTime)),
            ("max_failure_probability", JSONText(print.maxFailureProbability)),
            ("alerted_at", JSONText(print.alertedAt)), ("alert_overwrite", JSONText(print.alertOverwrite?.rawValue)),
            ("paused_at", JSONText(print.pausedAt)), ("pause_requested_at", JSONText(print.pauseRequestedAt)),
            ("pause_not_confirmed_at", JSONText(print.pauseNotConfirmedAt)),
        ])
    }
}

extension PrinterListing {
    /// The machine's word, or that the printer is put aside.
    fileprivate var machine: String { printer.archivedAt == nil ? machineWord.rawValue : "ARCHIVED" }

    /// Nil before the print's first picture, as on the screen.
    fileprivate var shownProbability: Double? { currentPrint.flatMap { $0.frameCount > 0 ? failureProbability : nil } }
}

extension PrinterSnapshot {
    /// `91 %: alerts from 60 % on, pauses from 80 % on`
    fileprivate var probabilitySentence: String {
        guard let failureProbability, print?.frameCount ?? 0 > 0 else { return "no picture judged" }
        return "\(percentWords(failureProbability)): alerts from \(percentWords(thresholds.alert)) on"
            + (printer.settings.actionOnFailure == .pause
                ? ", pauses from \(percentWords(thresholds.pause)) on" : "")
    }
}
