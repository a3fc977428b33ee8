import Farm

/// What has a printer, and why that is not watched.
protocol HasPrinter: Sendable {
    var printer: Printer { get set }
    var notWatchingReason: String? { get set }
}

/// The fields of a printer that its prints carry too.
enum PrintedOn {
    static let schemaName = "PrintedOn"

    static func fields<Object: HasPrinter>() -> [WireField<Object>] {
        let settings = PrinterSetting.ofPrints.map { setting in
            WireField<Object>.setting(setting, in: \.printer.settings) { $1(&$0.printer.settings) }
        }
        // Obico's order: the name, what happens on a failure and whether it is watched stand among the others.
        return [.id("id", { $0.printer.id }, { $0.printer.id = $1 }), settings[0]]
            + [.time("created_at", { $0.printer.createdAt }, { $0.printer.createdAt = $1 }), settings[1], settings[2]]
            + [.optionalText("not_watching_reason", { $0.notWatchingReason }, { $0.notWatchingReason = $1 })]
            + settings[3...]
            + [
                .text("auth_token", { $0.printer.authToken }, { $0.printer.authToken = $1 }),
                .optionalTime("archived_at", { $0.printer.archivedAt }, { $0.printer.archivedAt = $1 }),
                .null("agent_name", .nullable(.text)), .null("agent_version", .nullable(.text)),
            ]
    }
}

extension ToldPrinter: HasPrinter {
    var printer: Printer {
        get { snapshot.printer }
        _modify { yield &snapshot.printer }
    }
    var notWatchingReason: String? {
        get { snapshot.notWatchingReason }
        set { snapshot.notWatchingReason = newValue }
    }
}
