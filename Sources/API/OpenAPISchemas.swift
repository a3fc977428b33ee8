import Farm

/// The JSON schemas of what the API takes and gives, by the names that routes use.
enum OpenAPISchemas {
    static let security = """
        {"oauth":{"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"/o/token/","scopes":{"read":"Read.","write":\
        "Change."}},"authorizationCode":{"authorizationUrl":"/o/authorize/","tokenUrl":"/o/token/","refreshUrl":"/o/token/",\
        "scopes":{"read":"Read.","write":"Change."}}}},"apiKey":{"type":"apiKey","in":"header","name":"X-API-KEY"}}
        """

    static let all: [(name: String, schema: String)] = errors + oauth + printers + prints + others + webhook

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

    /// The keys of a printer that its prints carry too.
    private static let printerKeys = [
        "id:id", "name:string", "created_at:time", "action_on_failure:action", "watching_enabled:boolean",
        "not_watching_reason:string?", "tools_off_on_pause:boolean", "bed_off_on_pause:boolean",
        "retract_on_pause:number", "lift_z_on_pause:number", "detective_sensitivity:number",
        "min_timelapse_secs_on_finish:integer", "min_timelapse_secs_on_cancel:integer", "auth_token:string",
        "archived_at:time?", "agent_name:string?", "agent_version:string?",
    ]
    private static let printKeys = [
        "id:id", "printer:PrintedOn", "g_code_file:null", "filename:string", "started_at:time", "ended_at:time?",
        "finished_at:time?", "cancelled_at:time?", "uploaded_at:null", "alerted_at:time?",
        "alert_acknowledged_at:time?", "alert_muted_at:time?", "paused_at:time?", "video_url:null",
        "tagged_video_url:null", "poster_url:null", "alert_overwrite:verdict?", "filament_used:number?",
        "print_time:number?", "access_consented_at:null", "video_archived_at:null", "need_alert_overwrite:boolean",
        "need_print_shot_feedback:boolean", "result:result?", "failure_reason:string?",
        "max_failure_probability:probability?", "pause_requested_at:time?", "pause_not_confirmed_at:time?",
    ]
    private static let ownPrinterKeys = [
        "pic:PictureURL?", "status:PrinterStatus?", "settings:Webcam", "current_print:CurrentPrint?",
        "normalized_p:number",
        "failure_probability:probability?", "machine_state:machine", "camera_state:camera", "alert_state:alert",
        "pause_deadline:time?", "habit:CameraHabit?", "ended_print:CurrentPrint?",
        "tags:strings",
    ]
    private static let ownPrintKeys = [
        "prediction_json_url:string", "printshotfeedback_set:array", "firstlayerinspection_set:array",
    ]
    /// What a PATCH of a printer or of a print may name, whether or not it is changed.
    static let printerNames = names(printerKeys + ownPrinterKeys)
    static let printNames = names(printKeys + ownPrintKeys + ["print_time_approximate:boolean"])

    private static func names(_ keys: [String]) -> Set<String> { Set(keys.map { String($0.prefix { $0 != ":" }) }) }

    private static let writable = [
        "action_on_failure:action", "watching_enabled:flag", "tools_off_on_pause:flag",
        "bed_off_on_pause:flag", "retract_on_pause:length", "lift_z_on_pause:length",
        "detective_sensitivity:sensitivity", "min_timelapse_secs_on_finish:seconds",
        "min_timelapse_secs_on_cancel:seconds", "tags:strings",
    ]

