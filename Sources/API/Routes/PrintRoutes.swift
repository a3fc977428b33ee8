import Farm
import FarmService
import Hummingbird
import Text

extension FarmRoutes {
    var printRoutes: [Route] {
        let one = "/api/v1/prints/{id}/"
        let deleted = RouteShape.Parameter(name: "with_deleted", schema: OpenAPISchemas.flag)
        let period: [RouteShape.Parameter] = [
            .init(name: "from_date", schema: #"{"type": "string", "format": "date"}"#),
            .init(name: "to_date", schema: #"{"type": "string", "format": "date"}"#),
            .init(name: "timezone", schema: ##"{"$ref": "#/components/schemas/TimeZone"}"##),
        ]
        return [
            .get(
                "/api/v1/prints/", "Lists prints, newest first.",
                RouteShape(
                    reply: "PrintList",
                    query: [
                        .init(
                            name: "filter",
                            schema:
                                #"{"enum": ["cancelled", "finished", "need_alert_overwrite", "need_print_shot_feedback"]}"#
                        ),
                        .init(
                            name: "filter_by_results[]",
                            schema: OpenAPISchemas.some(of: PrintResult.allCases.map(\.rawValue))),
                        .init(name: "sorting", schema: #"{"enum": ["date_desc", "date_asc"]}"#),
                        .init(name: "start", schema: OpenAPISchemas.start),
                        .init(name: "limit", schema: OpenAPISchemas.limit),
                        .init(
                            name: "filter_by_printer_ids[]",
                            schema: #"{"type": "array", "items": {"type": "integer", "format": "int64"}}"#
                        ),
                        deleted,
                    ] + period), listPrints),
            .get(
                "/api/v1/prints/stats/", "Counts prints by period.",
                RouteShape(
                    reply: "PrintStatistics",
                    query: period + [.init(name: "group_by", schema: #"{"enum": ["day", "week", "month", "year"]}"#)]),
                printStatistics),
            .post(
                "/api/v1/prints/bulk_delete/", "Removes prints.",
                RouteShape(body: "PrintIDs", bodyTypes: .json, status: 204),
                deletePrints),
            .get(
                one, "Returns a print.", RouteShape(reply: "Print", query: [deleted], errors: [403, 404]), getPrint),
            .patch(
                one, "Changes a print.", RouteShape(body: "PrintPatch", reply: "Print", errors: [403, 404, 409]),
                patchPrint),
            .delete(one, "Removes a print.", RouteShape(status: 204, errors: [403, 404]), deletePrint),
            .get(
                one + "prediction_json/", "Returns the statistics of every frame.",
                RouteShape(reply: "PredictionList", errors: [403, 404]), predictionJSON),
        ]
    }

    private func getPrint(_ request: APIRequest) async throws -> Response {
        let (print, printer) = try await service.print(
            request.printID(), caller: request.caller(), includesDeleted: request.flag("with_deleted"))
        return .json { $0.print(print, printer: printer, notWatchingReason: notWatchingReason(print)) }
    }

    /// Of the print's printer now.
    private func notWatchingReason(_ print: Print) -> String? {
        service.state.printers[print.printerID]?.notWatchingReason
    }

    private enum Filter: String {
        case cancelled, finished
        case needsVerdict = "need_alert_overwrite"
        /// Obico's first-layer pictures, of which there are none here.
        case needsFeedback = "need_print_shot_feedback"
    }
    private enum Sorting: String {
        case newestFirst = "date_desc"
        case oldestFirst = "date_asc"
    }

    private func listPrints(_ request: APIRequest) async throws -> Response {
        var reader = try FieldReader(query: request.target)
        var query = PrintQuery()
        query.accountID = try request.caller().accountID
        let filter = reader.choice("filter", Filter.self)
        query.results = results(filter, reader.choices("filter_by_results", PrintResult.self))
        query.needsVerdict = filter == .needsVerdict
        query.includesDeleted = reader.bool("with_deleted") ?? false
        query.oldestFirst = reader.choice("sorting", Sorting.self) == .oldestFirst
        (query.start, query.limit) = reader.page()
        if reader.contains("filter_by_printer_ids[]") || reader.contains("filter_by_printer_ids") {
            query.printerIDs = reader.ids("filter_by_printer_ids", limit: 1000)
        }
        (query.startedFrom, query.startedBefore) = reader.period()
        try reader.finish()
        let isEmpty = filter == .needsFeedback || query.limit == 0
        let prints = isEmpty ? [] : try await service.prints(query)
        let state = service.state
        return .json { json in
            json.array { json in
                for print in prints {
                    guard let live = state.printers[print.printerID] else { continue }
                    json.print(print, printer: live.printer, notWatchingReason: live.notWatchingReason)
                }
            }
        }
    }

    /// Obico knows two ends of a print; farmtop's own parameter names them one by one.
    private func results(_ filter: Filter?, _ named: [PrintResult]?) -> [PrintResult]? {
        let ofFilter: [PrintResult]? =
            switch filter {
            case .cancelled: PrintResult.allCases.filter(\.isCancelledOnWire)
            case .finished: PrintResult.allCases.filter { !$0.isCancelledOnWire }
            case .needsVerdict, .needsFeedback, nil: nil
            }
        guard let named else { return ofFilter }
        return ofFilter.map { $0.filter(named.contains) } ?? named
    }

    /// The one result that a PATCH sets.
    private enum PatchedResult: String { case failed }

    private func patchPrint(_ request: APIRequest) async throws -> Response {
        let caller = try request.caller()
        let before = try await service.print(request.printID(), caller: caller).print
        let id = before.id
        let fields = try await RequestFields.read(request.body)
        var reader = FieldReader(fields)
        var patch = PrintPatch()
        patch.alertOverwrite = reader.nullable("alert_overwrite") { $0.choice("alert_overwrite", AlertVerdict.self) }
        patch.filamentUsed = reader.nullable("filament_used") { $0.double("filament_used", in: 0...1e12) }
        patch.printTime = reader.nullable("print_time") { $0.double("print_time", in: 0...1e12) }
        if !reader.repeats("result", before.result?.rawValue) {
            patch.hasFailed = reader.choice("result", PatchedResult.self) != nil
        }
        patch.failureReason = reader.nullableText("failure_reason", limit: 200)
        try reader.finish()
        _ = try await service.perform(UpdatePrint(caller: caller, print: id, patch: patch))
        return try await getPrint(request).naming(ignored: fields, known: OpenAPISchemas.printNames)
    }

    private func deletePrint(_ request: APIRequest) async throws -> Response {
        let caller = try request.caller()
        let id = try await service.print(request.printID(), caller: caller).print.id
        _ = try await service.perform(DeletePrints(caller: caller, prints: [id]))
        return .noContent()
    }

    private func deletePrints(_ request: APIRequest) async throws -> Response {
        var reader = FieldReader(try await RequestFields.read(request.body))
        let ids: [PrintID] = reader.ids("print_ids", limit: 10_000) ?? []
        try reader.finish()
        _ = try await service.perform(DeletePrints(caller: request.caller(), prints: ids))
        return .noContent()
    }

    private func predictionJSON(_ request: APIRequest) async throws -> Response {
        let (print, _) = try await service.print(request.printID(), caller: request.caller())
        let predictions = try await service.storedPredictions(of: print.id, limit: 100_000)
        return .json { json in
            json.array { json in
                for prediction in predictions {
                    json.object { json in json.member("fields") { $0.prediction(prediction) } }
                }
            }
        }
    }
}

extension FieldReader {
    /// `from_date` to the end of `to_date`.
    mutating func period() -> (from: Timestamp?, before: Timestamp?) {
        let calendar = calendar()
        return (day("from_date", calendar), day("to_date", plusDays: 1, calendar))
    }
}
