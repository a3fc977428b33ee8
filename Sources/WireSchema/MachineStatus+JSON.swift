import Farm
import Text

extension JSONWriter {
    /// What a linked machine says of itself, as Obico's `status` has it.
    mutating func status(_ reading: PrinterReading, state: MachineState) {
        object { json in
            json.member("_ts", reading.at.microseconds / 1_000_000)
            json.member("state") { json in
                json.object { json in
                    json.member("text", state.obicoText)
                    json.member("flags") { $0.flags(state) }
                    json.member("error", reading.error)
                }
            }
            json.member("progress") { json in
                json.object { json in
                    json.member("completion", reading.completion)
                    json.member("printTime", reading.elapsed)
                    json.member("printTimeLeft", reading.remaining)
                }
            }
            json.member("temperatures") { json in
                json.object { json in
                    for (number, nozzle) in reading.nozzles.enumerated() {
                        json.member(named: "tool\(number)") { $0.temperature(nozzle) }
                    }
                    if let bed = reading.bed { json.member("bed") { $0.temperature(bed) } }
                }
            }
        }
    }

    private mutating func flags(_ state: MachineState) {
        object { json in
            json.member("operational", state != .offline && state != .error && state != .unlinked)
            json.member("printing", state.isJobActive && state != .paused)
            json.member("pausing", state == .pausing)
            json.member("paused", state == .paused)
            json.member("resuming", state == .resuming)
            json.member("finishing", state == .finishing)
            json.member("cancelling", false)
            json.member("error", state == .error)
            json.member("ready", state == .idle || state == .complete || state == .cancelled)
            json.member("closedOrError", state == .offline || state == .error)
        }
    }

    private mutating func temperature(_ read: ReadTemperature) {
        object { json in
            json.member("actual", read.actual)
            json.member("target", read.target)
        }
    }
}

extension PrinterReading {
    /// 0...100.
    fileprivate var completion: Double? {
        guard let progress else { return nil }
        return progress * 100
    }
}

extension MachineState {
    /// The word that OctoPrint has for it, and that Obico's clients know.
    fileprivate var obicoText: String {
        switch self {
        case .printing: "Printing"
        case .pausing: "Pausing"
        case .paused, .attention: "Paused"
        case .resuming: "Resuming"
        case .finishing: "Finishing"
        case .idle, .complete, .cancelled: "Operational"
        case .error: "Error"
        case .offline, .unlinked: "Offline"
        }
    }
}
