import Farm
import WireSchema

/// Schemas as the tables of fields say.
extension OpenAPISchemas {
    static func object<Object>(_ fields: WireTable<Object>) -> String {
        func members(_ fields: [WireField<Object>]) -> [(String, String)] {
            fields.map { ($0.name.description, schema($0.kind)) }
        }
        return object(
            required: members(fields.filter(\.isAlwaysThere)), optional: members(fields.filter { !$0.isAlwaysThere }))
    }

    /// What a body of a printer may hold.
    static func settings(required isRequired: (PrinterSetting) -> Bool) -> String {
        func members(_ settings: [PrinterSetting]) -> [(String, String)] {
            settings.map { ($0.name.description, schema($0.rule)) }
        }
        return object(
            required: members(PrinterSetting.all.filter(isRequired)),
            optional: members(PrinterSetting.all.filter { !isRequired($0) }))
    }

    private static func schema(_ kind: WireKind) -> String {
        switch kind {
        case .id: schema("id")
        case .text: schema("string")
        case .time: schema("time")
        case .flag: schema("boolean")
        case .whole: schema("integer")
        case .number: schema("number")
        case .probability: schema("probability")
        case .choice(let words): "{\"enum\":[\(quoted(words))]}"
        case .null: schema("null")
        case .list: schema("array")
        case .texts: schema("strings")
        case .object(let name): schema(Substring(name))
        case .nullable(let kind): "{\"anyOf\":[\(schema(kind)),{\"type\":\"null\"}]}"
        }
    }

    private static func schema(_ rule: PrinterSetting.Rule) -> String {
        switch rule {
        case .text(let limit): #"{"type":["string","number"],"minLength":1,"maxLength":\#(limit),\#(visible)}"#
        case .flag: flag
        case .number(let range):
            #"{"type":"number","minimum":\#(FieldReader.plain(range.lowerBound)),"#
                + #""maximum":\#(FieldReader.plain(range.upperBound))}"#
        case .whole(let least):
            #"{"type":"integer","format":"int64","minimum":\#(least),"maximum":9223372036854775807}"#
        case .choice(let words): "{\"enum\":[\(quoted(words))]}"
        case .tags: schema("strings")
        case .region: schema("CameraRegion?")
        }
    }

    /// What is judged of a camera's picture: rectangles in fractions of it. A bed that is null is the whole picture.
    static var cameraRegion: [(String, String)] {
        func side(_ least: Double) -> String {
            #"{"type":"number","minimum":\#(FieldReader.plain(least)),"maximum":1}"#
        }
        let least = 1 / Double(PictureArea.side)
        let areas = #"{"type":"array","maxItems":\#(CameraRegion.ignoredLimit),"items":\#(schema("PictureArea"))}"#
        return [
            ("CameraRegion", object(required: [], optional: [("bed", schema("PictureArea?")), ("ignored", areas)])),
            (
                "PictureArea",
                object(
                    required: [("x", side(0)), ("y", side(0)), ("width", side(least)), ("height", side(least))],
                    optional: [])
            ),
        ]
    }
}
