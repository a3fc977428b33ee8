internal import Farm

/// The wizard's questions in words.
extension ConnectWizard {
    /// The steps as the line at the top names them, in order.
    static let names: [(step: Step, name: String)] = [
        (.kind, "kind"), (.address, "address"), (.key, "key"), (.testing, "test"), (.found, "camera"),
        (.details, "name"),
    ]

    /// The named step that the present one belongs to.
    var namedStep: Step {
        switch step {
        case .allow: .key
        case .certificate: certificateOwner == .server ? .testing : .found
        case .saving: .details
        default: step
        }
    }

    var title: String {
        switch goal {
        case .newPrinter: "Connect a machine"
        case .change(_, let name, let old, _): old == nil ? "Connect \(name)" : "Change the machine of \(name)"
        }
    }

    static func words(_ kind: LinkKind) -> String {
        switch kind {
        case .octoprint: "OctoPrint, also OctoPi"
        case .moonraker: "Moonraker: Klipper with Mainsail or Fluidd"
        case .prusalink: "PrusaLink: Prusa MK3.5, MK4, XL, MINI; MK3 with a Raspberry Pi"
        }
    }

    func words(_ way: KeyWay) -> String {
        switch way {
        case .keep: "keep the key that is stored"
        case .allow: "ask OctoPrint: somebody presses Allow there"
        case .none: "no key: it trusts this computer"
        case .typed: kind == .prusalink ? "user and password" : "type its API key"
        }
    }

    /// What to know before the question is answered.
    var hint: String {
        switch step {
        case .kind: "What does the machine's server speak?"
        case .address:
            switch kind {
            case .octoprint: "As in a browser: http://octopi.local or http://192.168.1.20:5000"
            case .moonraker: "Moonraker's own: http://192.168.1.20:7125, or that of Mainsail or Fluidd"
            case .prusalink: "As the printer shows it (Settings, Network): http://192.168.1.20"
            }
        case .key:
            switch kind {
            case .octoprint: "A key is made in OctoPrint's settings, Application Keys."
            case .moonraker: "A key is needed only where trusted_clients leaves this computer out."
            case .prusalink: "The printer shows both: Settings, Network, PrusaLink."
            }
        case .certificate:
            "Compare it with what the server's own machine or your browser shows. Only the same one is used from now on."
        case .found: "Which camera judges the prints?"
        case .allow, .testing, .details, .saving: ""
        }
    }

    /// Who answered and what it does, one fact a line.
    var findingLines: [String] {
        guard let finding else { return [] }
        var lines: [String] = []
        let identity = [finding.identity?.server, finding.identity?.firmware, finding.identity?.model]
            .compactMap(\.self).joined(separator: ", ")
        lines.append(identity.isEmpty ? "\(kind.title) answers." : identity)
        if let words = finding.notConnected {
            lines.append("Its printer does not answer: \(words)")
        } else if let reading = finding.reading {
            let job = reading.state.isJobActive ? reading.file.map { ": \($0.name)" } ?? "" : ""
            let detail = reading.error ?? reading.detail
            lines.append(reading.state.words + job + (detail.map { " (\($0))" } ?? ""))
        }
        if let fault = finding.filesFault {
            lines.append("Files: \(fault.description)")
        } else {
            let newest = finding.files.first.map { ", newest \($0.name)" } ?? ""
            lines.append("\(finding.files.count) file\(finding.files.count == 1 ? "" : "s")\(newest)")
        }
        return lines
    }

    func words(_ choice: CameraChoice) -> String {
        switch choice {
        case .keep(let camera): "keep \(camera.settings.name)"
        case .offered(let index): offered(cameras[index])
        case .none: "no camera for now"
        case .typed: "another address"
        }
    }

    private func offered(_ camera: ProbedCamera) -> String {
        let name = camera.name.isEmpty ? "camera" : camera.name
        if let picture = camera.picture {
            return "\(name): \(picture.width) × \(picture.height), in \(picture.milliseconds) ms"
        }
        if camera.certificateToApprove != nil { return "\(name): a certificate to compare" }
        return "\(name): \(camera.reason ?? "no picture")"
    }
}
