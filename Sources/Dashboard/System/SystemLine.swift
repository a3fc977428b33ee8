internal import Farm

/// One line of the system area: a section's name, or what is known of one thing.
struct SystemLine: Equatable {
    var label: String
    var value: String
    var role: Role
    var isHeading = false

    init(_ label: String, _ value: String, _ role: Role = .text) {
        self.label = label
        self.value = value
        self.role = role
    }

    init(heading: String) {
        self.init(heading, "", .title)
        isHeading = true
    }

    var text: String { value.isEmpty ? label : "\(label): \(value)" }
}

/// What the serving process and this screen say of themselves. What is not known has no line.
extension ContextReader {
    var systemLines: [SystemLine] {
        serviceLines + detectorLines + webhookLines + channelLines + farmLines + screenLines
    }

    private var serviceLines: [SystemLine] {
        let status = farm.status
        var lines = [SystemLine(heading: "SERVICE")]
        switch link {
        case .connecting: lines.append(SystemLine("link", "not open yet", .warning))
        case .disconnected(let reason): lines.append(SystemLine("link", "down: \(reason)", .error))
        case .live where options.isRemote: lines.append(SystemLine("link", "over the API, with what the scopes allow"))
        case .live:
            lines.append(
                SystemLine("link", options.ownsFarm ? "this program runs the farm" : "attached over the control socket")
            )
        }
        if !status.version.isEmpty { lines.append(SystemLine("farmtop", status.version)) }
        if let address = status.address {
            lines.append(SystemLine("api", address))
        } else if case .live = link {
            lines.append(SystemLine("api", "off: not listening", .warning))
        }
        if let damage = status.databaseDamage {
            // What to do comes first: the rest may not fit.
            lines.append(SystemLine("database", "damaged: keep a copy, then farmtop restore FILE", .error))
            lines.append(SystemLine("damage", damage, .error))
        }
        guard !options.isRemote else { return lines }
        lines.append(SystemLine("requests", "\(Numerals.fixed(status.requestsPerSecond, 1)) a second"))
        let rejected = status.rejectedCredentials
        lines.append(
            SystemLine(
                "rejected",
                rejected == 0 ? "none" : "\(Numerals.grouped(rejected)) wrong tokens or secrets",
                rejected == 0 ? .dim : .warning))
        return lines
    }

    private var detectorLines: [SystemLine] {
        guard !options.isRemote else { return [] }
        let load = farm.status.load
        var lines = [SystemLine(heading: "DETECTOR")]
        if let model = farm.status.model {
            let size = "\(model.inputWidth)x\(model.inputHeight), \(Numerals.fixed(model.gflop, 2)) GFLOP"
            lines.append(SystemLine("model", "\(model.name), \(size), \(model.precision.rawValue)"))
            lines.append(SystemLine("parameters", Numerals.grouped(Int64(model.parameters))))
        } else {
            lines.append(SystemLine("model", "no model is loaded: pictures are not checked", .warning))
        }
        lines.append(
            SystemLine(
                "waiting", "\(count(load.queuedFrames, "frame")), \(Numerals.bytes(load.queuedBytes))",
                load.queuedFrames > 0 ? .text : .dim))
        lines.append(SystemLine("analysed", Numerals.grouped(load.analysedFrames)))
        lines.append(
            SystemLine("rejected", Numerals.grouped(load.rejectedFrames), load.rejectedFrames > 0 ? .warning : .dim))
        lines.append(SystemLine("cancelled", Numerals.grouped(load.cancelledFrames), .dim))
        if load.analysedFrames > 0 {
            let mean = load.busyMilliseconds / Double(load.analysedFrames)
            lines.append(
                SystemLine(
                    "a frame",
                    "\(Numerals.fixed(load.lastMilliseconds, 1)) ms, \(Numerals.fixed(mean, 1)) ms on average"))
        }
        return lines
    }

    private var webhookLines: [SystemLine] {
        guard !options.isRemote else { return [] }
        guard let webhook = farm.status.webhook else {
            return [SystemLine(heading: "WEBHOOK"), SystemLine("receiver", "none is set", .dim)]
        }
        var lines = [
            SystemLine(heading: "WEBHOOK"),
            SystemLine("receiver", "\(webhook.receiver), \(webhook.isSigned ? "signed" : "not signed")"),
            SystemLine(
                "waiting", Numerals.grouped(Int64(webhook.pending)), webhook.isFailing ? .warning : .text),
            SystemLine("delivered", Numerals.grouped(webhook.delivered)),
        ]
        if webhook.dropped > 0 { lines.append(SystemLine("dropped", Numerals.grouped(webhook.dropped), .warning)) }
        if webhook.failedTries > 0 { lines.append(SystemLine("failed tries", Numerals.grouped(webhook.failedTries))) }
        if let success = webhook.lastSuccessAt {
            lines.append(SystemLine("last delivered", local(success).monthDayHourMinute))
        }
        if let error = webhook.lastError, let at = webhook.lastErrorAt {
            lines.append(
                SystemLine(
                    "last error", "\(local(at).monthDayHourMinute) \(error)", webhook.isFailing ? .warning : .dim))
        }
        if let next = webhook.nextTryAt { lines.append(SystemLine("next try", local(next).monthDayHourMinute)) }
        return lines
    }

    private var farmLines: [SystemLine] {
        var lines = [
            SystemLine(heading: "FARM"), SystemLine("printers", "\(farm.printers.count)"),
            SystemLine("printing", "\(tally.openPrints)"),
        ]
        guard !options.isRemote else { return lines }
        lines.append(
            SystemLine(
                "clients",
                "\(farm.clients.count), \(count(farm.clients.reduce(0) { $0 + $1.liveTokens }, "live token"))")
        )
        if !farm.consents.isEmpty { lines.append(SystemLine("ask for access", "\(farm.consents.count)", .warning)) }
        return lines
    }

    private var screenLines: [SystemLine] {
        [
            SystemLine(heading: "SCREEN"), SystemLine("size", "\(size.columns)x\(size.rows)"),
            SystemLine("colours", "\(options.colors.words), theme \(context.theme.name)"),
            SystemLine("pictures", pictureWords),
            SystemLine("mouse", context.reportsMouse ? "on" : "off, so that text can be selected"),
        ]
    }

    private var pictureWords: String {
        if options.pixelCell != nil { return "the terminal's own pixels" }
        return "\(options.picture)"
    }
}

extension ColorDepth {
    var words: String {
        switch self {
        case .mono: "none"
        case .ansi8: "8"
        case .ansi16: "16"
        case .indexed256: "256"
        case .direct: "16 million"
        }
    }
}
