import Farm

extension FarmState {
    /// The state as it was when the last batch was committed: prints and statistics go on where they were.
    /// - Parameter now: frames are waited for from here on, except where they were missed before.
    init(_ stored: StoredFarm, limits: FarmLimits, now: ClockReading) {
        self.init()
        revision = 1
        accounts = Dictionary(stored.accounts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for client in stored.clients {
            clients[client.id] = client
            clientsByPublicID[client.publicID] = client.id
        }
        for token in stored.tokens {
            tokens[token.digest] = token
            tokenDigests[token.id] = token.digest
        }
        lastUses = stored.lastUses
        for family in stored.tokenFamilies {
            families[family.id] = family
            familiesByCode[family.codeDigest] = family.id
            if let refresh = family.refresh { familiesByRefreshKey[refresh.key] = family.id }
        }
        events = stored.events.suffix(Self.eventLimit)
        ids = HighestIDs(
            account: stored.lastAccountID, printer: stored.lastPrinterID, print: stored.lastPrintID,
            client: stored.lastClientID, token: stored.lastTokenID, event: stored.lastEventID,
            camera: stored.machines.lastCameraID, keptBed: stored.lastKeptBedID,
            verdict: stored.lastVerdictID)
        notifications = NotificationState(stored.notifications)
        restoredAt = stored.restoredAt
        takePrinters(stored, limits: limits, now: now)
    }

    private mutating func takePrinters(_ stored: StoredFarm, limits: FarmLimits, now: ClockReading) {
        let predictions = Dictionary(grouping: stored.predictions, by: \.printID)
        let pictures = Dictionary(grouping: stored.framePictures, by: \.printID)
        let links = Dictionary(
            stored.machines.links.map { ($0.printerID, $0) }, uniquingKeysWith: { first, _ in first })
        let cameras = Dictionary(grouping: stored.cameraHistories, by: \.key.printerID)
        let ownCameras = Dictionary(grouping: stored.machines.cameras, by: \.printerID)
        let keptBeds = Dictionary(grouping: stored.keptBeds, by: \.printerID)
        let verdicts = Dictionary(grouping: stored.verdicts, by: \.printerID)
        let printsOf = Dictionary(grouping: stored.prints, by: \.printerID)
        for printer in stored.printers {
            var live = LivePrinter(printer)
            live.revision = revision
            if printer.deletedAt == nil, let link = links[printer.id] { live.machine = LiveMachine(link) }
            live.ownCameras = (ownCameras[printer.id] ?? []).map(LiveCamera.init)
            live.keptBeds = keptBeds[printer.id] ?? []
            live.verdicts = verdicts[printer.id] ?? []
            let prints = printsOf[printer.id] ?? []
            live.toRemember = stored.awaitedVerdicts[printer.id] ?? []
            live.currentPrint = prints.first { $0.id == printer.currentPrintID && $0.isOpen }
            for (key, history) in cameras[printer.id] ?? [] { live.cameras[key] = history }
            live.lastPrint = prints.filter { !$0.isOpen }.max { $0.id < $1.id }
            live.hasAppPictures = live.sentPicturesLately
            live.lastEndedAt = now.steady(ofOptional: live.lastPrint?.endedAt)
            live.restoreStop(stored, now: now)
            if let print = live.currentPrint {
                let startedAt = print.startedSteady ?? now.steady(of: print.startedAt)
                live.currentPrint?.startedSteady = startedAt
                live.pausedSince = now.steady(ofOptional: print.pausedAt)
                live.pauseAskedSince = now.steady(ofOptional: print.pauseRequestedAt)
                let seen = predictions[print.id] ?? []
                live.recent = seen.suffix(limits.recentPoints).map { ScorePoint($0) }
                live.intervals = zip(seen, seen.dropFirst()).suffix(16).map { earlier, later in
                    max(0, later.createdAt.seconds(since: earlier.createdAt))
                }
                if let last = seen.last {
                    // The size of the picture is known again with the next frame; boxes are in its pixels.
                    live.lastFrame = LastFrame(
                        number: last.statistics.predictionNum, receivedAt: last.createdAt, width: 0, height: 0,
                        detections: last.detections)
                    live.lastFrameAt = now.steady(of: last.createdAt)
                }
                live.framesAwaitedSince = print.notWatchedAt == nil ? now.steady : live.lastFrameAt ?? startedAt
                live.pictures = (pictures[print.id] ?? []).map(\.number).sorted()
                live.alertFrames = stored.alertFrames[print.id] ?? []
                if let known = stored.failureEvidence[printer.id], known.printID == print.id {
                    live.evidence = known.evidence
                    live.evidenceWithoutMemory = known.withoutMemory
                    live.camera = known.camera
                    live.isFailing = known.isFailing
                }
            }
            if let snapshot = stored.lastPictures[printer.id] {
                live.snapshotKey = snapshot
                live.isSnapshotKept =
                    snapshot.printID != live.currentPrint?.id
                    && limits.keepsPicture(snapshot.number, aroundAny: stored.alertFrames[snapshot.printID] ?? [])
            }
            printers[printer.id] = live
        }
    }
}
