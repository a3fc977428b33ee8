internal import Farm
import Text

/// The step that shows what was found and asks for the camera that judges the prints.
extension ConnectWizard {
    enum CameraChoice: Equatable {
        /// The one that farmtop reads already.
        case keep(CameraSnapshot)
        /// By its place in `cameras`.
        case offered(Int)
        case none
        /// Its address is typed.
        case typed
    }

    var cameraChoices: [CameraChoice] {
        let kept: [CameraChoice] = oldCamera.map { [.keep($0)] } ?? []
        // With a camera that stays there is nothing to leave out.
        return kept + cameras.indices.map { .offered($0) } + (kept.isEmpty ? [.typed, .none] : [.typed])
    }

    var cameraChoice: CameraChoice { cameraChoices.indices.contains(focus) ? cameraChoices[focus] : .none }

    var isTypingCamera: Bool { step == .found && cameraChoice == .typed }

    mutating func handleFound(_ key: Key) -> Outcome {
        switch key {
        case .up: focus = max(0, focus - 1)
        case .down, .tab: focus = min(cameraChoices.count - 1, focus + 1)
        case .enter: return chooseCamera()
        default:
            if isTypingCamera, cameraAddress.handle(key) { fault = nil }
            return .stays
        }
        fault = nil
        return .stays
    }

    private mutating func chooseCamera() -> Outcome {
        switch cameraChoice {
        case .keep, .none: return askDetails()
        case .typed: return tryTyped()
        case .offered(let index):
            let camera = cameras[index]
            if let certificate = camera.certificateToApprove {
                askedFingerprint = certificate
                certificateOwner = .camera(index)
                go(to: .certificate)
                return .stays
            }
            guard camera.source != nil else {
                fault = camera.reason ?? "farmtop cannot read this camera."
                return .stays
            }
            if camera.needsPassword, camera.picture == nil {
                fault = "Its address holds a password that is told to nobody: type the whole address below."
                return .stays
            }
            return askDetails()
        }
    }

    private mutating func tryTyped() -> Outcome {
        do throws(WebAddressError) {
            let address = try WebAddress.parse(cameraAddress.text).address
            let camera = ProbedCamera(name: "camera", source: .snapshot(address))
            triedCamera = camera
            return take(camera, approving: nil)
        } catch {
            fault = error.description
            return .stays
        }
    }

    mutating func tryCamera(_ index: Int, approving found: CertificateFingerprint) -> Outcome {
        guard cameras.indices.contains(index) else { return back(to: .found) }
        triedCamera = cameras[index]
        return take(cameras[index], approving: found)
    }

    private mutating func back(to step: Step) -> Outcome {
        go(to: step)
        return .stays
    }

    private mutating func take(_ camera: ProbedCamera, approving found: CertificateFingerprint?) -> Outcome {
        guard let source = camera.source,
            var settings = CameraSettings(name: camera.name, source: source, orientation: camera.orientation)
        else { return back(to: .found) }
        settings.fingerprint = found
        askedFingerprint = found
        fault = nil
        step = .testing
        return .goesOn([.perform(.machine(.probeCamera(settings, cameraCredentials(source), of: printer, nil)))])
    }

    /// What stands before the `@` of a typed address.
    func cameraCredentials(_ source: CameraSource) -> GivenCredentials {
        guard case .snapshot(let address) = source, let parsed = try? WebAddress.parse(cameraAddress.text),
            parsed.address == address, case .password(let user, let password)? = parsed.credentials
        else { return .none }
        return .password(user: user, password: password.exposed)
    }

    /// The camera as it is stored; nil for none, and where the one that is there stays.
    var chosenCamera: (settings: CameraSettings, credentials: GivenCredentials)? {
        guard case .offered(let index) = chosen, cameras.indices.contains(index), let source = cameras[index].source,
            var settings = CameraSettings(
                name: cameras[index].name.isEmpty ? "camera" : cameras[index].name, source: source,
                orientation: cameras[index].orientation)
        else { return nil }
        settings.fingerprint = cameraFingerprints[index]
        return (settings, cameraCredentials(source))
    }

    // MARK: Name, account, light

    private mutating func askDetails() -> Outcome {
        chosen = cameraChoice
        fault = nil
        details.fields = detailFields
        details.focus = 0
        guard !details.fields.isEmpty else { return save() }
        go(to: .details)
        return .stays
    }

    /// What was typed before stays.
    private var detailFields: [Form.Field] {
        func typed(_ label: String, _ text: String, _ hint: String) -> Form.Field {
            details.fields.first { $0.label == label }
                ?? Form.Field(label: label, value: .text(TextField(text, longest: 256)), hint: hint)
        }
        var fields: [Form.Field] = []
        if case .newPrinter(let accounts) = goal {
            let name = finding?.identity?.name ?? finding?.identity?.model ?? base?.host ?? ""
            fields.append(typed("name", name, "what this farm calls it: 1 to 256 characters"))
            if accounts.count > 1 {
                fields.append(
                    details.fields.first { $0.label == "account" }
                        ?? Form.Field(label: "account", value: .choice(accounts, 0), hint: "whose printer this is"))
            }
        }
        if kind == .moonraker {
            fields.append(
                typed(
                    Self.lightLabel, old?.lightName ?? "",
                    "as Klipper's configuration names it: output_pin caselight; empty: none"))
        }
        return fields
    }

    // MARK: Saving

    mutating func save() -> Outcome {
        guard let settings else { return .stays }
        if let connected { return saveCamera(of: connected.id) }
        if let light = settings.lightName, light != old?.lightName, light != knownLight {
            fault = nil
            asksForLight = true
            go(to: .testing)
            return .goesOn([.perform(.machine(.probe(settings, given, of: printer)))])
        }
        switch goal {
        case .change(let id, _, _, _):
            go(to: .saving)
            return .goesOn([.perform(.machine(.connect(id, settings, given)))])
        case .newPrinter(let accounts):
            let name = details.fields.first { $0.label == "name" }?.text.trimmingWhitespace() ?? ""
            guard !name.isEmpty else {
                _ = details.check([0: "a printer needs a name"])
                return .stays
            }
            let account = details.account ?? accounts.first ?? Account.firstName
            go(to: .saving)
            return .goesOn([
                .perform(.machine(.connectNew(account: account, PrinterSettings(name: name), settings, given)))
            ])
        }
    }

    mutating func saveCamera(of id: PrinterID) -> Outcome {
        guard let camera = chosenCamera else { return finished }
        step = .saving
        // One of the configuration file stays beside it.
        let replaced = oldCamera.flatMap { $0.isConfigured ? nil : $0.id }
        return .goesOn([
            .perform(.machine(.putCamera(id, id: replaced, camera.settings, camera.credentials)))
        ])
    }

    var finished: Outcome {
        let name = connected?.settings.name ?? ""
        let what = "\(name) is connected to \(kind.title) at \(base?.authority ?? "")."
        let does =
            oldCamera.map { $0.isConfigured && $0.settings.isPrimary } ?? false
            ? "is shown; the one of the configuration file judges its prints." : "judges its prints."
        let camera =
            chosenCamera.map {
                " \($0.settings.name.isEmpty ? "Its camera" : "The camera \($0.settings.name)") \(does)"
            }
            ?? (oldCamera == nil ? " It has no camera yet: e adds one." : "")
        return .done(what + camera, made: connected?.id)
    }
}
