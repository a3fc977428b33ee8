import Farm

/// A `FarmAction` as a call of the API.
struct RemoteCall: Equatable {
    /// What comes back.
    enum Answer { case nothing, change }
    /// JSON values that actions need.
    enum Value: Equatable, Encodable {
        case text(String), number(Double), whole(Int64), flag(Bool), words([String]), null
        indirect case list([Value]), object([String: Value])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .whole(let value): try container.encode(value)
            case .flag(let value): try container.encode(value)
            case .words(let value): try container.encode(value)
            case .null: try container.encodeNil()
            case .list(let values): try container.encode(values)
            case .object(let members): try container.encode(members)
            }
        }
    }
    var method: String
    var path: String
    var body: [String: Value]?
    var answer = Answer.change

    /// Nil for what the API cannot do.
    init?(_ action: FarmAction) {
        func printer(_ id: PrinterID, _ rest: String = "", of print: PrintID? = nil) -> String {
            "/api/v1/printers/\(id)/\(rest)" + (print.map { "?print_id=\($0)" } ?? "")
        }
        switch action {
        case .createPrinter(_, let settings):
            self.init("POST", "/api/v1/printers/", Self.body(settings), .nothing)
        case .updatePrinter(let id, let settings): self.init("PATCH", printer(id), Self.body(settings))
        case .archivePrinter(let id): self.init("POST", printer(id, "archive/"), nil, .nothing)
        case .unarchivePrinter(let id):
            self.init("PATCH", printer(id, "?with_archived=1"), ["archived_at": .null])
        case .deletePrinter(let id): self.init("DELETE", printer(id), nil, .nothing)
        case .startPrint(let id, let name): self.init("POST", printer(id, "start_print/"), ["filename": .text(name)])
        case .finishPrint(let id, let print, let result, _):
            // Any other end is a PATCH of the print.
            guard result == .success || result == .cancelled else { return nil }
            self.init("POST", printer(id, "finish_print/", of: print), ["status": .text(result.rawValue)])
        case .pausePrint(let id, let print): self.init("POST", printer(id, "request_pause/", of: print))
        // Whoever calls it says that the print stands still.
        case .confirmPause(let id): self.init("POST", printer(id, "pause_print/"))
        case .resumePrint(let id, let print): self.init("POST", printer(id, "resume_print/", of: print))
        case .cancelPrint(let id, let print): self.init("POST", printer(id, "cancel_print/", of: print))
        case .muteAlerts(let id, let muted): self.init("POST", printer(id, "mute_current_print/?mute_alert=\(muted)"))
        case .acknowledgeAlert(let id, let verdict):
            let query = verdict.map { "?alert_overwrite=\($0.rawValue)" } ?? ""
            self.init("POST", printer(id, "acknowledge_alert/\(query)"))
        case .undoDismissal(let id): self.init("POST", printer(id, "undo_dismissal/"))
        case .forgetCamera(let id): self.init("POST", printer(id, "forget_camera/"))
        case .judgePrint(let id, let verdict):
            self.init(
                "PATCH", "/api/v1/prints/\(id)/", ["alert_overwrite": verdict.map { .text($0.rawValue) } ?? .null],
                .nothing)
        case .markFailed(let id, let reason):
            self.init(
                "PATCH", "/api/v1/prints/\(id)/",
                ["result": .text(PrintResult.failed.rawValue), "failure_reason": reason.map { .text($0) } ?? .null],
                .nothing)
        case .machine(.startFile(let id, let path)):
            self.init("POST", printer(id, "start_print/"), ["filename": .text(path)])
        case .machine(.move(let id, .light(let isOn), _)):
            self.init("POST", printer(id, "light/"), ["on": .flag(isOn)])
        case .machine(.move(let id, .emergencyStop, let print)):
            self.init("POST", printer(id, "emergency_stop/", of: print))
        default: return nil
        }
    }

    private init(_ method: String, _ path: String, _ body: [String: Value]? = nil, _ answer: Answer = .change) {
        self.method = method
        self.path = path
        self.body = body
        self.answer = answer
    }

    private static func body(_ settings: PrinterSettings) -> [String: Value] {
        let members = PrinterSetting.all.map { ($0.name.description, Value($0.value(settings))) }
        return Dictionary(members, uniquingKeysWith: { first, _ in first })
    }
}

extension RemoteCall.Value {
    init(_ value: SettingValue) {
        switch value {
        case .text(let text): self = .text(text)
        case .flag(let flag): self = .flag(flag)
        case .number(let number): self = .number(number)
        case .whole(let number): self = .whole(number)
        case .words(let words): self = .words(words)
        case .region(let region): self = RemoteCall.Value(region)
        }
    }

    private init(_ region: CameraRegion) {
        self =
            region.isWhole
            ? .null
            : .object([
                "bed": region.bed.map(RemoteCall.Value.init) ?? .null,
                "ignored": .list(region.ignored.map(RemoteCall.Value.init)),
            ])
    }

    private init(_ area: PictureArea) {
        func fraction(_ number: Int) -> RemoteCall.Value { .number(Double(number) / Double(PictureArea.side)) }
        self = .object([
            "x": fraction(area.x), "y": fraction(area.y), "width": fraction(area.width),
            "height": fraction(area.height),
        ])
    }
}
