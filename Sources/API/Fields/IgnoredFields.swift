import HTTPTypes
import Hummingbird

extension Response {
    /// Names the fields of a PATCH or of a start that nobody here knows in `X-Farmtop-Ignored`: a misspelt one would otherwise seem to
    /// have been set. A read-only field is known.
    func naming(ignored fields: RequestFields, known: Set<String>) -> Response {
        guard let names = ignoredNames(fields.values.keys, known: known) else { return self }
        var response = self
        response.headers[.ignoredFields] = names
        return response
    }
}

extension HTTPField.Name {
    static let ignoredFields = HTTPField.Name("X-Farmtop-Ignored")!
}

/// The names that are not known, cleaned for a header: at most 20, of at most 64 characters each, and what is no letter,
/// digit or one of `_.-[]` as `?`. Nil when all are known.
func ignoredNames(_ names: some Sequence<String>, known: Set<String>) -> String? {
    let ignored = names.filter { !known.contains($0) }.sorted()
    guard !ignored.isEmpty else { return nil }
    let shown = ignored.prefix(20).map { name in
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.prefix(64).map { scalar in
                    switch scalar {
                    case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-", "[", "]": scalar
                    default: "?"
                    }
                }))
    }
    let rest = ignored.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? ", and \(rest) more" : "")
}
