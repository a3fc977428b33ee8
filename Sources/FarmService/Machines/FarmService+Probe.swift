import Farm

/// What is tried before it is stored.
extension FarmService {
    func answer(_ probe: MachineProbe) async throws -> FarmReply {
        let access = try access()
        guard let prober = access.prober else {
            throw FarmError.unavailable(reason: "This farmtop runs no links to machines.", retryAfterSeconds: 60)
        }
        switch probe {
        case .machine(let settings, let given, let printer):
            // Said before a person answers all the other questions.
            try state.refuseTaken(settings.address, besides: printer)
            do throws(LinkFault) {
                let credentials = try await credentials(given, for: settings, of: printer, access)
                return .probe(await prober.probe(settings, credentials))
            } catch {
                return .probe(.failed(error))
            }
        case .camera(let settings, let given, let printer, let camera):
            return .cameraProbe(try await self.probe(settings, given, of: printer, camera, access, prober))
        case .requestKey(let settings):
            return .keyRequest(try await access.keys.begin(settings, prober, now: now(), elapsed: elapsed()))
        case .keyRequest(let id): return .keyRequest(try await access.keys.request(id, at: elapsed()))
        case .forgetKeyRequest(let id): return .done(succeeded: await access.keys.forget(id))
        }
    }

    private func probe(
        _ settings: CameraSettings, _ given: GivenCredentials, of printer: PrinterID?, _ camera: CameraID?,
        _ access: MachineAccess, _ prober: any MachineProber
    ) async throws -> CameraProbeResult {
        guard !settings.source.isLocal else {
            throw FarmError.invalid([FieldError("source", "A program or a file is set in the configuration file only.")]
            )
        }
        var link: (any PrinterLink)?
        var machine: LinkSettings?
        var credentials = given.credentials ?? .none
        if let printer {
            let live = try state.printer(printer, for: .administrator)
            link = await access.supervisor.link(of: printer)
            machine = live.machine?.link.settings
            let stored = live.ownCameras.first { $0.camera.id == camera }?.camera
            if given == .keep, let stored, let place = SecretPlace.camera(stored.id, stored.settings.source) {
                guard stored.settings.source == settings.source else { throw FarmError.credentialsOfAnotherAddress }
                do throws(LinkFault) { credentials = try access.sealer.open(stored.credentials, for: place) } catch {
                    return .failed(error)
                }
            }
        }
        var trusted = settings
        trusted.fingerprint = settings.fingerprint ?? machine?.fingerprint(of: settings.source)
        return await prober.picture(trusted, credentials, of: link)
    }

    private func credentials(
        _ given: GivenCredentials, for settings: LinkSettings, of printer: PrinterID?, _ access: MachineAccess
    ) async throws(LinkFault) -> LinkCredentials {
        switch given {
        case .keep:
            guard let printer, let link = state.printers[printer]?.machine?.link,
                link.settings.address == settings.address
            else { return .none }
            return try access.sealer.open(link.credentials, for: .link(of: printer, settings.address))
        case .allowed(let id):
            do throws(FarmError) {
                return try await access.keys.key(id, for: settings.address, at: elapsed())
            } catch {
                throw .keyRequestOver
            }
        case .none, .apiKey, .password: return given.credentials ?? .none
        }
    }
}

/// The actions that store nothing.
enum MachineProbe {
    case machine(LinkSettings, GivenCredentials, of: PrinterID?)
    case camera(CameraSettings, GivenCredentials, of: PrinterID?, CameraID?)
    case requestKey(LinkSettings)
    case keyRequest(KeyRequestID)
    case forgetKeyRequest(KeyRequestID)
}

extension FarmError {
    static var credentialsOfAnotherAddress: FarmError {
        .invalid([FieldError("credentials", "The address is another one. Give the key or password again.")])
    }
}
