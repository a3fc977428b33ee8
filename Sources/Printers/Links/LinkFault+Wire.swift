import Farm
import Wire

extension LinkFault {
    /// What an error on the wire means for a link.
    init(_ error: WireError, approved: CertificateFingerprint? = nil) {
        switch error {
        case .nameNotFound(let host): self = .nameNotFound(host: host)
        case .addressNotAllowed(let address): self = .unreachable("the address \(address) may not be dialled")
        case .unreachable(let reason): self = .unreachable(reason)
        case .timedOut(let limit): self = .noAnswer(seconds: max(1, Int(limit.components.seconds)))
        case .notSent: self = .unreachable("the request before it is still unanswered")
        case .closed, .overflow: self = .connectionLost
        case .certificateNotApproved(let found), .certificateChanged(let found):
            guard let found = CertificateFingerprint(found) else {
                self = .badAnswer("a certificate that cannot be read")
                return
            }
            self = approved.map { .certificateChanged(approved: $0, found: found) } ?? .certificateNotApproved(found)
        case .noTLS(let reason): self = .unreachable("no TLS connection: \(reason)")
        case .tooLarge(let limit): self = .tooLarge(limit: limit)
        case .malformed(let reason): self = .badAnswer(reason)
        case .upgradeRefused(let status):
            self = status == 401 || status == 403 ? .wrongCredentials : .refused(status: status, "")
        case .redirected(let host): self = .otherServer("it redirects to \(cleanedText(host, limit: 100))")
        case .unreadableFile(let reason): self = .badAnswer("the file to be sent cannot be read: \(reason)")
        }
    }

    /// The same where `path` is the first thing asked: by its answer a server shows what it is.
    func greeting(by path: String) -> LinkFault {
        switch self {
        case .badAnswer: .otherServer("what it answers to \(path) is no JSON")
        case .refused(let status, _) where Self.isForeign(status: status): .otherServer("a server without \(path)")
        default: self
        }
    }

    /// No server of a machine answers a first question so; a proxy before one that is down does not either.
    static func isForeign(status: Int) -> Bool {
        switch status {
        case 200...399, 404, 405, 406, 410, 501: true
        default: false
        }
    }

    /// Whether a command may have been done all the same; nil when nothing of it has left.
    static func doubt(_ error: WireError) -> String? {
        switch error {
        case .timedOut(let limit): "no answer within \(limit.components.seconds) s"
        case .closed, .overflow: "the connection was lost"
        case .malformed(let reason): "the answer cannot be read: \(reason)"
        case .tooLarge(let limit): "the answer has more than \(limit) bytes"
        default: nil
        }
    }
}
