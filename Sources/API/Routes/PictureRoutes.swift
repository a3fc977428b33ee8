import Farm
import FarmService
import HTTPTypes
import Hummingbird
import OAuth

extension FarmRoutes {
    var pictureRoutes: [Route] {
        [
            .get(
                "/pictures/{printer}/{print}/{frame}", "Returns a picture to anybody who has its signed address.",
                access: .open,
                RouteShape(
                    reply: "Picture", replyType: "image/jpeg",
                    query: [
                        .init(name: "expires", schema: #"{"type": "integer"}"#, isRequired: true),
                        .init(name: "signature", schema: #"{"type": "string"}"#, isRequired: true),
                    ], errors: [403, 404]), signedPicture),
            .get(
                "/api/v1/printers/{id}/snapshot.jpg",
                "Returns the last frame as it was sent, or with the boxes of confidence 0.2 and more drawn on it.",
                RouteShape(
                    reply: "Picture", replyType: "image/jpeg",
                    query: [
                        .init(name: "tagged", schema: OpenAPISchemas.flag),
                        .init(name: "with_archived", schema: OpenAPISchemas.flag),
                    ], errors: [403, 404]), snapshot),
            .get(
                "/api/v1/prints/{id}/frames/{frame}", "Returns a kept frame, such as `12.jpg`, as it was sent.",
                RouteShape(reply: "Picture", replyType: "image/jpeg", errors: [403, 404]), frame),
        ]
    }

    private func signedPicture(_ request: APIRequest) async throws -> Response {
        let query = try request.target.parameters()
        guard let printer = PrinterID(pathSegment: request.parameters[0]),
            let print = PrintID(pathSegment: request.parameters[1]),
            let number = frameNumber(request.parameters[2])
        else { throw FarmError.noSuchPicture }
        let key = FrameKey(printID: print, number: number)
        guard let expiresAt = query.first("expires").flatMap({ Int64($0) }), let signature = query.first("signature"),
            pictures.signer.verifies(signature, printer: printer, frame: key, expiresAt: expiresAt, now: now())
        else { throw FarmError.forbidden }
        return try await picture(key)
    }

    private func snapshot(_ request: APIRequest) async throws -> Response {
        let live = try service.state.printer(
            request.printerID(), for: request.caller(), includeArchived: request.includesArchived())
        guard let key = live.snapshotKey else { throw FarmError.noSuchPicture }
        let isTagged = try request.flag("tagged")
        let picture = try await service.picture(key)
        // The next frame is another picture at the same address.
        return .bytes(
            headers: [.cacheControl: "no-store"], type: "image/jpeg",
            isTagged ? try await tagged.jpeg(of: picture) : picture.jpeg)
    }

    private func frame(_ request: APIRequest) async throws -> Response {
        let (print, _) = try await service.print(request.printID(), caller: request.caller())
        guard let number = frameNumber(request.parameters[1]) else { throw FarmError.noSuchPicture }
        return try await picture(FrameKey(printID: print.id, number: number))
    }

    /// `12` of `12.jpg`.
    private func frameNumber(_ segment: String) -> Int64? {
        guard segment.hasSuffix(".jpg") else { return nil }
        return PrintID(pathSegment: segment.dropLast(4))?.rawValue
    }

    private func picture(_ key: FrameKey) async throws -> Response {
        // The frame's bytes never change, but a proxy must not keep what a token opened.
        .bytes(
            headers: [.cacheControl: "private, max-age=3600"], type: "image/jpeg", try await service.picture(key).jpeg)
    }
}
