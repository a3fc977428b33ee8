internal import Text

/// Why a link does not work, or a call on it failed. Texts are cleaned; no key, password or address with one is in them.
public enum LinkFault: Error, Equatable, Sendable, Codable {
    /// No connection: the system's words ("connection refused").
    case unreachable(String)
    case nameNotFound(host: String)
    case noAnswer(seconds: Int)
    case connectionLost
    /// The server answers, and its printer does not: "Klipper does not answer".
    case printerNotConnected(String)
    case wrongCredentials
    /// A key was allowed at the machine's server, and farmtop has it no more.
    case keyRequestOver
    /// Credentials are stored and cannot be read: `secrets.key` is missing or another one.
    case keyNeeded
    /// The account behind the key may not do what farmtop needs, by the server's names.
    case notPermitted(missing: [String])
    /// Nobody has approved this certificate yet.
    case certificateNotApproved(CertificateFingerprint)
    case certificateChanged(approved: CertificateFingerprint, found: CertificateFingerprint)
    /// What answers is another kind of server than the link says: what it is, as far as that shows.
    case otherServer(String)
    /// An answer that cannot be read, and what is wrong with it.
    case badAnswer(String)
    /// An HTTP status that the contract does not know here, with the server's words.
    case refused(status: Int, String)
    /// More than this many bytes came.
    case tooLarge(limit: Int)
    /// A server that takes no more connections.
    case tooManyConnections
    /// The machine has no camera that farmtop can read.
    case noPicture(String)
    case notOffered
    case stopped
    /// The farm was restored from a backup, and nobody has said yet that it may use the machine or camera.
    case notConfirmed
}

extension LinkFault {
    /// Trying again changes nothing until a person acts.
    public var needsOperator: Bool {
        switch self {
        case .wrongCredentials, .keyRequestOver, .keyNeeded, .notPermitted, .certificateNotApproved,
            .certificateChanged, .notConfirmed:
            true
        // Among them another server: OctoPrint answers so itself while it starts.
        default: false
        }
    }
}

extension LinkFault: CustomStringConvertible {
    /// What does not work.
    public enum Subject: String, Sendable {
        case printer
        case camera
    }

    public var description: String { sentence(about: .printer) }

    /// What is wrong and what to do, in a sentence or two.
    public func sentence(about subject: Subject) -> String {
        let it = "The \(subject.rawValue)"
        switch self {
        case .unreachable(let reason):
            return "\(it) cannot be reached: \(reason). Check that it is on and its address is right."
        case .nameNotFound(let host):
            return "The name \(host) is not known here. Use the \(subject.rawValue)'s IP address."
        case .noAnswer(let seconds): return "\(it) did not answer within \(seconds) s."
        case .connectionLost: return "The connection to the \(subject.rawValue) was lost."
        case .printerNotConnected(let detail): return detail
        case .wrongCredentials:
            return subject == .camera
                ? "The camera refuses the password. Give the right one."
                : "The printer refuses the key or password, or wants one. Check it and the kind: farmtop printer connect."
        case .keyRequestOver:
            return
                "farmtop no longer has the key that was allowed: it keeps one for 5 minutes, until it is stopped. Ask for a key again."
        case .keyNeeded:
            return
                "The stored key cannot be read without the file secrets.key. Put it back, or give the \(subject.rawValue)'s "
                + (subject == .camera ? "password again." : "key again.")
        case .notPermitted(let missing):
            return
                "The key lacks the permission \(missing.joined(separator: ", ")). Grant it to the key's user at the printer."
        case .certificateNotApproved(let found):
            return "Nobody has approved the certificate \(found). Compare it, then approve it."
        case .certificateChanged(_, let found):
            return
                "\(it) shows another certificate than the approved one: \(found). Approve it if you have changed it."
        case .otherServer(let found):
            return subject == .camera
                ? "Something else than a camera answers at this address: \(found). Check it."
                : "This address is not of such a server: \(found). Check the kind and the port."
        case .badAnswer(let reason):
            return "The \(subject.rawValue)'s answer cannot be read: \(reason.withoutFullStop)."
        case .refused(let status, let words):
            return words.isEmpty ? "\(it) answered with status \(status)." : words
        case .tooLarge(let limit): return "\(it) sent more than \(limit) bytes."
        case .tooManyConnections: return "\(it) takes no more connections. Close other programs that watch it."
        case .noPicture(let reason): return "There is no picture: \(reason.withoutFullStop)."
        case .notOffered: return "This \(subject.rawValue) does not offer that."
        case .stopped: return "The link was stopped."
        case .notConfirmed:
            return
                "This farm was restored from a backup and leaves the \(subject.rawValue) alone until you confirm that no other "
                + "farm uses it: farmtop printer confirm NAME."
        }
    }
}
