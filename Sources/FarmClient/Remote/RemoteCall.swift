import Farm
import Text

/// A `FarmAction` as a call of the API.
struct RemoteCall: Equatable {
    /// What comes back.
    enum Answer { case nothing, change }
    var method: FarmConnection.Method
    var path: String
    var body: [String: JSONValue]?
    var answer = Answer.change

    /// Nil for what the API cannot do.
    init?(_ action: FarmAction) {
        func printer(_ id: PrinterID, _ rest: String = "", of print: PrintID? = nil) -> String {
            "/api/v1/printers/\(id)/\(rest)" + (print.map { "?print_id=\($0)" } ?? "")
        }
        func seen(_ print: SeenPrint) -> String {
            switch print {
            case .unknown: ""
            case .nothing: "?print_id=0"
            case .print(let id): "?print_id=\(id)"
            }
        }
        switch action {
        case .createPrinter(_, let settings):
            self.init(.post, "/api/v1/printers/", Self.body(settings), .nothing)
        case .updatePrinter(let id, let settings, let before):
            self.init(.patch, printer(id), Self.body(settings, from: before))
        case .archivePrinter(let id, let print):
            self.init(.post, printer(id, "archive/\(seen(print))"), nil, .nothing)
        case .unarchivePrinter(let id):
            self.init(.patch, printer(id, "?with_archived=1"), ["archived_at": .null])
        case .deletePrinter(let id, let print): self.init(.delete, printer(id, seen(print)), nil, .nothing)
        case .startPrint(let id, let name, let requireClear):
            self.init(.post, printer(id, "start_print/"), Self.start(name, requireClear))
        case .finishPrint(let id, let print, let result, _):
            // Any other end is a PATCH of the print.
            guard result == .success || result == .cancelled else { return nil }
            self.init(.post, printer(id, "finish_print/", of: print), ["status": .string(result.rawValue)])
        case .pausePrint(let id, let print): self.init(.post, printer(id, "request_pause/", of: print))
        // Whoever calls it says that the print stands still.
        case .confirmPause(let id, let print): self.init(.post, printer(id, "pause_print/", of: print))
        case .resumePrint(let id, let print): self.init(.post, printer(id, "resume_print/", of: print))
        case .cancelPrint(let id, let print): self.init(.post, printer(id, "cancel_print/", of: print))
        case .muteAlerts(let id, let print, let muted):
            let meant = print.map { "&print_id=\($0)" } ?? ""
            self.init(.post, printer(id, "mute_current_print/?mute_alert=\(muted)\(meant)"))
        case .acknowledgeAlert(let id, let print, let verdict):
            let query = [verdict.map { "alert_overwrite=\($0.rawValue)" }, print.map { "print_id=\($0)" }]
                .compactMap(\.self).joined(separator: "&")
            self.init(.post, printer(id, "acknowledge_alert/\(query.isEmpty ? "" : "?")\(query)"))
        case .undoDismissal(let id): self.init(.post, printer(id, "undo_dismissal/"))
        case .forgetCamera(let id): self.init(.post, printer(id, "forget_camera/"))
        case .judgePrint(let id, let verdict):
            self.init(
                .patch, "/api/v1/prints/\(id)/", ["alert_overwrite": verdict.map { .string($0.rawValue) } ?? .null],
                .nothing)
        case .markFailed(let id, let reason):
            self.init(
                .patch, "/api/v1/prints/\(id)/",
                [
                    "result": .string(PrintResult.failed.rawValue),
                    "failure_reason": reason.map { .string($0) } ?? .null,
                ],
                .nothing)
        case .machine(.startFile(let id, let path, let requireClear)):
            self.init(.post, printer(id, "start_print/"), Self.start(path, requireClear))
        case .machine(.move(let id, .light(let isOn), _)):
            self.init(.post, printer(id, "light/"), ["on": .bool(isOn)])
        case .machine(.move(let id, .emergencyStop, let print)):
            self.init(.post, printer(id, "emergency_stop/", of: print))
        default: return nil
        }
    }

    private init(
        _ method: FarmConnection.Method, _ path: String, _ body: [String: JSONValue]? = nil, _ answer: Answer = .change
    ) {
        self.method = method
        self.path = path
        self.body = body
        self.answer = answer
    }

    private static func start(_ filename: String, _ requireClear: Bool) -> [String: JSONValue] {
        requireClear ? ["filename": .string(filename), "require_clear": .bool(true)] : ["filename": .string(filename)]
    }

    private static func body(_ settings: PrinterSettings, from before: PrinterSettings? = nil) -> [String: JSONValue] {
        let members = PrinterSetting.all.filter { before.map($0.value) != $0.value(settings) }
            .map { ($0.name.description, JSONValue($0.value(settings))) }
        return Dictionary(members, uniquingKeysWith: { first, _ in first })
    }
}

extension JSONValue {
    fileprivate init(_ value: SettingValue) {
        switch value {
        case .text(let text): self = .string(text)
        case .flag(let flag): self = .bool(flag)
        case .number(let number): self = .double(number)
        case .whole(let number): self = .integer(number)
        case .words(let words): self = .array(words.map { .string($0) })
        case .region(let region): self = JSONValue(region)
        }
    }

    fileprivate init(_ region: CameraRegion) {
        self =
            region.isWhole
            ? .null
            : .object([
                "bed": region.bed.map(JSONValue.init) ?? .null,
                "ignored": .array(region.ignored.map(JSONValue.init)),
            ])
    }

    fileprivate init(_ area: PictureArea) {
        func fraction(_ number: Int) -> JSONValue { .double(Double(number) / Double(PictureArea.side)) }
        self = .object([
            "x": fraction(area.x), "y": fraction(area.y), "width": fraction(area.width),
            "height": fraction(area.height),
        ])
    }
}
