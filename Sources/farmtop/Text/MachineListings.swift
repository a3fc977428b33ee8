import Dashboard
import Farm
import FarmConfiguration
import Text

/// Machines and cameras behind printers, in words and for scripts.
extension Listing {
    /// - Parameter isIdle: no farmtop runs that reads the machine from now on.
    init(
        connected printer: Printer, isNew: Bool, _ address: LinkAddress, _ finding: LinkTest.Finding,
        _ picture: PictureTest?, _ camera: CameraSource?, _ isIdle: Bool
    ) {
        var lines = [
            "Printer \(printer.id) (\(printable(printer.settings.name))) \(isNew ? "is made and " : "is ")connected to "
                + "\(address): \(printable(finding.identity?.words ?? address.kind.title))."
        ]
        if let reading = finding.reading { lines.append("It says: \(printable(reading.words)).") }
        if let words = finding.notConnected {
            lines.append("Its server answers, its printer does not: \(printable(words))")
        }
        if let picture { lines.append("The camera's picture: \(picture.sentence).") }
        if camera == nil {
            for offered in finding.cameras {
                guard let address = offered.candidates.first?.words else { continue }
                lines.append(
                    "Its server names a camera (\(printable(offered.name))). Let farmtop read it: farmtop camera add "
                        + "\(shellWord(printer.settings.name)) \(shellWord(address))\(offered.orientation.options)")
            }
        }
        if isIdle { lines.append("It is watched while farmtop or farmtop serve runs.") }
        text = lines.joined(separator: "\n")
        let identity = finding.identity
        json = .object([
            ("succeeded", .boolean(true)), ("id", .integer(printer.id.rawValue)),
            ("name", .string(printer.settings.name)), ("created", .boolean(isNew)),
            ("kind", .string(address.kind.rawValue)), ("url", .string("\(address.base)")),
            ("server", JSONText(identity?.server)), ("firmware", JSONText(identity?.firmware)),
            ("machine_state", .string((finding.reading?.state ?? .offline).rawValue)),
            ("detail", JSONText(finding.notConnected ?? finding.reading?.detail)),
            ("picture", picture?.json ?? .null),
            (
                "offered_cameras",
                .list(
                    finding.cameras.map { offered in
                        .object([
                            ("name", .string(offered.name)),
                            ("urls", .list(offered.candidates.map { .string($0.words) })),
                            ("reason", JSONText(offered.reason)),
                        ])
                    })
            ),
        ])
    }

    init(camerasOf printers: [PrinterSnapshot]) {
        var table = Table("ID#", "PRINTER", "NAME", "ADDRESS", "EVERY#", "USE", "STATE")
        var objects: [JSONText] = []
        for printer in printers {
            let judge = printer.cameras.first(where: \.settings.isPrimary)?.id
            for camera in printer.cameras {
                let isConfigured = camera.settings.source.isLocal
                table.add(
                    isConfigured ? "-" : "\(camera.id)", printer.printer.settings.name, camera.settings.name,
                    camera.settings.source.words,
                    "\(camera.settings.intervalSeconds) s", camera.id == judge ? "judges" : "shown",
                    camera.stateWords)
                objects.append(.object([("printer", .integer(printer.id.rawValue))] + camera.members))
            }
        }
        text = objects.isEmpty ? "No cameras yet. Add one: farmtop camera add PRINTER URL" : table.text
        json = .list(objects)
    }
}

extension PrinterSnapshot {
    /// The lines of `printer show` about the machine and the cameras; none without them.
    func machineLines(now: Timestamp) -> [String] {
        var lines: [String] = []
        if let machine {
            let who = machine.identity?.words
            lines.append("link      \(printable("\(machine.address)"))" + (who.map { " (\(printable($0)))" } ?? ""))
            if !machine.isConfirmed {
                lines.append(
                    "          off since the restore. Use it again: farmtop printer confirm "
                        + shellWord(printer.settings.name))
            }
            if let fault = machine.fault { lines.append("problem   \(printable(fault.description))") }
            if let reading = machine.reading {
                let isOld = machine.isStale || machine.fault != nil
                let age = "\(shortSpan(seconds: max(0, now.seconds(since: reading.at)))) old"
                lines.append("reading   \(printable(reading.words)) (\(age)\(isOld ? ", stale" : ""))")
                if let heat = reading.heatWords { lines.append("heat      \(heat)") }
            }
            if let command = machine.lastCommand { lines.append("command   \(printable(command.sentence))") }
        }
        for camera in cameras {
            lines.append(
                "picture   \(printable(camera.settings.name)), \(printable(camera.settings.source.words)), every "
                    + "\(camera.settings.intervalSeconds) s: \(printable(camera.stateWords))")
        }
        return lines
    }

    func machineMembers(now: Timestamp) -> [(String, JSONText)] {
        let primary = cameras.first { $0.settings.isPrimary } ?? cameras.first
        return [
            ("machine", machine.map { .object($0.members) } ?? .null),
            ("readings", machine?.readingJSON(now: now) ?? .null),
            ("abilities", .list((machine?.abilities.names ?? []).map(JSONText.string))),
            ("camera", primary.map { .object($0.members) } ?? .null),
            ("cameras", .list(cameras.map { .object($0.members) })),
            ("last_command", machine?.lastCommand?.json ?? .null),
        ]
    }
}

