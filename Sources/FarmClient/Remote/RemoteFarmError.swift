internal import AsyncHTTPClient
import Glibc
internal import NIOCore
internal import NIOHTTP1

/// Why a remote farm could not be asked.
public enum RemoteFarmError: Error, Equatable, Sendable, CustomStringConvertible {
    case unreachable(base: String, reason: String)
    case credentialsRefused(base: String)
    case otherVersion(VersionMismatch)
    case notOverTheNetwork
    /// - Parameter target: where it points, as it says.
    case redirects(base: String, target: String?)
    /// Something else answers there.
    /// - Parameter status: of its answer; nil: it was no token.
    case noFarm(base: String, status: Int?)

    public var description: String {
        switch self {
        case .unreachable(let base, let reason):
            "No farm answers at \(base): \(reason). Check the address, and that farmtop runs there."
        case .credentialsRefused(let base):
            "The farm at \(base) does not take these client credentials. Make others there: farmtop client add."
        case .otherVersion(let mismatch): mismatch.description
        case .redirects(let base, let target):
            "\(base) redirects\(target.map { " to \($0)" } ?? ""). farmtop sends its secret to no other address: name the farm's "
                + "final address with --connect."
        case .noFarm(let base, let status):
            "What answers at \(base) is no farmtop\(status.map { " (POST /o/token/ was answered \($0))" } ?? ""). Check the "
                + "address."
        case .notOverTheNetwork: "Only a dashboard on the farm's own machine can do this."
        }
    }
}

extension RemoteFarmError {
    /// What a library says of a broken connection, in a few plain words.
    static func reason(of error: any Error) -> String {
        switch error {
        case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
        case let fault as AnswerFault: return fault.description
        case HTTPParserError.headerOverflow: return "the head of its answer does not end"
        case is HTTPParserError:
            return "what it answers is not HTTP; its address may begin with https://, or have another port"
        case let error as HTTPClientError where error == .connectTimeout: return "no connection within 5 s"
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            return "no answer in time"
        default:
            // Tries of several addresses come together, each with its reason.
            let text = "\(error)"
            if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
                return "it does not speak https; its address may begin with http://"
            }
            if text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidateCertificate") {
                return "its certificate is not one that this machine trusts"
            }
            if text.contains("remoteConnectionClosed") || text.contains("uncleanShutdown") {
                return "it closed the connection without an answer; its address may begin with https://"
            }
            if text.contains("handshakeFailed") || text.contains("tlsHandshakeTimeout") {
                return "no https connection came about"
            }
            if text.contains("UnknownHost") || text.contains("not known") { return "there is no such host" }
            let known = ["Connection refused", "No route to host", "Network is unreachable", "Connection reset"]
            return known.first(where: text.contains)?.lowercased() ?? "the connection failed (\(text))"
        }
    }
}
