internal import Farm

extension DashboardState {
    /// The top line: where we are, how many printers are in which state, and what the serving process does.
    func drawHeader(in rect: Rect, canvas: inout Canvas) {
        var left = Segments()
        left.add("FARM", .title, priority: 100)
        let tally = shownTally
        left.add(CellText(untrusted: headerCount), .header, priority: 90)
        for (place, headline) in Headline.all.enumerated() {
            let count = tally.count(headline)
            guard count > 0 else { continue }
            left.add(
                CellText(untrusted: "\(count) \(headline.counted)"), headline.role,
                priority: place < Headline.troubles ? 80 : headline == .machine(.printing) ? 70 : 30 - place)
        }
        // The line below has it while nothing is wrong.
        if !tally.alerting.isEmpty, let next = nextToFinish(1) {
            left.add(CellText(untrusted: "next \(next)"), .dim, priority: 5)
        }
        var right = serviceSegments
        // The states of printers come before what the service says of itself, but the address stays readable.
        right.fit(max(rect.columns * 3 / 8, rect.columns - left.width - 4))
        left.fit(max(10, rect.columns - right.width - 4))
        left.draw(row: rect.row, column: rect.column + 1, end: rect.endColumn, in: &canvas)
        if right.width + left.width + 3 <= rect.columns {
            right.draw(row: rect.row, column: rect.endColumn - right.width - 1, in: &canvas)
        }
    }

    /// The API's address and rate, the detector, and the clock, which runs only while something prints.
    var serviceSegments: Segments {
        var parts = Segments()
        let status = farm.status
        if let address = status.address {
            parts.add(CellText(untrusted: "api \(Self.host(address))"), .header, priority: 60)
            if !options.isRemote {
                parts.add(
                    CellText(untrusted: "\(Numerals.fixed(status.requestsPerSecond, 1)) req/s"), .dim, priority: 40)
            }
        } else if case .live = link {
            parts.add("api off", .warning, priority: 60)
        }
        if status.load.queuedFrames > 0 {
            parts.add(CellText(untrusted: "queue \(status.load.queuedFrames)"), .dim, priority: 35)
        }
        if status.load.lastMilliseconds > 0 {
            parts.add(
                CellText(untrusted: "detector \(Numerals.fixed(status.load.lastMilliseconds, 0)) ms"), .dim,
                priority: 20)
        }
        if let webhook = status.webhook, webhook.isFailing {
            parts.add(CellText(untrusted: "webhook: \(webhook.pending) waiting"), .warning, priority: 55)
        }
        if let model = status.model { parts.add(CellText(untrusted: "model \(model.name)"), .dim, priority: 15) }
        if status.databaseDamage != nil { parts.add("! database damaged: 5", .error, priority: 64) }
        if log.unseenErrors > 0, area != .log {
            parts.add(CellText(untrusted: "! \(count(log.unseenErrors, "error")) in 4 log"), .error, priority: 62)
        }
        if options.isReadOnly { parts.add("read-only", .warning, priority: 50) }
        if isAnythingPrinting { parts.add(CellText(untrusted: local(now).hourMinute), .header, priority: 65) }
        return parts
    }

    /// How many printers there are; of a filtered list also how many are shown, which the sums behind it are of.
    private var headerCount: String {
        guard !table.filter.isEmpty else { return count(farm.printers.count, "printer") }
        return "\(table.filter.text): \(table.rows.count) of \(count(farm.printers.count, "printer"))"
    }

    /// An address without its scheme.
    static func host(_ address: String) -> String {
        guard let range = address.firstRange(of: "://") else { return address }
        return String(address[range.upperBound...])
    }

    func count(_ number: Int, _ noun: String) -> String {
        "\(Numerals.grouped(Int64(number))) \(noun)\(number == 1 ? "" : "s")"
    }
}