extension MachineSnapshot {
    fileprivate var members: [(String, JSONText)] {
        [
            ("kind", .string(address.kind.rawValue)), ("url", .string("\(address.base)")),
            ("confirmed", .boolean(isConfirmed)), ("server", JSONText(identity?.server)),
            ("firmware", JSONText(identity?.firmware)), ("fault", JSONText(fault?.description)),
        ]
    }

    fileprivate func readingJSON(now: Timestamp) -> JSONText {
        guard let reading else { return .null }
        let layer: JSONText =
            if let layer = reading.layer {
                .object([("now", .integer(Int64(layer.now))), ("total", JSONText(layer.total.map(Int64.init)))])
            } else { .null }
        let filament: JSONText =
            if let filament = reading.filament {
                .object([("type", JSONText(filament.type)), ("used_mm", JSONText(filament.used))])
            } else { .null }
        let light: JSONText = if let light = reading.light { .boolean(light) } else { .null }
        let bed: JSONText = if let bed = reading.bed { bed.json } else { .null }
        return .object([
            ("detail", JSONText(reading.detail)), ("error", JSONText(reading.error)),
            ("file", JSONText(reading.file?.name)), ("progress", JSONText(reading.progress)),
            ("elapsed_s", JSONText(reading.elapsed)), ("remaining_s", JSONText(reading.remaining)),
            ("nozzles", .list(reading.nozzles.map(\.json))), ("bed", bed), ("layer", layer), ("filament", filament),
            ("light", light), ("at", JSONText(reading.at)), ("age_s", .number(max(0, now.seconds(since: reading.at)))),
            ("stale", .boolean(isStale || fault != nil)),
        ])
    }
}

extension MachineCommand {
    /// `Pause: confirmed by the printer.`
    var sentence: String {
        let words = words.map { ": \($0.withoutFullStop)" } ?? ""
        let what = command.name.replacing("_", with: " ")
        return switch outcome {
        case .sent: "The \(what) was sent, and the printer has not answered yet."
        case .accepted: "The printer took the \(what); it is done when its state says so."
        case .refused: "The printer refused the \(what)\(words)."
        case .unknown: "Whether the printer took the \(what) is not known\(words)."
        case .notOffered: "The printer does not offer that: \(what)."
        case .confirmed: "The printer did the \(what)."
        case .notConfirmed: "The printer has not confirmed the \(what)\(words)."
        }
    }

    fileprivate var json: JSONText {
        .object([
            ("command", .string(command.name)), ("outcome", .string(outcome.rawValue)), ("at", JSONText(requestedAt)),
            ("words", JSONText(words)),
        ])
    }
}

extension MachineIdentity {
    /// `Moonraker v0.9.3, Klipper v0.12.0`
    fileprivate var words: String { [server, firmware, model].compactMap(\.self).joined(separator: ", ") }
}

extension PrinterReading {
    /// `printing cube.gcode, 42 %, layer 3 of 60, 12m left`
    fileprivate var words: String {
        var parts = [state.rawValue + (file.map { state.isJobActive ? " \($0.name)" : "" } ?? "")]
        if let detail { parts.append(detail) }
        if let error { parts.append(error) }
        if state.isJobActive {
            if let progress { parts.append(percentWords(progress)) }
            if let layer { parts.append("layer \(layer.now)" + (layer.total.map { " of \($0)" } ?? "")) }
            if let remaining { parts.append("\(shortSpan(seconds: remaining)) left") }
        }
        return parts.joined(separator: ", ")
    }

    fileprivate var heatWords: String? {
        var parts = nozzles.enumerated().map { number, nozzle in
            (nozzles.count > 1 ? "nozzle \(number) " : "nozzle ") + nozzle.words
        }
        if let bed { parts.append("bed \(bed.words)") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

extension ReadTemperature {
    /// `205/210 °C`
    fileprivate var words: String {
        let now = actual.map { "\(Int($0.rounded()))" } ?? "?"
        guard let target, target > 0 else { return "\(now) °C" }
        return "\(now)/\(Int(target.rounded())) °C"
    }

    fileprivate var json: JSONText { .object([("actual", JSONText(actual)), ("target", JSONText(target))]) }
}

extension CameraSnapshot {
    fileprivate var stateWords: String {
        guard isConfirmed else { return "off since the restore" }
        return fault?.sentence(about: .camera) ?? "on"
    }

    fileprivate var members: [(String, JSONText)] {
        [
            ("id", .integer(id.rawValue)), ("name", .string(settings.name)), ("url", .string(settings.source.words)),
            ("interval_s", .integer(Int64(settings.intervalSeconds))), ("primary", .boolean(settings.isPrimary)),
            ("confirmed", .boolean(isConfirmed)),
            ("configured", .boolean(settings.source.isLocal)), ("fault", JSONText(fault?.sentence(about: .camera))),
        ]
    }
}

extension CameraOrientation {
    /// As `camera add` takes it: ` --flip-horizontal --rotate 270`; empty for an upright one.
    fileprivate var options: String {
        (flipHorizontal ? " --flip-horizontal" : "") + (flipVertical ? " --flip-vertical" : "")
            + (rotation == .none ? "" : " --rotate \(rotation.rawValue)")
    }
}

extension CameraSource {
    fileprivate var words: String {
        switch self {
        case .snapshot(let address), .mjpeg(let address): "\(address)"
        case .printer: "printer"
        case .command(let words): words.first ?? ""
        case .file(let path): path
        }
    }
}
