import Farm
import WireSchema

/// The JSON schemas of what the API takes and gives, by the names that routes use.
enum OpenAPISchemas {
    static let security = """
        {"oauth":{"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"/o/token/","scopes":{"read":"Read.","write":\
        "Change."}},"authorizationCode":{"authorizationUrl":"/o/authorize/","tokenUrl":"/o/token/","refreshUrl":"/o/token/",\
        "scopes":{"read":"Read.","write":"Change."}}}},"apiKey":{"type":"apiKey","in":"header","name":"X-API-KEY"}}
        """

    static let all: [(name: String, schema: String)] =
        errors + oauth + printers + cameraRegion + prints + others + webhook

    private static let errors: [(String, String)] = [
        ("Error", object("detail:string")),
        (
            "Invalid",
            #"{"type":"object","additionalProperties":{"anyOf":[{"type":"string"},{"type":"array","items":{"type":"string"}}]}}"#
        ),
        ("OAuthError", object("error:string", "error_description:string")),
    ]

    private static let oauth: [(String, String)] = [
        (
            "TokenRequest",
            object(
                "grant_type:grant",
                optional: "client_id:string", "client_secret:string", "scope:string", "code:string",
                "redirect_uri:string", "code_verifier:string", "refresh_token:string", "device_code:string")
        ),
        (
            "TokenResponse",
            object(
                "access_token:string", "expires_in:integer", "token_type:string", "scope:string",
                optional: "refresh_token:string")
        ),
        ("DeviceRequest", object([], ["client_id:string", "client_secret:string", "scope:string"])),
        (
            "DeviceAuthorization",
            object(
                "device_code:string", "user_code:string", "verification_uri:string", "expires_in:integer",
                "interval:integer")
        ),
        ("Page", #"{"type":"string","contentMediaType":"text/html"}"#),
        (
            "TokenQuery",
            object("token:string", optional: "client_id:string", "client_secret:string", "token_type_hint:string")
        ),
        (
            "Introspection",
            object(
                "active:boolean",
                optional: "scope:string", "client_id:string", "token_type:string", "exp:integer", "iat:integer")
        ),
        (
            "AuthorizationServer",
            object(
                "issuer:string", "authorization_endpoint:string", "device_authorization_endpoint:string",
                "response_modes_supported:strings", "code_challenge_methods_supported:strings",
                "authorization_response_iss_parameter_supported:boolean", "token_endpoint:string",
                "revocation_endpoint:string", "introspection_endpoint:string",
                "scopes_supported:strings", "response_types_supported:strings", "grant_types_supported:strings",
                "token_endpoint_auth_methods_supported:strings",
                "revocation_endpoint_auth_methods_supported:strings",
                "introspection_endpoint_auth_methods_supported:strings")
        ),
    ]

    /// What a PATCH of a printer or of a print may name, whether or not it is changed.
    static let printerNames = names(ToldPrinter.fields)
    static let printNames = names(ToldPrint.listedFields)

    private static func names<Object>(_ fields: WireTable<Object>) -> Set<String> {
        Set(fields.map(\.name.description))
    }

    private static let printers: [(String, String)] = [
        (ToldPrinter.schemaName, object(ToldPrinter.fields)),
        (ToldPrint.printerSchemaName, object(ToldPrint.printerFields)),
        (ToldPrint.schemaName, object(ToldPrint.fields)),
        ("PictureURL", object("img_url:string")),
        (
            "PrinterStatus",
            object("_ts:integer", "state:StatusState", "progress:StatusProgress", "temperatures:Temperatures")
        ),
        ("StatusState", object("text:string", "flags:StatusFlags", "error:string?")),
        (
            "StatusFlags",
            object(
                "operational:boolean", "printing:boolean", "pausing:boolean", "paused:boolean", "resuming:boolean",
                "finishing:boolean", "cancelling:boolean", "error:boolean", "ready:boolean", "closedOrError:boolean")
        ),
        ("StatusProgress", object("completion:number?", "printTime:number?", "printTimeLeft:number?")),
        (
            "Temperatures",
            "{\"type\":\"object\",\"additionalProperties\":\(schema("Temperature"))}"
        ),
        ("Temperature", object("actual:number?", "target:number?")),
        (ToldMachine.schemaName, object(ToldMachine.fields)),
        (ReadLayer.schemaName, object(ReadLayer.fields)),
        (CameraHabit.schemaName, object(CameraHabit.fields)),
        (BedStatus.schemaName, object(BedStatus.fields)),
        (Webcam.schemaName, object(Webcam.fields)),
        ("PrinterList", list("Printer")),
        ("PrinterChange", object("succeeded:boolean", "printer:Printer")),
        ("NewPrinter", settings { $0.isRequired }),
        ("PrinterPatch", settings { _ in false }),
        (
            "MachineFile",
            object(
                "path:string", "name:string", "size:integer?", "modified_at:time?", "estimate_s:number?",
                "filament_type:string?")
        ),
        ("MachineFileList", list("MachineFile")),
        ("Light", object("on:boolean")),
        ("StartPrint", object(["filename:filename"], ["require_clear:boolean"])),
        ("FinishPrint", object([], ["status:ending"])),
        (
            "Frame",
            #"{"type":"object","properties":{"img":{"type":"string","contentMediaType":"image/jpeg"}},"required":["img"]}"#
        ),
        (
            "FrameReport",
            object(
                "result:FrameResult", "temporal_stats:TemporalStatistics", "normalized_p:number",
                "failure_probability:probability", "alert:boolean", "alert_standing:boolean", "pause_requested:boolean")
        ),
        (
            "FrameResult",
            object("p:number", "p_sum:number", "detections:Detection*", "temporal_stats:TemporalStatistics")
        ),
        (
            "Detection",
            #"{"type":"object","properties":{"confidence":{"type":"number"},"#
                + #""bbox":{"type":"array","items":{"type":"number"},"minItems":4,"maxItems":4}},"#
                + #""required":["confidence","bbox"]}"#
        ),
        (
            "TemporalStatistics",
            object(
                "ewm_mean:number", "rolling_mean_short:number", "rolling_mean_long:number", "prediction_num:integer",
                "prediction_num_lifetime:integer")
        ),
    ]

    private static let prints: [(String, String)] = [
        ("Print", object(ToldPrint.listedFields)),
        ("PrintList", list("Print")),
        ("Mute", object([], ["mute_alert:boolean"])),
        ("Acknowledgement", object([], ["alert_overwrite:verdict?"])),
        (
            "PrintPatch",
            object(
                [],
                [
                    "alert_overwrite:verdict?", "filament_used:amount?", "print_time:amount?", "result:failed",
                    "failure_reason:reason?",
                ])
        ),
        (
            "PrintIDs",
            #"{"type":"object","properties":{"print_ids":{"type":"array","maxItems":10000,"#
                + #""items":{"type":"integer","format":"int64","minimum":-9223372036854775808,"#
                + #""maximum":9223372036854775807}}},"required":["print_ids"]}"#
        ),
        (
            "PrintStatistics",
            object(
                "print_count_groups:array", "print_time_groups:array", "filament_used_groups:array",
                "total_print_count:integer", "total_print_time:number", "total_filament_used:number",
                "total_cancelled_print_count:integer", "total_succeeded_print_count:integer",
                "longest_print_time:number", "average_print_time:number", "result_counts:ResultCounts",
                "success_rate:probability?")
        ),
        ("ResultCounts", object(PrintResult.allCases.map { "\($0.rawValue):integer" }, [])),
        (ToldPrediction.schemaName, object(ToldPrediction.fields)),
        ("PredictionFields", object("fields:Prediction")),
        ("PredictionList", list("PredictionFields")),
        (ToldEvent.schemaName, object(ToldEvent.fields)),
        ("Actor", object("kind:actor", "name:string?")),
        ("EventList", list("Event")),
    ]

    private static let others: [(String, String)] = [
        ("Version", object("version:string")),
        ("User", object("id:id", "email:null", "username:string", "date_joined:time", "unseen_printer_events:integer")),
        ("TimeZone", "{\"enum\":[\(quoted(FarmCalendar.zones.sorted()))]}"),
        ("Text", #"{"type":"string"}"#),
        ("EventStream", #"{"type":"string"}"#),
        ("Picture", #"{"type":"string","contentMediaType":"image/jpeg"}"#),
    ]

    /// What is taken for a boolean.
    static let flag =
        "{\"enum\":[true,false,1,0,\(quoted(FieldReader.trueWords + FieldReader.falseWords))]}"

    /// Where a page begins, and how long it may be.
    static let start = #"{"type":"integer","format":"int64","minimum":0,"maximum":9007199254740992}"#
    static let limit = #"{"type":"integer","format":"int64","minimum":0,"maximum":9223372036854775807}"#

    /// A list of words.
    static func some(of words: [String]) -> String { "{\"type\":\"array\",\"items\":{\"enum\":[\(quoted(words))]}}" }

    static func quoted(_ words: [String]) -> String { words.map { "\"\($0)\"" }.joined(separator: ",") }

    // MARK: Shorthand

    /// Something to see, and no NUL.
    static let visible = #""pattern":"^[^\\u0000]*[^\\u0000\\s][^\\u0000]*$""#

    static func list(_ name: Substring) -> String { "{\"type\":\"array\",\"items\":\(schema(name))}" }

    private static func object(_ required: String..., optional: String...) -> String { object(required, optional) }

    /// - Parameters: keys as `name:kind`, where `?` behind the kind allows null, `*` makes a list, and a capital names a schema.
    private static func object(_ required: [String], _ optional: [String]) -> String {
        func members(_ fields: [String]) -> [(String, String)] {
            fields.map { field in
                let parts = field.split(separator: ":", maxSplits: 1)
                return (String(parts[0]), schema(parts[1]))
            }
        }
        return object(required: members(required), optional: members(optional))
    }

    /// Members are names with their schemas.
    static func object(required: [(String, String)], optional: [(String, String)]) -> String {
        let members = (required + optional).map { "\"\($0.0)\":\($0.1)" }
        return "{\"type\":\"object\",\"properties\":{\(members.joined(separator: ","))},"
            + "\"required\":[\(quoted(required.map(\.0)))]}"
    }

    static func schema(_ kind: Substring) -> String {
        if kind.hasSuffix("*") { return list(kind.dropLast()) }
        if kind.hasSuffix("?") { return "{\"anyOf\":[\(schema(kind.dropLast())),{\"type\":\"null\"}]}" }
        switch kind {
        case "id": return #"{"type":"integer","format":"int64","minimum":1}"#
        case "time": return #"{"type":"string","format":"date-time"}"#
        case "verdict": return #"{"enum":["FAILED","NOT_FAILED"]}"#
        case "grant":
            return #"{"enum":["client_credentials","authorization_code","refresh_token","#
                + #""urn:ietf:params:oauth:grant-type:device_code"]}"#
        case "ending": return #"{"enum":["success","cancelled"]}"#
        case "failed": return #"{"enum":["failed"]}"#
        case "actor": return #"{"enum":["client","person","channel","machine","farmtop"]}"#
        case "probability": return #"{"type":"number","minimum":0,"maximum":1}"#
        case "reason": return #"{"type":["string","number"],"maxLength":200,"pattern":"^[^\\u0000]*$"}"#
        case "filename": return #"{"type":"string","minLength":1,"maxLength":1000,\#(visible)}"#
        case "amount": return #"{"type":"number","minimum":0,"maximum":1e12}"#
        case "strings": return #"{"type":"array","items":{"type":"string"}}"#
        case "string", "integer", "number", "boolean", "null", "array": return "{\"type\":\"\(kind)\"}"
        default: return "{\"$ref\":\"#/components/schemas/\(kind)\"}"
        }
    }
}
