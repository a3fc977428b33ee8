import Farm
import FarmService
import Hummingbird

extension FarmRoutes {
    var printRoutes: [Route] {
        let one = "/api/v1/prints/{id}/"
        return [
            .get(one, "Gives a print.", RouteShape(reply: "Print", errors: [403, 404]), getPrint)
        ]
    }

    private func getPrint(_ request: APIRequest) async throws -> Response {
        let (print, printer) = try await service.print(request.printID(), caller: request.caller())
        return .json { $0.print(print, printer: printer, notWatchingReason: notWatchingReason(print)) }
    }

    /// Of the printer now if this is its open print; that of an idle printer otherwise.
    func notWatchingReason(_ print: Print) -> String? {
        service.state.printers[print.printerID]?.notWatchingReason
    }
}
