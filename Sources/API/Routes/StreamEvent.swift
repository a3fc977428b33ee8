import Farm
import FarmService

/// One event of the stream, before it has its place there.
struct StreamEvent: Equatable, Sendable {
    enum Audience: Equatable, Sendable {
        case account(AccountID)
        case administrator
        case everybody

        func includes(_ caller: Caller) -> Bool {
            switch self {
            case .account(let account): caller.mayAccess(account)
            case .administrator: caller == .administrator
            case .everybody: true
            }
        }
    }

    var audience: Audience
    /// `version`, `printer`, `print`, `prediction`, `alert`, `printer_event`, `removed`, `consent`, `reset`
    var name: String
    /// Without line breaks, so that one data line is enough.
    var json: [UInt8]

    /// As server-sent events are written (WHATWG HTML §9.2.5).
    func text(id: String) -> String {
        "id: \(id)\nevent: \(name)\ndata: \(String(decoding: json, as: UTF8.self))\n\n"
    }
}
