import Farm
import Text
import Wire

/// JSON-RPC 2.0 on one websocket: calls out, their answers by number.
actor MoonrakerCalls {
    enum Fault: Error, Equatable {
        /// The server's code and words, cleaned.
        case refused(code: Int, String)
        case unanswered
        case lost
    }
    nonisolated let socket: WebSocketSession
    private var waiting: [Int: CheckedContinuation<Result<MachineJSON, Fault>, Never>] = [:]
    private var next = 1
    private var isOver = false

    init(_ socket: WebSocketSession) { self.socket = socket }

    func call(
        _ method: String, _ params: [String: MachineJSON] = [:], timeout: Duration
    ) async
        -> Result<MachineJSON, Fault>
    {
        guard !isOver, !Task.isCancelled else { return .failure(.lost) }
        let number = next
        next += 1
        var message: [String: MachineJSON] = [
            "jsonrpc": .string("2.0"), "method": .string(method), "id": .integer(Int64(number)),
        ]
        if !params.isEmpty { message["params"] = .object(params) }
        let text = MachineJSON.object(message).encoded
        let clock = Task {
            try await Task.sleep(for: timeout)
            settle(number, .failure(.unanswered))
        }
        defer { clock.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting[number] = continuation
                Task {
                    do throws(WireError) { try await socket.send(.text(text)) } catch {
                        settle(number, .failure(.lost))
                    }
                }
            }
        } onCancel: {
            Task { await settle(number, .failure(.lost)) }
        }
    }

    /// As `call`, where no answer or a refusal ends the connection.
    func answer(_ method: String, timeout: Duration) async throws(LinkFault) -> MachineJSON {
        switch await call(method, timeout: timeout) {
        case .success(let result): return result
        case .failure(.unanswered): throw .noAnswer(seconds: Int(timeout.components.seconds))
        case .failure(.lost): throw .connectionLost
        case .failure(.refused(let code, let words)):
            // Moonraker gives its own "Unauthorized" the code of invalid parameters.
            if code == 401 || words.hasPrefix("Unauthorized") || words.hasPrefix("Invalid API Key") {
                throw .wrongCredentials
            }
            throw .refused(status: code, words)
        }
    }

    /// - Returns: whether the message was an answer.
    func settle(_ message: MachineJSON) -> Bool {
        guard let number = message["id"]?.integer, message["method"] == nil else { return false }
        if let error = message["error"] {
            let words = error["message"]?.words(limit: 300) ?? "The server refuses without a reason."
            settle(number, .failure(.refused(code: error["code"]?.integer ?? 0, words)))
        } else {
            settle(number, .success(message["result"] ?? .null))
        }
        return true
    }

    private func settle(_ number: Int, _ result: Result<MachineJSON, Fault>) {
        waiting.removeValue(forKey: number)?.resume(returning: result)
    }

    /// Closes the connection; open calls are lost.
    func end() async {
        isOver = true
        for continuation in waiting.values { continuation.resume(returning: .failure(.lost)) }
        waiting = [:]
        await socket.close()
    }
}
