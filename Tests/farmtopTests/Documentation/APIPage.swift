/// The description of the API as a page for people.
struct APIPage {
    private typealias Object = [String: Any]
    private let document: Object
    private let schemas: Object

    /// - Parameter document: `/openapi.json`.
    init(_ document: [String: Any]) {
        self.document = document
        schemas = (document["components"] as? Object)?["schemas"] as? Object ?? [:]
    }

    var text: String {
        var page = """
            # The API

            Every call with what it takes and returns, generated from the program's own `/openapi.json`.

            ## Overview

            \(Self.info(document))

            `read` and `write` are scopes of the token, which is sent as `Authorization: Bearer TOKEN` or `X-API-KEY: TOKEN`. Unless \
            something else is said, the body of an error is `{"detail": "…"}`, of a 400 `{"field": ["why"]}`, and below `/o/` that of \
            RFC 6749. <doc:AppAuthor> walks through a print.

            ## Calls


            """
        let paths = document["paths"] as? Object ?? [:]
        for path in paths.keys.sorted() {
            let operations = paths[path] as? Object ?? [:]
            for method in operations.keys.sorted() {
                page += call(method.uppercased(), path, operations[method] as? Object ?? [:])
            }
        }
        page += "## Bodies\n\n"
        for name in schemas.keys.sorted() { page += body(name, schemas[name] as? Object ?? [:]) }
        return page.trimmingSuffix { $0 == "\n" } + "\n"
    }

    private static func info(_ document: Object) -> String {
        (document["info"] as? Object)?["description"] as? String ?? ""
    }

    private func call(_ method: String, _ path: String, _ operation: Object) -> String {
        var text = "### \(method) \(path)\n\n\(operation["summary"] as? String ?? "")\n\n"
        let scopes = (operation["security"] as? [Object] ?? []).compactMap { ($0["oauth"] as? [String])?.first }
        text += "- Access: \(scopes.first.map { "`\($0)`" } ?? "no token")\n"
        for parameter in operation["parameters"] as? [Object] ?? [] {
            let name = parameter["name"] as? String ?? ""
            let place = parameter["in"] as? String == "path" ? "path" : "query"
            let needed = place == "query" && parameter["required"] as? Bool == true ? ", required" : ""
            text += "- `\(name)` (\(place)\(needed)): \(kind(parameter["schema"] as? Object ?? [:]))\n"
        }
        if let body = operation["requestBody"] as? Object { text += "- Takes \(content(body))\n" }
        let responses = operation["responses"] as? Object ?? [:]
        let codes = responses.keys.sorted()
        for code in codes where code < "400" {
            let response = responses[code] as? Object ?? [:]
            let what =
                response["content"] == nil ? response["description"] as? String ?? "" : "returns \(content(response))"
            text += "- \(code): \(what)\n"
        }
        let errors = codes.filter { $0 >= "400" }
        if !errors.isEmpty { text += "- Errors: \(errors.joined(separator: ", "))\n" }
        return text + "\n"
    }

    /// `Printer` as `application/json`
    private func content(_ message: Object) -> String {
        let content = message["content"] as? Object ?? [:]
        let types = content.keys.sorted()
        let schema = types.first.flatMap { (content[$0] as? Object)?["schema"] as? Object } ?? [:]
        return "\(kind(schema)) as \(types.map { "`\($0)`" }.joined(separator: ", "))"
    }

    private func body(_ name: String, _ schema: Object) -> String {
        var text = "### \(name)\n\n"
        guard let properties = schema["properties"] as? Object, !properties.isEmpty else {
            return text + kind(schema).capitalizedFirst + ".\n\n"
        }
        let required = Set(schema["required"] as? [String] ?? [])
        text += "| Field | What it is | |\n|---|---|---|\n"
        for field in properties.keys.sorted() {
            let what = kind(properties[field] as? Object ?? [:]).replacing("|", with: "\\|")
            text += "| `\(field)` | \(what) | \(required.contains(field) ? "always" : "") |\n"
        }
        return text + "\n"
    }

    /// A schema in a few words.
    private func kind(_ schema: Object) -> String {
        if let reference = schema["$ref"] as? String { return "`\(reference.split(separator: "/").last ?? "")`" }
        if let values = schema["enum"] as? [Any] {
            if values.contains(where: { $0 is Bool }) { return "true or false, also as a word" }
            guard values.count <= 24 else { return "one of \(values.count) names" }
            return "one of " + values.map { "`\(word($0))`" }.joined(separator: ", ")
        }
        if let choices = schema["anyOf"] as? [Object] ?? schema["oneOf"] as? [Object] {
            return choices.map(kind).joined(separator: " or ")
        }
        if let constant = schema["const"] { return "`\(word(constant))`" }
        if let items = schema["items"] as? Object { return "list of \(kind(items))" }
        if let media = schema["contentMediaType"] as? String { return "`\(media)`" }
        if let values = schema["additionalProperties"] as? Object, schema["properties"] == nil {
            return "object of \(kind(values))"
        }
        let type = (schema["type"] as? [String])?.joined(separator: " or ") ?? schema["type"] as? String ?? "anything"
        return type + limits(schema)
    }

    private func limits(_ schema: Object) -> String {
        if schema["format"] as? String == "date-time" { return ", RFC 3339" }
        if let least = schema["minLength"], let most = schema["maxLength"] { return ", \(least) to \(most) characters" }
        guard let least = schema["minimum"] as? Double else { return "" }
        guard let most = schema["maximum"] as? Double, most < 1e15 else { return ", \(number(least)) or more" }
        return ", \(number(least)) to \(number(most))"
    }

    private func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private func word(_ value: Any) -> String {
        if let text = value as? String { return text }
        return "\(value)"
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String {
        var text = String(self)
        while let last = text.last, isDropped(last) { text.removeLast() }
        return text
    }
}
