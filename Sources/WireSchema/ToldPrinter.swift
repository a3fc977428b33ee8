public import Farm
import Text

/// A printer as the API tells it.
public struct ToldPrinter: Sendable {
    /// What has fields here is told; the rest is the farm's own.
    public var snapshot: PrinterSnapshot
    /// The address of its last picture.
    public var pictureURL: String?
    /// The statistics of its latest frame; nil where nobody asked for them.
    public var prediction: ToldPrediction?

    public init(
        _ snapshot: PrinterSnapshot, pictureURL: String? = nil, prediction: ToldPrediction? = nil
    ) {
        self.snapshot = snapshot
        self.pictureURL = pictureURL
        self.prediction = prediction
    }
}

extension ToldPrinter: WireObject {
    public static let schemaName = "Printer"
    public static var blank: Self { ToldPrinter(.blank) }

    public static let fields = WireTable<Self>(
        PrintedOn.fields() + [
            WireField("pic", .nullable(.object("PictureURL"))) { told, json in
                guard let url = told.pictureURL else { return json.null() }
                json.object { $0.member("img_url", url) }
            },
            WireField("status", .nullable(.object("PrinterStatus"))) { told, json in
                guard let reading = told.snapshot.machine?.reading else { return json.null() }
                json.status(reading, state: told.snapshot.states.machine)
            },
            WireField("settings", .object(Webcam.schemaName), always: { $0.object(Webcam()) }),
            .print("current_print", isOpen: true),
            .number(
                "normalized_p", { $0.snapshot.printer.statistics.normalizedP },
                { $0.snapshot.printer.statistics.normalizedP = $1 }),
            // farmtop's own: decided by the farm, so that no reader decides anew.
            .optionalNumber(
                "failure_probability", { $0.snapshot.failureProbability },
                { $0.snapshot.failureProbability = $1 }, kind: .probability),
            .choice("machine_state", { $0.snapshot.states.machine }, { $0.snapshot.states.machine = $1 }),
            .choice("camera_state", { $0.snapshot.states.camera }, { $0.snapshot.states.camera = $1 }),
            .choice("alert_state", { $0.snapshot.states.alert }, { $0.snapshot.states.alert = $1 }),
            .optionalTime("pause_deadline", { $0.snapshot.pauseDeadline }, { $0.snapshot.pauseDeadline = $1 }),
            .object("habit", { $0.snapshot.habit }, { $0.snapshot.habit = $1 }),
            .machine,
            .print("ended_print", isOpen: false),
            .setting(.cameraRegion, in: \.snapshot.printer.settings) { $1(&$0.snapshot.printer.settings) },
            .bed,
            .setting(.tags, in: \.snapshot.printer.settings) { $1(&$0.snapshot.printer.settings) },
            .prediction,
        ])
}

extension WireField<ToldPrinter> {
    /// A printer has one print that it shows: it is open, or it has just ended.
    fileprivate static func print(_ name: StaticString, isOpen: Bool) -> WireField {
        WireField(
            name, .nullable(.object("CurrentPrint")),
            write: { told, json in
                guard told.snapshot.print?.isOpen == isOpen, let print = told.snapshot.print else { return json.null() }
                let shown = ToldPrint(
                    print: print, printer: told.snapshot.printer, notWatchingReason: told.snapshot.notWatchingReason)
                json.object(shown)
            },
            read: { told, source in
                guard let source = try source.object(name) else { return }
                told.snapshot.print = try ToldPrint(reading: source).print
            })
    }

    /// Only there where one is linked. Read together with `status`, which tells the rest of it.
    fileprivate static var machine: WireField {
        WireField(
            "machine", .object(ToldMachine.schemaName),
            write: { told, json in
                if let machine = told.snapshot.machine { json.object(ToldMachine(machine)) }
            },
            read: { told, source in
                guard let machine = try source.object("machine") else { return }
                told.snapshot.machine = try ToldMachine(reading: machine).snapshot(
                    status: source.object("status"), state: told.snapshot.states.machine)
            }
        ).onlyWhere { $0.snapshot.machine != nil }
    }

    /// Only there where it was asked for.
    fileprivate static var prediction: WireField {
        WireField(
            "prediction", .object(ToldPrediction.schemaName),
            write: { told, json in
                if let prediction = told.prediction { json.object(prediction) }
            },
            read: { told, source in
                guard let source = try source.object("prediction") else { return }
                told.prediction = try ToldPrediction(reading: source)
            }
        ).onlyWhere { $0.prediction != nil }
    }
}

extension CameraHabit: WireObject {
    public static let schemaName = "CameraHabit"
    public static var blank: Self { CameraHabit(usual: 0, seldomOver: 0, hours: 0) }
    public static let fields: WireTable<Self> = [
        .number("usual", { $0.usual }, { $0.usual = $1 }, kind: .probability),
        .number("seldom_over", { $0.seldomOver }, { $0.seldomOver = $1 }, kind: .probability),
        .number("hours", { $0.hours }, { $0.hours = $1 }),
    ]
}

extension PrinterSnapshot {
    /// Nothing is known of it yet.
    static var blank: Self {
        PrinterSnapshot(
            printer: .blank, accountName: "", print: nil, states: PrinterStates(), failureProbability: nil,
            thresholds: AlertThresholds(alert: 1, pause: 1, clear: 1), notWatchingReason: nil)
    }
}

extension Printer {
    static var blank: Self {
        Printer(
            id: 0, accountID: 0, settings: PrinterSettings(name: ""), createdAt: Timestamp(microseconds: 0),
            authToken: "")
    }
}
