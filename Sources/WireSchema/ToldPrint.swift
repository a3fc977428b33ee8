public import Farm
import Text

/// A print with its printer, as the API tells it.
public struct ToldPrint: HasPrinter, WireObject {
    /// As it is stored.
    public var print: Print
    public var printer: Printer
    public var notWatchingReason: String?

    public init(print: Print, printer: Printer, notWatchingReason: String?) {
        self.print = print
        self.printer = printer
        self.notWatchingReason = notWatchingReason
    }

    public static let schemaName = "CurrentPrint"
    public static var blank: Self {
        ToldPrint(
            print: Print(id: 0, printerID: 0, accountID: 0, filename: "", startedAt: Timestamp(microseconds: 0)),
            printer: .blank, notWatchingReason: nil)
    }

    /// The schema of the printer in a print.
    public static let printerSchemaName = PrintedOn.schemaName
    /// The fields of Obico's printer object inside a print, in its order.
    public static let printerFields = WireTable<Self>(PrintedOn.fields())

    /// In a printer.
    public static let fields: WireTable<Self> = [
        .id("id", { $0.print.id }, { $0.print.id = $1 }),
        .group("printer", schema: printerSchemaName, printerFields) { shown, source in
            let printer = try source.required("printer", source.object("printer"))
            shown.print.printerID = PrinterID(try source.required("printer.id", printer.whole("id")))
            shown.print.printerName = try printer.text("name")
        },
        .null("g_code_file"),
        .text("filename", { $0.print.filename }, { $0.print.filename = $1 }),
        .time("started_at", { $0.print.startedAt }, { $0.print.startedAt = $1 }),
        .optionalTime("ended_at") { $0.print.endedAt },
        .optionalTime("finished_at") { $0.print.finishedAt },
        .optionalTime("cancelled_at") { $0.print.cancelledAt },
        .null("uploaded_at"),
        .optionalTime("alerted_at", { $0.print.alertedAt }, { $0.print.alertedAt = $1 }),
        .optionalTime("alert_acknowledged_at", { $0.print.alertAcknowledgedAt }, { $0.print.alertAcknowledgedAt = $1 }),
        .optionalTime("alert_muted_at", { $0.print.alertMutedAt }, { $0.print.alertMutedAt = $1 }),
        .optionalTime("paused_at", { $0.print.pausedAt }, { $0.print.pausedAt = $1 }),
        .null("video_url"), .null("tagged_video_url"), .null("poster_url"),
        .optionalChoice("alert_overwrite", { $0.print.alertOverwrite }, { $0.print.alertOverwrite = $1 }),
        .optionalNumber("filament_used", { $0.print.filamentUsed }, { $0.print.filamentUsed = $1 }),
        .optionalNumber("print_time", { $0.print.printTime }, { $0.print.printTime = $1 }),
        .null("access_consented_at"), .null("video_archived_at"),
        .flag("need_alert_overwrite") { $0.print.needsVerdict },
        WireField("need_print_shot_feedback", .flag, always: { $0.value(false) }),
        .result,
        .optionalText("failure_reason") { $0.print.failureReason },
        .optionalNumber(
            "max_failure_probability", { $0.print.maxFailureProbability },
            { $0.print.maxFailureProbability = $1 }, kind: .probability),
        .optionalTime("pause_requested_at", { $0.print.pauseRequestedAt }, { $0.print.pauseRequestedAt = $1 }),
        .optionalTime(
            "pause_not_confirmed_at", { $0.print.pauseNotConfirmedAt }, { $0.print.pauseNotConfirmedAt = $1 }),
        // The keys of a print are a contract: one more is there only where it says something.
        .flag("print_time_approximate", { $0.print.isPrintTimeApproximate }, { $0.print.isPrintTimeApproximate = $1 })
            .onlyWhere { $0.print.isPrintTimeApproximate },
    ]

    /// In the prints' own calls and in the event stream.
    public static let listedFields = WireTable<Self>(
        fields + [
            .text("prediction_json_url") { "/api/v1/prints/\($0.print.id)/prediction_json/" },
            .emptyList("printshotfeedback_set"), .emptyList("firstlayerinspection_set"),
        ])
}

extension WireField<ToldPrint> {
    /// How the print ended; read together with when and why, as an end has all three.
    fileprivate static var result: WireField {
        WireField(
            "result", .nullable(.choice(PrintResult.allCases.map(\.rawValue))),
            write: { $1.value($0.print.result?.rawValue) },
            read: { shown, source in
                guard let end = try source.time("ended_at"), let result = try source.word("result", PrintResult.self)
                else { return }
                shown.print.close(
                    Print.End(at: end, result: result, failureReason: try source.text("failure_reason")))
            })
    }
}
