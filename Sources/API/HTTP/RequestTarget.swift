import OAuth
import Text

/// The target of a request line, taken apart: path segments, decoded, and the query as sent.
struct RequestTarget: Equatable, Sendable {
    /// Nil when the path cannot name anything: an empty segment, a bad escape, bytes that are not UTF-8.
    var segments: [String]?
    /// The path leads into the API, though it may name nothing there.
    var isUnderAPI: Bool
    var query: String

    init(_ target: String) {
        var rest = target[...]
        // The absolute form, as proxies send it (RFC 9112 §3.2.2).
        for scheme in ["http://", "https://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
        }
        let utf8 = rest.utf8.prefix { $0 != UInt8(ascii: "#") }
        let mark = utf8.firstIndex(of: UInt8(ascii: "?"))
        query = mark.map { String(rest[utf8.index(after: $0)..<utf8.endIndex]) } ?? ""
        let path = utf8[..<(mark ?? utf8.endIndex)]
        segments = Self.segments(path)
        isUnderAPI =
            path.first == UInt8(ascii: "/") && Self.decode(path.dropFirst().prefix { $0 != UInt8(ascii: "/") }) == "api"
    }

    /// The API and its description. Never what tokens are given by: how far a secret beside a guess is compressed tells whether
    /// the guess is right.
    var mayBeCompressed: Bool { isUnderAPI || segments == ["openapi.json"] }

    /// One trailing slash more or less makes no difference.
    private static func segments(_ path: Substring.UTF8View) -> [String]? {
        guard path.first == UInt8(ascii: "/") || path.isEmpty else { return nil }
        var parts = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        var segments: [String] = []
        segments.reserveCapacity(parts.count)
        for part in parts {
            guard !part.isEmpty, let segment = decode(part) else { return nil }
            segments.append(segment)
        }
        return segments
    }

    private static func decode(_ part: Substring.UTF8View.SubSequence) -> String? {
        guard part.contains(UInt8(ascii: "%")) else { return String(Substring(part)) }
        return try? PercentEncoding.decode(part)
    }

    /// - Throws: 400 for a bad escape or bytes that are not UTF-8.
    func parameters() throws(APIError) -> FormParameters {
        var limits = FormParameters.Limits()
        // A filter may name every printer of a large farm.
        limits.parameters = 1100
        do throws(FormError) {
            return try FormParameters(parsing: query.utf8, limits: limits)
        } catch {
            throw .badRequest("Query parse error - \(error.description)")
        }
    }
}
