import Farm
import FarmService
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import OAuth

/// A file on its way to a machine by the control socket: the body is the file; the answer tells how far it is, a line each.
extension FarmRoutes {
    /// Bytes.
    private static let uploadLimit = 4 << 30
    private static let uploadHeartbeat = Duration.seconds(10)

    var uploadRoute: Route {
        .post(
            "/control/uploads/{printer}/", "Sends a file to a printer.", access: .control, RouteShape(), uploadFile)
    }

    private func uploadFile(_ request: APIRequest) async throws -> Response {
        let printer = try request.printerID()
        let query = try request.target.parameters()
        let name = query.first("name") ?? ""
        let start = query.first("start") == "1"
        let requireClear = query.first("require_clear") == "1"
        let (file, folder) = (try SpooledFile(in: holder.dataFolder), holder.dataFolder)
        let room = UploadRoom { [freeBytes] in freeBytes(folder) }
        do {
            try await request.body.spool(to: file, limit: Self.uploadLimit, room: room)
        } catch let error as FarmError {
            return try await refusals { throw error }
        }
        let steps = service.upload(
            FileToUpload(localPath: file.path, name: name, start: start, requireClear: requireClear), to: printer)
        var headers: HTTPFields = [.contentType: "application/x-ndjson", .cacheControl: "no-store"]
        headers[.contentLength] = nil
        let body = ResponseBody { writer in
            // The file is there as long as somebody holds it.
            defer { withExtendedLifetime(file) {} }
            for try await line in Self.lines(steps, every: Self.uploadHeartbeat) {
                var bytes = try JSONEncoder().encode(line)
                bytes.append(0x0A)
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    /// The steps of an upload and its end; a step again where nothing is new for a while.
    private static func lines(
        _ steps: AsyncThrowingStream<UploadStep, any Error>, every heartbeat: Duration
    ) -> AsyncThrowingStream<UploadLine, any Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(2)) { continuation in
            let newest = NewestStep()
            let beats = Task {
                while !Task.isCancelled {
                    // Cancelled: the upload is over.
                    do { try await Task.sleep(for: heartbeat) } catch { return }
                    if let step = newest.step { continuation.yield(.step(step)) }
                }
            }
            let task = Task {
                defer { beats.cancel() }
                do {
                    for try await step in steps {
                        newest.step = step
                        continuation.yield(.step(step))
                    }
                    continuation.finish()
                } catch let error as FarmError {
                    continuation.yield(.refused(error))
                    continuation.finish()
                } catch let error as UploadError {
                    continuation.yield(.failed(error))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in
                task.cancel()
                beats.cancel()
            }
        }
    }
}
