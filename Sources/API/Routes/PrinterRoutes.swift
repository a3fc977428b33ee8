import Farm
import FarmService
import HTTPTypes
import Hummingbird
import OAuth
import Text

extension FarmRoutes {
    var printerRoutes: [Route] {
        let one = "/api/v1/printers/{id}/"
        let archived = RouteShape.Parameter(name: "with_archived", schema: OpenAPISchemas.flag)
        let predictions = RouteShape.Parameter(name: "with_predictions", schema: OpenAPISchemas.flag)
        let changed = RouteShape(reply: "PrinterChange", errors: [403, 404])
        let meant = RouteShape.Parameter.meantPrint
        let moved = RouteShape(reply: "PrinterChange", query: [meant], errors: [403, 404, 409])
        return [
            .post(
                "/api/v1/printers/", "Adds a printer.",
                RouteShape(body: "NewPrinter", status: 201, reply: "Printer"), createPrinter),
            .get(
                "/api/v1/printers/", "Lists printers, oldest first.",
                RouteShape(reply: "PrinterList", query: [archived, predictions]), listPrinters),
            .get(
                one, "Returns a printer.", RouteShape(reply: "Printer", query: [archived], errors: [403, 404]),
                getPrinter),
            .patch(
                one, "Changes fields of a printer.",
                RouteShape(body: "PrinterPatch", reply: "PrinterChange", query: [archived], errors: [403, 404]),
                patchPrinter),
            .put(
                one, "Changes a printer; the name is required.",
                RouteShape(body: "NewPrinter", reply: "Printer", query: [archived], errors: [403, 404]), putPrinter),
            .delete(
                one,
                "Removes a printer; its prints stay in the history. With print_id only if no other print is open; with 0 only if none is.",
                RouteShape(status: 204, query: [archived, .seenPrint], errors: [403, 404, 409]), deletePrinter),
            .post(
                one + "archive/",
                "Archives a printer, which cancels its print. With print_id only if no other one is open; with 0 only if none is.",
                RouteShape(status: 204, query: [.seenPrint], errors: [403, 404, 409]), archivePrinter),
            .post(
                one + "start_print/",
                "Starts a print; an open one ends as replaced. With require_clear only if a look at the bed, taken now, finds it clear; else 409.",
                RouteShape(body: "StartPrint", reply: "PrinterChange", errors: [403, 404, 409]), startPrint),
            .post(
                one + "finish_print/", "Ends the open print.",
                RouteShape(body: "FinishPrint", reply: "PrinterChange", query: [meant], errors: [403, 404, 409]),
                finishPrint),
            .post(
                one + "predict/", "Looks for failures in a JPEG of the print.",
                RouteShape(body: "Frame", bodyTypes: .multipart, reply: "FrameReport", errors: [403, 404]), predict),
            .post(
                one + "pause_print/", "Says that the open print is paused, which confirms a pause that was asked for.",
                moved
            ) { request in
                try await self.changed(
                    service.perform(
                        PausePrint(
                            caller: request.caller(), printer: request.printerID(), print: request.meantPrint())))
            },
            .post(
                one + "request_pause/", "Asks whoever drives the printer to pause the open print.", moved
            ) { request in
                try await self.changed(
                    service.perform(
                        RequestPause(
                            caller: request.caller(), printer: request.printerID(), print: request.meantPrint())))
            },
            .post(one + "resume_print/", "Clears the pause of the open print.", moved) { request in
                try await self.changed(
                    service.perform(
                        ResumePrint(
                            caller: request.caller(), printer: request.printerID(), print: request.meantPrint())))
            },
            .post(one + "cancel_print/", "Cancels the open print.", moved) { request in
                try await self.changed(
                    service.perform(
                        CancelPrint(
                            caller: request.caller(), printer: request.printerID(), print: request.meantPrint())))
            },
            .post(
                one + "mute_current_print/",
                "Mutes or unmutes alerts for the open print. mute_alert stands in the address or in the body.",
                RouteShape(
                    body: "Mute", reply: "PrinterChange",
                    query: [.init(name: "mute_alert", schema: #"{"enum": ["true", "false"]}"#), meant],
                    errors: [403, 404, 409]), muteAlerts),
            .post(
                one + "acknowledge_alert/",
                "Answers the open print's alert. alert_overwrite stands in the address or in the body.",
                RouteShape(
                    body: "Acknowledgement", reply: "PrinterChange",
                    query: [.init(name: "alert_overwrite", schema: #"{"enum": ["FAILED", "NOT_FAILED"]}"#), meant],
                    errors: [403, 404, 409]), acknowledgeAlert),
            .post(
                one + "undo_dismissal/", "Takes back the verdict NOT_FAILED on the open print; its alert stands again.",
                changed
            ) { request in
                try await self.changed(
                    service.perform(UndoDismissal(caller: request.caller(), printer: request.printerID())))
            },
            .post(
                one + "forget_camera/", "Forgets what was learned about the printer's cameras; they count as new.",
                changed
            ) { request in
                try await self.changed(
                    service.perform(ForgetCamera(caller: request.caller(), printer: request.printerID())))
            },
        ]
    }

    private func createPrinter(_ request: APIRequest) async throws -> Response {
        var reader = FieldReader(try await RequestFields.read(request.body))
        let patch = reader.printerPatch(isWhole: true)
        try reader.finish()
        let caller = try request.caller()
        let settings = patch.applied(to: PrinterSettings(name: ""))
        let account = try caller.accountID ?? firstAccount()
        try refuseFullAccount(caller)
        let live = try await service.perform(CreatePrinter(caller: caller, account: account, settings: settings))
        return .json(.created, encoded: encoded.json(live))
    }

    /// The person at the terminal is not counted; an app that makes printers without end would make every list slow.
    private func refuseFullAccount(_ caller: Caller) throws(APIError) {
        guard caller.accountID != nil,
            service.state.printers(for: caller, includeArchived: true).count >= printersPerAccount
        else { return }
        throw .field(
            "non_field_errors",
            "This account may hold \(printersPerAccount) printers. Remove one, or raise server.printers_per_account.")
    }

    /// Where the administrator's own printers go.
    private func firstAccount() throws(FarmError) -> AccountID {
        guard let account = service.state.accounts.values.min(by: { $0.id < $1.id }) else {
            throw .noSuchAccount(Account.firstName)
        }
        return account.id
    }

    private func listPrinters(_ request: APIRequest) throws -> Response {
        let caller = try request.caller()
        let includesArchived = try request.includesArchived()
        guard try request.flag("with_predictions") else {
            return .json(encoded: encoded.list(service.state, for: caller, includesArchived: includesArchived))
        }
        return .json(
            encoded: encoded.listWithPredictions(service.state, for: caller, includesArchived: includesArchived))
    }

    private func getPrinter(_ request: APIRequest) throws -> Response {
        .json(encoded: encoded.json(try printer(request, includesArchived: try request.includesArchived())))
    }

    /// The printer of the path, if it is the caller's.
    private func printer(_ request: APIRequest, includesArchived: Bool = false) throws -> LivePrinter {
        try service.state.printer(
            request.printerID(), for: request.caller(), includeArchived: includesArchived)
    }

    private func patchPrinter(_ request: APIRequest) async throws -> Response {
        let (live, fields) = try await updatePrinter(request, isWhole: false)
        return changed(live).naming(ignored: fields, known: OpenAPISchemas.printerNames)
    }

    private func putPrinter(_ request: APIRequest) async throws -> Response {
        .json(encoded: encoded.json(try await updatePrinter(request, isWhole: true).live))
    }

    private func updatePrinter(
        _ request: APIRequest, isWhole: Bool
    ) async throws -> (live: LivePrinter, fields: RequestFields) {
        let includesArchived = try request.includesArchived()
        let live = try printer(request, includesArchived: includesArchived)
        let fields = try await RequestFields.read(request.body)
        var reader = FieldReader(fields)
        var patch = reader.printerPatch(isWhole: isWhole)
        try reader.finish()
        patch.unarchive = includesArchived && fields.values["archived_at"] == .json(.null)
        let changed = try await service.perform(
            UpdatePrinter(
                caller: request.caller(), printer: live.printer.id, patch: patch, includeArchived: includesArchived))
        return (changed, fields)
    }

    private func deletePrinter(_ request: APIRequest) async throws -> Response {
        try await service.perform(
            DeletePrinter(
                caller: request.caller(), printer: request.printerID(), includeArchived: request.includesArchived(),
                seen: request.seenPrint()))
        return .noContent()
    }

    private func archivePrinter(_ request: APIRequest) async throws -> Response {
        try await service.perform(
            ArchivePrinter(
                caller: request.caller(), printer: request.printerID(), seen: request.seenPrint()))
        return .noContent()
    }

    // MARK: Prints

    private func startPrint(_ request: APIRequest) async throws -> Response {
        let id = try printer(request).printer.id
        let fields = try await RequestFields.read(request.body)
        var reader = FieldReader(fields)
        let filename = reader.filename()
        let requireClear = reader.bool("require_clear") ?? false
        try reader.finish()
        return changed(
            try await service.startPrint(
                caller: request.caller(), printer: id, filename: filename ?? "", requireClear: requireClear)
        ).naming(ignored: fields, known: ["filename", "require_clear"])
    }

    /// What `finish_print` takes; the other ends of a print come about otherwise.
    private enum FinishStatus: String {
        case success, cancelled

        var result: PrintResult { self == .success ? .success : .cancelled }
    }

    private func finishPrint(_ request: APIRequest) async throws -> Response {
        let id = try printer(request).printer.id
        let fields = try await RequestFields.read(request.body)
        guard try printer(request).currentPrint != nil else { throw FarmError.notPrinting }
        var reader = FieldReader(fields)
        let status = reader.choice("status", FinishStatus.self, hint: "Choose success or cancelled.") ?? .success
        try reader.finish()
        return changed(
            try await service.perform(
                FinishPrint(
                    caller: request.caller(), printer: id, result: status.result, print: request.meantPrint())))
    }

    private func predict(_ request: APIRequest) async throws -> Response {
        let id = try printer(request).printer.id
        try Self.checkPictureType(of: request.body)
        // Before the body is read: an idle printer's app need not send its picture.
        let ticket = try service.admitFrame(printer: id, caller: request.caller())
        var reader = FieldReader(try await RequestFields.read(request.body))
        let jpeg = reader.file("img")
        if jpeg == nil, let other = reader.files.first(where: { $0 != "img" }) {
            reader.fail("img", "There is a file part named \(other): send a JPEG as the file part img.")
        }
        if let jpeg, let format = PictureFormat(jpeg) {
            reader.fail("img", FrameError.unusableImage, "The file is a \(format.rawValue): send a JPEG.")
        }
        try reader.finish()
        let report = try await request.body.whileClientWaits { [service] in
            try await service.predict(jpeg ?? [], ticket: ticket)
        }
        return .json { $0.frameReport(report) }
    }

    /// - Throws: 415 that says how a picture is sent.
    private static func checkPictureType(of body: RequestBodyReader) throws(APIError) {
        do throws(APIError) {
            try RequestFields.checkMediaType(body)
        } catch {
            // Nobody takes a text for a picture.
            let isPicture = body.contentType.map { $0.hasPrefix("image/") || $0.hasPrefix("application/octet") } ?? true
            guard isPicture, case .detail(let status, let text, let headers) = error else { throw error }
            throw .detail(
                status, text + " Send a JPEG as the file part img of a multipart/form-data body.", headers: headers)
        }
    }

    // MARK: Alerts

    /// Parameters of the address and fields of the body: Obico's own pages send the ones, apps the others.
    private func parameters(_ request: APIRequest) async throws -> RequestFields {
        var fields = try await RequestFields.read(request.body)
        let query = RequestFields(try request.target.parameters())
        fields.values.merge(query.values) { _, inQuery in inQuery }
        return fields
    }

    private func muteAlerts(_ request: APIRequest) async throws -> Response {
        _ = try printer(request)
        let fields = try await parameters(request)
        let live = try printer(request)
        guard live.currentPrint != nil else { throw FarmError.notPrinting }
        let muted: Bool? =
            switch fields.values["mute_alert"] {
            case nil: throw APIError.field("mute_alert", "This field is required.")
            case .json(.bool(let flag)): flag
            case .json(.string(let text)): ["true": true, "false": false][text.lowercased()]
            case .texts(let texts): ["true": true, "false": false][texts.last?.lowercased() ?? ""]
            case .json, .file: nil
            }
        guard let muted else { throw APIError.field("mute_alert", "Must be a valid boolean.") }
        return changed(
            try await service.perform(
                MuteAlerts(
                    caller: request.caller(), printer: live.printer.id, muted: muted, print: request.meantPrint())))
    }

    private func acknowledgeAlert(_ request: APIRequest) async throws -> Response {
        _ = try printer(request)
        var reader = FieldReader(try await parameters(request))
        let live = try printer(request)
        guard live.currentPrint != nil else { throw FarmError.notPrinting }
        let verdict =
            reader.isNull("alert_overwrite") ? nil : reader.choice("alert_overwrite", AlertVerdict.self)
        try reader.finish()
        return changed(
            try await service.perform(
                AcknowledgeAlert(
                    caller: request.caller(), printer: live.printer.id, verdict: verdict, print: request.meantPrint())))
    }
}

extension RouteShape.Parameter {
    /// As `meantPrint`; 0: nothing was seen to be printed.
    static let seenPrint = Self(name: "print_id", schema: #"{"type":"integer","format":"int64","minimum":0}"#)
    /// Refuses what is asked while another print is open: nobody means the next one.
    static let meantPrint = Self(name: "print_id", schema: #"{"type":"integer","format":"int64","minimum":1}"#)
}

extension FieldReader {
    /// Missing, null and blank are one fault here.
    fileprivate mutating func filename() -> String? {
        if isMissingOrBlank("filename") {
            fail("filename", "This field is required.")
            return nil
        }
        return text("filename", limit: 1000, isRequired: true, numbersAsText: false)
    }
}
