import Hummingbird
import OAuth
import Text

/// The fields of a request, whichever way they were sent.
struct RequestFields: Equatable, Sendable {
    enum Value: Equatable, Sendable {
        case json(JSONValue)
        /// From a form: every value of that name, in order; at least one.
        case texts([String])
        case file([UInt8])
    }

    static let bodyLimit = 1024 * 1024

    var values: [String: Value] = [:]

    /// Media types that bodies may have.
    private enum Format {
        case json
        case form
        case multipart(boundary: String?)
    }

    /// Reads the body by its media type; an empty body has no fields.
    /// - Throws: 415, 413, or 400 for a body that cannot be read.
    static func read(_ body: RequestBodyReader) async throws -> RequestFields {
        guard let format = try format(of: body) else { return RequestFields() }
        switch format {
        case .json:
            let bytes = try await body.bytes(limit: bodyLimit)
            // A picture, say, whose sender forgot to say what it is.
            if body.contentType == nil, let first = bytes.first, !looksLikeJSON(first) { throw untyped }
            return try json(bytes)
        case .form: return try form(try await body.bytes(limit: FormParameters.Limits().bytes))
        case .multipart(let boundary): return try await multipart(body, boundary: boundary)
        }
    }

    /// - Throws: 415 when there is a body of a type that nothing here reads.
    static func checkMediaType(_ body: RequestBodyReader) throws(APIError) { _ = try format(of: body) }

    /// Nil: no body.
    private static func format(of body: RequestBodyReader) throws(APIError) -> Format? {
        guard body.mayHaveContent else { return nil }
        guard let text = body.contentType else {
            // No JSON is that long.
            if let length = body.length, length > bodyLimit { throw untyped }
            return .json
        }
        let type = MediaType(text)
        switch type?.essence {
        case "application/json": return .json
        case "application/x-www-form-urlencoded": return .form
        case "multipart/form-data": return .multipart(boundary: type?.parameters["boundary"])
        default: throw .detail(.unsupportedMediaType, "Unsupported media type \"\(text)\" in request.")
        }
    }

    private static let untyped = APIError.detail(
        .unsupportedMediaType,
        "The request has a body but no Content-Type. Send application/json, application/x-www-form-urlencoded or "
            + "multipart/form-data.")

    private static func looksLikeJSON(_ first: UInt8) -> Bool {
        " \t\r\n{[\"-0123456789tfn\u{FEFF}NI".utf8.contains(first)
    }

    static func json(_ bytes: [UInt8]) throws(APIError) -> RequestFields {
        guard !bytes.isEmpty else { return RequestFields() }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.read(bytes)
        } catch {
            throw .badRequest("JSON parse error - \(error.description)")
        }
        switch value {
        case .object(let members): return RequestFields(values: members.mapValues { .json($0) })
        case .null: throw .field("non_field_errors", "No data provided")
        default:
            throw .field(
                "non_field_errors", "Invalid data. Expected a dictionary, but got \(value.typeName).")
        }
    }

    static func form(_ bytes: [UInt8]) throws(APIError) -> RequestFields {
        do throws(FormError) {
            return RequestFields(try FormParameters(parsing: bytes))
        } catch {
            throw .badRequest("Form parse error - \(error.description)")
        }
    }

    private static func multipart(_ body: RequestBodyReader, boundary: String?) async throws -> RequestFields {
        do {
            let limits = MultipartParser.Limits()
            var parser = try MultipartParser(boundary: boundary ?? "", limits: limits)
            // What surrounds one file of the largest size.
            try body.refuseLength(over: limits.fileBytes + bodyLimit)
            var total = 0
            try await body.forEachChunk { chunk in
                total += chunk.count
                guard total <= limits.fileBytes + bodyLimit else {
                    throw MultipartError.fileTooLong(limit: limits.fileBytes)
                }
                try parser.read(chunk)
            }
            return try RequestFields(try parser.finish())
        } catch let error as MultipartError {
            throw error.isOverLimit ? APIError.tooLarge(error.description) : APIError.badRequest(error.description)
        }
    }

    init(values: [String: Value] = [:]) { self.values = values }

    init(_ form: FormParameters) {
        for parameter in form.parameters { append(parameter.value, to: parameter.name) }
    }

    /// The last file of a name holds, and a file holds over a text.
    init(_ parts: [MultipartParser.Part]) throws(MultipartError) {
        for (number, part) in parts.enumerated() {
            if let filename = part.filename {
                // Browsers send a file without a name where none was chosen.
                if !filename.isEmpty { values[part.name] = .file(part.content) }
                continue
            }
            // A picture without a file name is no file: who wants one says that it is missing.
            if part.isBinary { continue }
            guard let text = String(validating: part.content, as: UTF8.self) else {
                throw .notUTF8(part: number + 1)
            }
            append(text, to: part.name)
        }
    }

    private mutating func append(_ text: String, to name: String) {
        switch values[name] {
        case .file: break
        case .texts(let texts): values[name] = .texts(texts + [text])
        default: values[name] = .texts([text])
        }
    }
}
