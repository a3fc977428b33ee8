internal import AsyncHTTPClient
public import Farm
import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
import Text

/// Why a call of the API was not answered with success.
public enum FarmAPIError: Error, Equatable, Sendable, CustomStringConvertible {
    case refused(call: String, status: Int, answer: String)
    case unreadable(call: String)

    public var description: String {
        switch self {
        case .refused(let call, let status, let answer): "\(call) was answered \(status): \(answer)"
        case .unreadable(let call): "The answer to \(call) is not one of this API."
        }
    }
}

/// An app written to the printer API: OAuth by client_credentials, then frames over HTTP.
public final class FarmAPIClient: Sendable {
    private let base: String
    private let client: HTTPClient

    /// - Parameter base: `http://127.0.0.1:3334`, without a trailing slash.
    public init(base: String) {
        self.base = base
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(60))
        configuration.tlsConfiguration = .farm
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends every connection. The client cannot be used afterwards.
    public func close() async {
        // Only a second close fails, and that has nothing left to end.
        try? await client.shutdown()
    }

    /// An access token (RFC 6749 §4.4).
    public func token(clientID: String, secret: String) async throws -> String {
        struct Answer: Decodable { var access_token: String }
        let form =
            "grant_type=client_credentials&client_id=\(PercentEncoding.component(clientID))"
            + "&client_secret=\(PercentEncoding.component(secret))"
        let answer: Answer = try await call(
            "POST", "/o/token/", token: nil, type: "application/x-www-form-urlencoded", Array(form.utf8))
        return answer.access_token
    }

    /// What the farm answers to a frame.
    public struct Answer: Decodable, Equatable, Sendable {
        public struct Result: Decodable, Equatable, Sendable { public var p: Double }
        public var result: Result
        public var normalizedP: Double
        /// That the print is failing now, 0...1.
        public var failureProbability: Double
        /// This frame raised an alert.
        public var alert: Bool
        /// An alert stands that nobody has answered.
        public var alertStanding: Bool
        /// The app is asked to pause and has not done so yet.
        public var pauseRequested: Bool

        enum CodingKeys: String, CodingKey {
            case result
            case normalizedP = "normalized_p"
            case failureProbability = "failure_probability"
            case alert
            case alertStanding = "alert_standing"
            case pauseRequested = "pause_requested"
        }
    }

    /// Sends a frame as an upload form would (RFC 7578).
    public func predict(_ printer: PrinterID, jpeg: [UInt8], token: String) async throws -> Answer {
        let boundary = "farmtop-\(UInt64.random(in: .min ... .max))"
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"img\"; filename=\"snapshot.jpg\"\r\n"
            + "Content-Type: image/jpeg\r\n\r\n"
        let body = Array(head.utf8) + jpeg + Array("\r\n--\(boundary)--\r\n".utf8)
        return try await call(
            "POST", "/api/v1/printers/\(printer)/predict/", token: token,
            type: "multipart/form-data; boundary=\(boundary)", body)
    }

    private func call<Reply: Decodable>(
        _ method: String, _ path: String, token: String?, type: String, _ body: [UInt8]
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "content-type", value: type)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await client.execute(request, timeout: .seconds(60))
        let answer = try await response.body.collect(upTo: 1 << 20)
        let call = "\(method) \(path)"
        guard (200..<300).contains(response.status.code) else {
            throw FarmAPIError.refused(
                call: call, status: Int(response.status.code),
                answer: String(decoding: answer.readableBytesView.prefix(300), as: UTF8.self))
        }
        do {
            return try JSONDecoder().decode(Reply.self, from: Data(answer.readableBytesView))
        } catch {
            throw FarmAPIError.unreadable(call: call)
        }
    }
}
