import Farm

/// One event of the stream, before it has its place there.
struct StreamEvent: Equatable, Sendable {
    /// Whose it is; nil: the administrator's alone.
    var account: AccountID?
    /// `printer`, `print`, `prediction`, `alert`
    var name: String
    /// Without line breaks, so that one data line is enough.
    var json: [UInt8]

    /// As server-sent events are written (WHATWG HTML §9.2.5).
    func text(id: String) -> String {
        "id: \(id)\nevent: \(name)\ndata: \(String(decoding: json, as: UTF8.self))\n\n"
    }
}
