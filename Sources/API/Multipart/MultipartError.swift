/// Why a multipart body could not be read.
enum MultipartError: Error, Equatable, Sendable, CustomStringConvertible {
    case noBoundary
    case malformedBoundary
    case malformedHeader(part: Int)
    case noName(part: Int)
    case headerTooLong(part: Int, limit: Int)
    case tooManyParts(limit: Int)
    case fieldTooLong(limit: Int)
    case fileTooLong(limit: Int)
    case notUTF8(part: Int)
    /// The body ends before its last boundary.
    case unterminated

    /// Over a limit: 413 instead of 400.
    var isOverLimit: Bool {
        switch self {
        case .headerTooLong, .tooManyParts, .fieldTooLong, .fileTooLong: true
        default: false
        }
    }

    var description: String {
        switch self {
        case .noBoundary: "Multipart form parse error - Invalid boundary in multipart: None"
        case .malformedBoundary: "Multipart form parse error - Text after a boundary is not a line break."
        case .malformedHeader(let part): "Multipart form parse error - Part \(part) has a malformed header."
        case .noName(let part):
            "Multipart form parse error - Part \(part) has no Content-Disposition: form-data with a name."
        case .headerTooLong(let part, let limit): "The header of part \(part) is longer than \(limit) bytes."
        case .tooManyParts(let limit): "The form has more than \(limit) parts."
        case .fieldTooLong(let limit):
            "A field of the form is longer than \(limit) bytes. A file needs a file name in its part."
        case .fileTooLong(let limit): "The file is larger than \(limit) bytes."
        case .notUTF8(let part): "Multipart form parse error - Part \(part) is not UTF-8."
        case .unterminated: "Multipart form parse error - The body ends before its last boundary."
        }
    }
}
