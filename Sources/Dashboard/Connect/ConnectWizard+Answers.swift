internal import Farm

/// What the farm answers, and what time brings.
extension ConnectWizard {
    mutating func receive(_ reply: FarmReply, at now: Timestamp) -> Outcome {
        switch (step, reply) {
        case (.allow, .keyRequest(let request)): return receive(request, at: now)
        case (.testing, .probe(let result)) where asksForLight: return receive(light: result)
        case (.testing, .probe(let result)): return receive(result)
        case (.testing, .cameraProbe(let result)): return receive(result)
        case (.saving, .printer(let printer, _)):
            guard connected == nil else { return finished }
            connected = printer
            return saveCamera(of: printer.id)
        default: return .stays
        }
    }

    /// The farm could not do it at all.
    mutating func fail(_ reason: String) -> Outcome {
        if step == .saving, connected == nil, reason == FarmError.noSuchKeyRequest.description {
            refused(.keyRequestOver)
            return .stays
        }
        switch step {
        case .allow: go(to: .key)
        case .testing: go(to: asksForLight ? .details : finding == nil ? .key : .found)
        case .saving: go(to: details.fields.isEmpty ? .found : .details)
        default: return .stays
        }
        asksForLight = false
        fault = connected == nil ? reason : "The printer is connected; its camera is not: \(reason)"
        return .stays
    }

    /// Whether time passing means anything now.
    var isWaitingForAllow: Bool { step == .allow && keyRequest?.answer == .undecided }

    mutating func tick(at now: Timestamp) -> Outcome {
        guard step == .allow, let keyRequest, keyRequest.answer == .undecided, let next = looksAgainAt, now >= next
        else { return .stays }
        looksAgainAt = nil
        return .goesOn([.perform(.machine(.keyRequest(keyRequest.id)))])
    }

    // MARK: Allow

    private mutating func receive(_ request: KeyRequest, at now: Timestamp) -> Outcome {
        keyRequest = request
        switch request.answer {
        case .undecided: looksAgainAt = now + .seconds(1)
        case .allowed: return test()
        case .denied:
            keyRequest = nil
            go(to: .key)
            fault = "Nobody allowed it in OctoPrint. Ask again, or type a key made there (Settings, Application Keys)."
        case .failed(let reason):
            keyRequest = nil
            go(to: .key)
            refused(reason)
        }
        return .stays
    }

    /// Back to the question whose answer was wrong, and what to do about it.
    private mutating func refused(_ reason: LinkFault) {
        if let certificate = reason.certificateToApprove {
            askedFingerprint = certificate
            certificateOwner = .server
            go(to: .certificate)
            fault = nil
            return
        }
        switch reason {
        case .notOffered where way == .allow:
            go(to: .key)
            fault = "This OctoPrint gives no keys on request. Type one made there (Settings, Application Keys)."
        case .keyRequestOver:
            keyRequest = nil
            go(to: .key)
            fault = reason.words
        case .wrongCredentials, .keyNeeded, .notPermitted:
            go(to: .key)
            fault = reason.words
        default:
            go(to: .address)
            fault = reason.words + portHint
        }
    }

    private var portHint: String {
        guard let base, base.explicitPort == nil, base.scheme == .http, kind.standardPort != 80 else { return "" }
        return " Without a port 80 is meant; \(kind.title)'s own is \(kind.standardPort)."
    }

    // MARK: The look at the machine and its cameras

    private mutating func receive(_ result: ProbeResult) -> Outcome {
        switch result {
        case .failed(let reason):
            refused(reason)
            return .stays
        case .found(let finding):
            self.finding = finding
            cameras = finding.cameras
            cameraFingerprints = [:]
            pictures = [:]
            go(to: .found)
            let best = cameras.firstIndex { $0.picture != nil }
            if oldCamera == nil, let best { focus = cameraChoices.firstIndex(of: .offered(best)) ?? 0 }
            if oldCamera == nil, best == nil { focus = cameraChoices.firstIndex(of: .none) ?? 0 }
            return .goesOn(
                cameras.enumerated().compactMap { index, camera in
                    camera.picture.map { .decode(camera: index, jpeg: $0.jpeg) }
                })
        }
    }

    /// A light that the machine does not have would never be switched.
    private mutating func receive(light result: ProbeResult) -> Outcome {
        asksForLight = false
        switch result {
        case .failed(let reason):
            go(to: .details)
            fault = reason.words
            return .stays
        case .found(let found):
            guard found.abilities.contains(.light) || found.reading == nil else {
                go(to: .details)
                let index = details.fields.firstIndex { $0.label == Self.lightLabel } ?? 0
                _ = details.check([index: "the machine has no such pin or light; empty: none"])
                return .stays
            }
            knownLight = settings?.lightName
            return save()
        }
    }

    private mutating func receive(_ result: CameraProbeResult) -> Outcome {
        guard var camera = triedCamera else { return .stays }
        let index = cameras.firstIndex { $0.source == camera.source } ?? cameras.count
        switch result {
        case .failed(let reason):
            if let certificate = reason.certificateToApprove {
                camera.certificateToApprove = certificate
                put(camera, at: index)
                askedFingerprint = certificate
                certificateOwner = .camera(index)
                go(to: .certificate)
                return .stays
            }
            let place = focusOfTyped
            go(to: .found)
            focus = place
            fault = reason.description
            return .stays
        case .taken(let picture):
            camera.picture = picture
            camera.certificateToApprove = nil
            camera.reason = nil
            put(camera, at: index)
            cameraFingerprints[index] = askedFingerprint
            askedFingerprint = nil
            triedCamera = nil
            go(to: .found)
            focus = cameraChoices.firstIndex(of: .offered(index)) ?? 0
            return .goesOn([.decode(camera: index, jpeg: picture.jpeg)])
        }
    }

    private var focusOfTyped: Int { cameraChoices.firstIndex(of: .typed) ?? 0 }

    private mutating func put(_ camera: ProbedCamera, at index: Int) {
        if cameras.indices.contains(index) { cameras[index] = camera } else { cameras.append(camera) }
    }
}

extension LinkFault {
    /// In the wizard, where no command line is at hand.
    fileprivate var words: String {
        switch self {
        case .wrongCredentials:
            "The machine refuses the key or password. Type the right one, or go back and check the kind."
        case .otherServer(let found):
            "This address is not of such a server: \(found). Check the port, or go back to the kind."
        default: description
        }
    }
}
