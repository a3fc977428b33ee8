import HTTPTypes
import Hummingbird

extension Response {
    /// Names the fields of a PATCH that the thing does not have, in `X-Farmtop-Ignored`: a misspelt one changes nothing, and
    /// its sender should be able to see that.
    /// - Parameter json: the thing, whose keys are all that are known.
    func tellingIgnored(_ fields: RequestFields, of json: [UInt8]) -> Response {
        guard case .object(let known)? = try? JSONReader.read(json) else { return self }
        let ignored = fields.values.keys.filter { known[$0] == nil }.sorted().prefix(20)
        guard !ignored.isEmpty else { return self }
        var response = self
        response.headers[.ignoredFields] = ignored.map(Self.cleaned).joined(separator: ", ")
        return response
    }

    /// What a header may hold without quotes, and no more of it than helps.
    private static func cleaned(_ name: String) -> String {
        String(
            name.unicodeScalars.prefix(64).map { scalar -> Character in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".": Character(scalar)
                default: "?"
                }
            })
    }
}

extension HTTPField.Name {
    static let ignoredFields = HTTPField.Name("X-Farmtop-Ignored")!
}
