import Farm
import FarmService
import Hummingbird
import Text
import WireSchema

extension FarmRoutes {
    var eventRoutes: [Route] {
        [
            .get(
                "/api/v1/printer_events/", "Lists events, newest first.",
                RouteShape(
                    reply: "EventList",
                    query: [
                        .init(name: "filter_by_types[]", schema: OpenAPISchemas.some(of: EventTypeFilter.words)),
                        .init(
                            name: "filter_by_classes[]",
                            schema: OpenAPISchemas.some(of: FarmEvent.Severity.allCases.map(\.rawValue))),
                        .init(name: "start", schema: OpenAPISchemas.start),
                        .init(name: "limit", schema: OpenAPISchemas.limit),
                    ]), listEvents),
            .get(
                "/api/v1/printer_events/{id}/", "Returns an event.", RouteShape(reply: "Event", errors: [403, 404]),
                getEvent),
            .get(
                "/api/v1/printers/{id}/prediction/", "Returns the statistics of the latest frame.",
                RouteShape(reply: "Prediction", errors: [403, 404]), latestPrediction),
        ]
    }

    private func listEvents(_ request: APIRequest) async throws -> Response {
        var reader = try FieldReader(query: request.target)
        let types = reader.choices("filter_by_types", EventTypeFilter.self)
        let severities = reader.choices("filter_by_classes", FarmEvent.Severity.self)
        let page = reader.page()
        try reader.finish()
        let events = try await service.history(
            for: request.caller(), kinds: types?.flatMap(\.kinds) ?? FarmEvent.Kind.ofObico, severities: severities,
            start: page.start, limit: page.limit)
        return .json { json in json.array { json in for event in events { self.write(event, to: &json) } } }
    }

    private func getEvent(_ request: APIRequest) async throws -> Response {
        guard let id = EventID(pathSegment: request.parameters[0]),
            let event = try await service.event(id, caller: request.caller())
        else { throw APIError.notFound("No PrinterEvent matches the given query.") }
        return .json { write(event, to: &$0) }
    }

    func write(_ event: FarmEvent, to json: inout JSONWriter) {
        json.object(ToldEvent(event, imageURL: imageURL(event)))
    }

    private func imageURL(_ event: FarmEvent) -> String? {
        guard let print = event.printID, let frame = event.frame else { return nil }
        return pictures.url(
            printer: event.printerID, frame: FrameKey(printID: print, number: frame),
            hour: now().microseconds / 3_600_000_000)
    }

    private func latestPrediction(_ request: APIRequest) throws -> Response {
        let live = try service.state.printer(request.printerID(), for: request.caller())
        return .json { $0.latestPrediction(of: live) }
    }
}
