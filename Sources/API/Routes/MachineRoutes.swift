import Farm
import FarmService
import Hummingbird
import Text
import WireSchema

/// What is asked of the machine behind a printer beside its prints. Moving it needs the right `machines`.
extension FarmRoutes {
    var machineRoutes: [Route] {
        let one = "/api/v1/printers/{id}/"
        return [
            .get(
                one + "files/", "Lists what the printer's machine can print, newest first.",
                RouteShape(reply: "MachineFileList", errors: [403, 404, 409]), listFiles),
            .post(
                one + "light/", "Turns the machine's light on or off.",
                RouteShape(body: "Light", reply: "PrinterChange", errors: [403, 404, 409]), turnLight),
            .post(
                one + "emergency_stop/", "Stops the machine at once; it must be restarted by hand.",
                RouteShape(reply: "PrinterChange", query: [.meantPrint], errors: [403, 404, 409])
            ) { request in
                try await move(request, .emergencyStop, of: request.meantPrint())
            },
        ]
    }

    private func listFiles(_ request: APIRequest) async throws -> Response {
        let files = try await service.files(of: request.printerID(), for: request.caller())
        return .json { json in
            json.array { json in
                for file in files { json.file(file) }
            }
        }
    }

    private func turnLight(_ request: APIRequest) async throws -> Response {
        _ = try service.state.printer(request.printerID(), for: request.caller())
        var reader = FieldReader(try await RequestFields.read(request.body))
        let isOn = reader.bool("on")
        try reader.finish()
        guard let isOn else { throw APIError.field("on", "This field is required.") }
        return try await move(request, .light(isOn))
    }

    private func move(
        _ request: APIRequest, _ command: LinkCommand, of print: PrintID? = nil
    ) async throws -> Response {
        changed(
            try await service.perform(
                MoveMachine(
                    caller: request.caller(), printer: request.printerID(), command: command, print: print)))
    }
}

extension JSONWriter {
    fileprivate mutating func file(_ file: RemoteFile) {
        object { json in
            json.member("path", file.path)
            json.member("name", file.name)
            json.member("size") { $0.value(file.size) }
            json.member("modified_at", file.modifiedAt)
            json.member("estimate_s", file.estimate)
            json.member("filament_type", file.filamentType)
        }
    }
}
