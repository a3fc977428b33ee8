public import Farm
import Text
import WireSchema

/// An app written to the printer API: OAuth by client_credentials, then frames over HTTP.
public final class FarmAPIClient: Sendable {
    private let connection: FarmConnection

    /// - Parameter base: `http://127.0.0.1:3334`, without a trailing slash.
    public init(base: String) {
        connection = FarmConnection(base: base, silentFor: .seconds(60)) { $0 }
    }

    /// Ends every connection. The client cannot be used afterwards.
    public func close() async { await connection.close() }

    /// An access token (RFC 6749 §4.4).
    public func token(clientID: String, secret: String) async throws -> String {
        let form =
            "grant_type=client_credentials&client_id=\(PercentEncoding.component(clientID))"
            + "&client_secret=\(PercentEncoding.component(secret))"
        let answer: Received.Token = try await answer(
            .init(.post, "/o/token/", Array(form.utf8), type: "application/x-www-form-urlencoded"))
        return answer.accessToken
    }

    /// Sends a frame as an upload form would (RFC 7578). Returns when the farm has looked at it.
    public func predict(_ printer: PrinterID, jpeg: [UInt8], token: String) async throws {
        let boundary = "farmtop-\(UInt64.random(in: .min ... .max))"
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"img\"; filename=\"snapshot.jpg\"\r\n"
            + "Content-Type: image/jpeg\r\n\r\n"
        let body = Array(head.utf8) + jpeg + Array("\r\n--\(boundary)--\r\n".utf8)
        var call = FarmConnection.Call(
            .post, "/api/v1/printers/\(printer)/predict/", body, type: "multipart/form-data; boundary=\(boundary)")
        call.headers.append(("authorization", "Bearer \(token)"))
        let _: Received.Nothing = try await answer(call)
    }

    private func answer<Reply: WireReadable>(_ call: FarmConnection.Call) async throws -> Reply {
        let answer = try await connection.send(call, within: .seconds(60))
        guard answer.isSuccess else { throw try await FarmAPIError(call, refusedBy: answer) }
        let bytes = try await answer.bytes(atMost: 1 << 20)
        return try FarmAPIError.reading(call.description) { try Reply(reading: JSONSource(bytes)) }
    }
}
