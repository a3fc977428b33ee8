import BedCheck
import Farm

/// Whether beds are clear. Pictures are taken when somebody asks: between prints farmtop reads no camera.
extension FarmService {
    func bed(of id: PrinterID, _ action: BedAction) async throws -> BedReport {
        let live = try state.printer(id, for: .administrator)
        switch action {
        case .check: return try await check(live)
        case .keep, .cleared: return try await keep(live, isLearnt: action == .cleared)
        case .forget:
            let forgotten = try await perform(ForgetBeds(caller: .administrator, printer: id))
            return BedReport(status: forgotten.bedStatus(at: shownMoment))
        }
    }

    /// The look that found the bed clear, taken now.
    /// - Throws: `bedNotClear` with what was found instead.
    func clearBed(of id: PrinterID, for caller: Caller) async throws(FarmError) -> BedLook {
        let (noted, _) = try await look(at: state.printer(id, for: caller))
        guard let look = noted.bedLook, look.finding.state == .clear else {
            throw .bedNotClear(noted.bedStatus(at: shownMoment).finding)
        }
        return look
    }

    private func check(_ live: LivePrinter) async throws -> BedReport {
        let (noted, taken) = try await look(at: live)
        return BedReport(status: noted.bedStatus(at: shownMoment), picture: taken)
    }

    /// Takes a picture, compares it, and writes down what was found.
    private func look(at live: LivePrinter) async throws(FarmError) -> (noted: LivePrinter, picture: ProbedPicture?) {
        var finding: BedFinding
        var taken: ProbedPicture?
        if live.currentPrint != nil {
            finding = .cannotTell(.printing)
        } else {
            switch try await bedPicture(of: live) {
            case .success(let picture):
                finding = await self.finding(picture, live)
                taken = picture.shown
            case .failure(let doubt): finding = doubt.finding
            }
        }
        return (try await perform(NoteBed(printer: live.printer.id, finding: finding)), taken)
    }

    /// Two pictures have to agree: nobody's hand is in it, nothing moves.
    private func keep(_ live: LivePrinter, isLearnt: Bool) async throws -> BedReport {
        guard live.currentPrint == nil else { throw FarmError.bedInUse }
        var last = try await takenBedPicture(of: live)
        for _ in 0..<Self.mostTries {
            try await Task.sleep(for: limits.bedCalmFor)
            let next = try await takenBedPicture(of: live)
            let change = await Self.finding(next, kept: [last.bed])
            last = next
            switch (change.state, change.doubt) {
            case (_, .dark), (_, .overexposed):
                throw FarmError.unavailable(
                    reason: "\(change.sentence) Nothing was kept: change the light.", retryAfterSeconds: 60)
            case (.clear, _), (_, .plain): return try await keep(last, live, isLearnt: isLearnt)
            default: continue
            }
        }
        throw FarmError.unavailable(
            reason: "Something moves in the picture, so nothing was kept.", retryAfterSeconds: 10)
    }

    private func keep(_ picture: BedView, _ live: LivePrinter, isLearnt: Bool) async throws -> BedReport {
        if isLearnt, !live.keptBeds.isEmpty {
            let finding = await finding(picture, live)
            guard finding.state != .occupied, finding.doubt != .unsure else {
                // What was said and what is seen differ: a picture with a part on the bed must not pass for an empty one.
                let noted = try await perform(NoteBed(printer: live.printer.id, finding: finding))
                return BedReport(status: noted.bedStatus(at: shownMoment), picture: picture.shown)
            }
        }
        let kept = try await perform(
            KeepBed(caller: .administrator, printer: live.printer.id, picture: picture.bed, isLearnt: isLearnt))
        return BedReport(status: kept.bedStatus(at: shownMoment), picture: picture.shown, isKept: true)
    }

    private static var mostTries: Int { 5 }

    private func finding(_ picture: BedView, _ live: LivePrinter) async -> BedFinding {
        await Self.finding(picture, kept: live.keptBeds.map(\.picture))
    }

    private static func finding(_ picture: BedView, kept: [BedPicture]) async -> BedFinding {
        await blocking { BedComparison().finding(picture.bed, size: picture.size, kept: kept) }
    }

    /// - Throws: `unavailable` in the words of the doubt.
    private func takenBedPicture(of live: LivePrinter) async throws -> BedView {
        switch try await bedPicture(of: live) {
        case .success(let picture): return picture
        case .failure(let doubt) where doubt.finding.doubt == .noCamera:
            throw FarmError.invalid([FieldError("camera", FarmError.noBedCamera)])
        case .failure(let doubt):
            throw FarmError.unavailable(
                reason: "\(doubt.finding.sentence) Nothing was kept.", retryAfterSeconds: 60)
        }
    }

    /// A picture of the camera that judges the printer's prints, or of its first one, taken now.
    private func bedPicture(of live: LivePrinter) async throws(FarmError) -> Result<BedView, NoBedView> {
        let first = live.ownCameras.first { $0.camera.isConfirmed }
        guard let camera = (live.judgingCamera ?? first)?.camera else {
            return .failure(NoBedView(finding: .cannotTell(.noCamera)))
        }
        let access = try access()
        guard let prober = access.prober else { return .failure(NoBedView(finding: .cannotTell(.noCamera))) }
        func none(_ detail: String) -> Result<BedView, NoBedView> {
            .failure(NoBedView(finding: BedFinding(state: .cannotTell, doubt: .noPicture, detail: detail)))
        }
        var settings = camera.settings
        let ofMachine = live.machine?.link.settings.fingerprint(of: settings.source)
        settings.fingerprint = settings.fingerprint ?? ofMachine
        var credentials = LinkCredentials.none
        if let place = SecretPlace.camera(camera.id, settings.source) {
            do throws(LinkFault) { credentials = try access.sealer.open(camera.credentials, for: place) } catch {
                return none(error.description)
            }
        }
        let link = await access.supervisor.link(of: live.printer.id)
        switch await prober.picture(settings, credentials, of: link) {
        case .failed(let fault): return none(fault.description)
        case .taken(let shown):
            let make = access.bedPicture
            let bed = await blocking { make?(shown.jpeg) }
            guard let bed else { return none("it is too small or no picture") }
            return .success(BedView(shown: shown, bed: bed))
        }
    }
}

/// A picture that was taken to look at a bed.
private struct BedView: Sendable {
    var shown: ProbedPicture
    var bed: BedPicture

    var size: (width: Int, height: Int) { (shown.width, shown.height) }
}

/// There is none, and why.
private struct NoBedView: Error {
    var finding: BedFinding
}
