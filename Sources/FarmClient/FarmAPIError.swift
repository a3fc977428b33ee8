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

    /// What an answer that is no success says.
    init(_ call: FarmConnection.Call, refusedBy answer: FarmConnection.Answer) async throws {
        let text = try await answer.bytes(atMost: 1 << 16).prefix(300)
        self = .refused(call: call.description, status: answer.status, answer: String(decoding: text, as: UTF8.self))
    }

    /// What `read` reads, or that the answer is none of this API.
    static func reading<Value>(_ call: String, _ read: () throws -> Value) throws(FarmAPIError) -> Value {
        do { return try read() } catch { throw .unreadable(call: call) }
    }
}
