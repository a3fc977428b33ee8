import Farm

/// Gives the ids of printers to come, so that their credentials can be sealed for them. An id is never given twice.
struct ReservePrinterIDs: FarmCommand {
    var count: Int

    func apply(to draft: inout FarmDraft) throws(FarmError) -> [PrinterID] {
        (0..<count).map { _ in HighestIDs.next(&draft.state.ids.printer) }
    }
}

/// Makes and connects all printers of a list, or none.
struct ImportPrinters: FarmCommand {
    /// With its credentials sealed.
    struct Prepared: Sendable {
        var printer: PrinterID
        /// Nil for a printer that is there.
        var new: (account: AccountID, settings: PrinterSettings)?
        var link: MachineLink
        var camera: MachineCamera?
        var tags: PrinterTags
    }
    var caller: Caller
    var printers: [Prepared]

    func apply(to draft: inout FarmDraft) throws(FarmError) {
        // One that is refused takes all others with it.
        var attempt = draft
        for entry in printers {
            if let new = entry.new {
                var create = CreatePrinter(caller: caller, account: new.account, settings: new.settings)
                create.reservedID = entry.printer
                _ = try create.apply(to: &attempt)
            }
            try addTags(of: entry, to: &attempt)
            _ = try ConnectMachine(caller: caller, link: entry.link).apply(to: &attempt)
            if let camera = entry.camera { _ = try PutCamera(caller: caller, camera: camera).apply(to: &attempt) }
        }
        draft = attempt
    }

    private func addTags(of entry: Prepared, to draft: inout FarmDraft) throws(FarmError) {
        let known = try draft.live(entry.printer).printer.settings.tags
        guard let all = PrinterTags(known.all + entry.tags.all) else {
            throw .invalid([FieldError("tags", "A printer is in at most \(PrinterTags.limit) groups.")])
        }
        var patch = PrinterPatch()
        patch[.tags] = .words(all.all)
        _ = try UpdatePrinter(caller: caller, printer: entry.printer, patch: patch).apply(to: &draft)
    }
}

extension FarmService {
    func importPrinters(_ printers: [ImportedPrinter]) async throws {
        let newOnes = printers.filter { $0.printer == nil }.count
        var reserved = try await perform(ReservePrinterIDs(count: newOnes))[...]
        var prepared: [ImportPrinters.Prepared] = []
        for printer in printers {
            guard let id = printer.printer ?? reserved.popFirst() else { throw FarmError.noSuchPrinter }
            prepared.append(try await prepare(printer, as: id))
        }
        try await perform(ImportPrinters(caller: .administrator, printers: prepared))
    }

    private func prepare(_ printer: ImportedPrinter, as id: PrinterID) async throws -> ImportPrinters.Prepared {
        var entry = ImportPrinters.Prepared(
            printer: id, new: nil, link: try sealedLink(of: id, printer), tags: printer.tags)
        if printer.printer == nil {
            guard let account = state.account(named: printer.account)?.id else {
                throw FarmError.noSuchAccount(printer.account)
            }
            entry.new = (account, PrinterSettings(name: printer.name))
        }
        if let camera = printer.camera {
            let known = state.printers[id]?.ownCameras.first { own in
                own.camera.settings.isPrimary && !own.camera.isConfigured
            }?.camera
            let number: CameraID = if let known { known.id } else { try await perform(ReserveCameraID()) }
            entry.camera = MachineCamera(
                id: number, printerID: id, settings: camera, credentials: .none,
                createdAt: known?.createdAt ?? now())
        }
        return entry
    }

    private func sealedLink(of id: PrinterID, _ printer: ImportedPrinter) throws -> MachineLink {
        let old = state.printers[id]?.machine?.link
        let place = SecretPlace.link(of: id, printer.link.address)
        let isSamePlace = old.map { $0.settings.address == printer.link.address } ?? false
        return MachineLink(
            printerID: id, settings: printer.link,
            credentials: try seal(printer.credentials, for: place, stored: isSamePlace ? old?.credentials : nil),
            createdAt: old?.createdAt ?? now())
    }
}