    private static let printers: [(String, String)] = [
        (
            "Printer",
            object(printerKeys + ownPrinterKeys, ["prediction:Prediction", "machine:Machine"])
        ),
        ("PrintedOn", object(printerKeys, [])),
        ("CurrentPrint", object(printKeys, ["print_time_approximate:boolean"])),
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
        (
            "Machine",
            object(
                "kind:string", "server:string?", "firmware:string?", "problem:string?", "stale:boolean",
                "detail:string?", "file:string?", "layer:MachineLayer?", "light:boolean?", "abilities:array")
        ),
        ("MachineLayer", object("now:integer", "total:integer?")),
        ("CameraHabit", object("usual:probability", "seldom_over:probability", "hours:number")),
        (
            "Webcam",
            object(
                "webcam_flipV:boolean", "webcam_flipH:boolean", "webcam_rotate90:boolean", "webcam_rotation:integer",
                "webcam_streamRatio:string", "ratio169:boolean")
        ),
        ("PrinterList", list("Printer")),
        ("PrinterChange", object("succeeded:boolean", "printer:Printer")),
        ("NewPrinter", object(["name:name"], writable)),
        ("PrinterPatch", object([], ["name:name"] + writable)),
        (
            "MachineFile",
            object(
                "path:string", "name:string", "size:integer?", "modified_at:time?", "estimate_s:number?",
                "filament_type:string?")
        ),
        ("MachineFileList", list("MachineFile")),
        ("Light", object("on:boolean")),
        ("StartPrint", object("filename:filename")),
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
        (
            "Print",
            object(printKeys + ownPrintKeys, ["print_time_approximate:boolean"])
        ),
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
        (
            "Prediction",
            object(
                "printer:id", "current_frame_num:integer", "lifetime_frame_num:integer", "current_p:number",
                "ewm_mean:number", "rolling_mean_long:number", "rolling_mean_short:number", "normalized_p:number",
                "failure_probability:probability?", "created_at:time?", "updated_at:time?")
        ),
        ("PredictionFields", object("fields:Prediction")),
        ("PredictionList", list("PredictionFields")),
        (
            "Event",
            object(
                "id:id", "event_type:string", "event_class:string", "event_title:string", "event_text:string",
                "actor:Actor", "image_url:string?", "info_url:null", "created_at:time", "print:id?", "printer:id")
        ),
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

    private static func choice<Choice: CaseIterable & RawRepresentable<String>>(_: Choice.Type) -> String {
        "{\"enum\":[\(quoted(Choice.allCases.map(\.rawValue)))]}"
    }

    /// A list of words.
    static func some(of words: [String]) -> String { "{\"type\":\"array\",\"items\":{\"enum\":[\(quoted(words))]}}" }

    private static func quoted(_ words: [String]) -> String { words.map { "\"\($0)\"" }.joined(separator: ",") }

    // MARK: Shorthand

    /// Something to see, and no NUL.
    private static let visible = #""pattern":"^[^\\u0000]*[^\\u0000\\s][^\\u0000]*$""#

    private static func list(_ name: Substring) -> String { "{\"type\":\"array\",\"items\":\(schema(name))}" }

    private static func object(_ required: String..., optional: String...) -> String { object(required, optional) }

    /// - Parameters: keys as `name:kind`, where `?` behind the kind allows null, `*` makes a list, and a capital names a schema.
    private static func object(_ required: [String], _ optional: [String]) -> String {
        let members = (required + optional).map { field in
            let parts = field.split(separator: ":", maxSplits: 1)
            return "\"\(parts[0])\":\(schema(parts[1]))"
        }
        let names = required.map { "\"\($0.prefix { $0 != ":" })\"" }
        return "{\"type\":\"object\",\"properties\":{\(members.joined(separator: ","))},"
            + "\"required\":[\(names.joined(separator: ","))]}"
    }

    private static func schema(_ kind: Substring) -> String {
        if kind.hasSuffix("*") { return list(kind.dropLast()) }
        if kind.hasSuffix("?") { return "{\"anyOf\":[\(schema(kind.dropLast())),{\"type\":\"null\"}]}" }
        switch kind {
        case "id": return #"{"type":"integer","format":"int64","minimum":1}"#
        case "time": return #"{"type":"string","format":"date-time"}"#
        case "action": return #"{"enum":["NONE","PAUSE"]}"#
        case "verdict": return #"{"enum":["FAILED","NOT_FAILED"]}"#
        case "grant":
            return #"{"enum":["client_credentials","authorization_code","refresh_token","#
                + #""urn:ietf:params:oauth:grant-type:device_code"]}"#
        case "ending": return #"{"enum":["success","cancelled"]}"#
        case "failed": return #"{"enum":["failed"]}"#
        case "result": return choice(PrintResult.self)
        case "machine": return choice(MachineState.self)
        case "camera": return choice(CameraState.self)
        case "alert": return choice(AlertState.self)
        case "actor": return #"{"enum":["client","person","channel","machine","farmtop"]}"#
        case "probability": return #"{"type":"number","minimum":0,"maximum":1}"#
        case "reason": return #"{"type":["string","number"],"maxLength":200,"pattern":"^[^\\u0000]*$"}"#
        case "name": return #"{"type":["string","number"],"minLength":1,"maxLength":256,\#(visible)}"#
        case "filename": return #"{"type":"string","minLength":1,"maxLength":1000,\#(visible)}"#
        case "flag": return flag
        case "amount": return #"{"type":"number","minimum":0,"maximum":1e12}"#
        case "length": return #"{"type":"number","minimum":0,"maximum":100}"#
        case "sensitivity": return #"{"type":"number","minimum":0.8,"maximum":1.2}"#
        case "seconds": return #"{"type":"integer","format":"int64","minimum":-1,"maximum":9223372036854775807}"#
        case "strings": return #"{"type":"array","items":{"type":"string"}}"#
        case "string", "integer", "number", "boolean", "null", "array": return "{\"type\":\"\(kind)\"}"
        default: return "{\"$ref\":\"#/components/schemas/\(kind)\"}"
        }
    }
}
